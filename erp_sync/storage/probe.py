"""Whether the store can be written, shown by writing."""

from sqlalchemy import Connection

from erp_sync.storage import tables
from erp_sync.storage.changes import upsert


def touch(connection: Connection) -> None:
    """Write a row that means nothing."""
    upsert(connection, tables.setting, [{"name": "probe", "value": ""}], ("value",))
