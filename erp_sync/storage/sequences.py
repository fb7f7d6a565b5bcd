"""Positions without gaps, given out at commit, and what the store knows of itself."""

import secrets

from sqlalchemy import Connection, insert, select, update

from erp_sync.storage import tables

FEED = "feed"
DOCUMENTS = "documents"
GROUPED = "grouped"


def take(connection: Connection, name: str, count: int) -> int:
    """The first of `count` new positions.

    The row is locked until the commit, so that positions become visible in their
    order and none is left out, with several writers too.
    """
    sequence = tables.sequence
    moved = update(sequence).where(sequence.c.name == name).values(last=sequence.c.last + count)
    if not connection.execute(moved).rowcount:
        connection.execute(insert(sequence).values(name=name, last=count))
        return 1
    return tip(connection, name) - count + 1


def tip(connection: Connection, name: str) -> int:
    """The last position given out, 0 for none."""
    sequence = tables.sequence
    return connection.scalar(select(sequence.c.last).where(sequence.c.name == name)) or 0


def feed_id(connection: Connection) -> str:
    """The name of this feed, made with the store."""
    setting = tables.setting
    known: str | None = connection.scalar(
        select(setting.c.value).where(setting.c.name == "feed_id")
    )
    if known is not None:
        return known
    connection.execute(insert(setting).values(name="feed_id", value=(made := _new_id())))
    return made


def renew_feed(connection: Connection) -> str:
    """Give the feed another name: every cursor of before is refused from now on."""
    setting = tables.setting
    renewed = update(setting).where(setting.c.name == "feed_id").values(value=(made := _new_id()))
    connection.execute(renewed)
    return made


def _new_id() -> str:
    return secrets.token_hex(4)
