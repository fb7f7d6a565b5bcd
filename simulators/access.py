"""Who may connect to an OPC UA machine, and how: what a scenario says, and passwords as hashes."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

NO_POLICY = "None"
POLICIES = (NO_POLICY, "Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
# The cost of scrypt (RFC 7914): some 50 ms and 16 MB for each attempt to sign in.
COST, BLOCK, LANES, BYTES = 1 << 14, 8, 1, 32
DIGEST = re.compile(r"scrypt\$([0-9a-f]{32})\$([0-9a-f]{64})")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user; `digest` is of the form that `digest_of` gives."""

    name: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Access:
    """How a machine lets clients in.

    `policies` are names out of POLICIES, each with Sign and SignAndEncrypt. `certificates`
    is the folder that keeps the machine's own certificate and key, None for new ones at each
    start; `trusted` the folder of the clients' certificates that are let in, None for any.
    """

    policies: tuple[str, ...] = (NO_POLICY,)
    certificates: Path | None = None
    trusted: Path | None = None
    anonymous: bool = True
    accounts: tuple[Account, ...] = ()

    @property
    def is_secured(self) -> bool:
        """Whether the machine has a certificate."""
        return self.policies != (NO_POLICY,)

    def admits(self, name: str, password: str) -> bool:
        """Whether this is the password of a user who is known."""
        digests = [account.digest for account in self.accounts if account.name == name]
        return any(is_password(password, digest) for digest in digests)


def digest_of(password: str) -> str:
    """`scrypt$SALT$DIGEST` in hexadecimal, with a new salt."""
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def is_password(password: str, digest: str) -> bool:
    """Whether the digest is of this password; one of another form is of none."""
    found = DIGEST.fullmatch(digest)
    if found is None:
        return False
    salt, expected = (bytes.fromhex(part) for part in found.groups())
    return hmac.compare_digest(_scrypt(password, salt), expected)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=LANES, dklen=BYTES)
