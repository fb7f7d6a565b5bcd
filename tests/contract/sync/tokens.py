"""Tokens of the tests' principals."""

import hashlib


def token_of(name: str) -> str:
    """The token of a principal."""
    return f"token-of-{name}"


def sha256_of(name: str) -> str:
    """Its hash, as company.toml holds it."""
    return hashlib.sha256(token_of(name).encode()).hexdigest()
