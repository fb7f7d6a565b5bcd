"""Reads who may connect to a machine of a scenario.toml."""

import os
from pathlib import Path

from simulators.access import DIGEST, NO_POLICY, POLICIES, Access, Account, digest_of
from simulators.faults.kinds import OPCUA
from simulators.toml_reader import Table

HASH_MEND = "the line that `taktline simulate --hash-password` prints"


def read_access(table: Table, scheme: str, home: Path) -> Access:
    """The keys of a machine's table; folders are seen from `home`, the scenario's folder."""
    policies = table.texts("security", POLICIES, (NO_POLICY,))
    access = Access(
        policies=tuple(policies),
        certificates=_folder(table, "certificates", home),
        trusted=_folder(table, "trusted", home),
        anonymous=table.flag("anonymous", True),
        accounts=tuple(_account(each) for each in table.tables("user")),
    )
    if scheme != OPCUA:
        _refuse_all(table, scheme)
    elif not access.anonymous and not access.accounts:
        table.refuse("anonymous", "lets nobody in", "true, or a [[machine.user]]")
    elif access.trusted and not access.is_secured:
        table.refuse("trusted", "needs certificates", "a policy other than None in `security`")
    elif access.trusted and not access.trusted.is_dir():
        table.refuse("trusted", "is no folder", "a folder of certificates, DER or PEM")
    return access


def _refuse_all(table: Table, scheme: str) -> None:
    for key in ("security", "certificates", "trusted", "anonymous", "user"):
        if table.peek(key) is not None:
            table.refuse(key, f"is not possible on {scheme}", f"an url of {OPCUA}, or no such key")


def _folder(table: Table, key: str, home: Path) -> Path | None:
    if table.peek(key) is None:
        table.skip(key)
        return None
    return home / table.text(key)


def _account(table: Table) -> Account:
    account = Account(name=table.text("name"), digest=_digest(table))
    table.close()
    return account


def _digest(table: Table) -> str:
    if table.peek("password_env") is None:
        digest = table.text("password_hash")
        if digest and not DIGEST.fullmatch(digest):
            table.refuse("password_hash", "is no hash of ours", HASH_MEND)
        return digest
    if table.peek("password_hash") is not None:
        table.refuse("password_env", "stands beside password_hash", "one of them")
    table.skip("password_hash")
    name = table.text("password_env")
    password = os.environ.get(name, "")
    if not password:
        table.refuse("password_env", "is not set in the environment", f"export {name}=...")
    return digest_of(password)
