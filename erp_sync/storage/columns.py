"""The columns that the tables of the sync store are made of, and the metadata that lists them."""

from sqlalchemy import BigInteger, Column, MetaData, String, Table, Text
from sqlalchemy.sql.schema import SchemaItem

metadata = MetaData()


def table(name: str, *items: SchemaItem) -> Table:
    """A table of the store."""
    return Table(name, metadata, *items)


def key(name: str, *, integer: bool = False) -> Column[int] | Column[str]:
    """A part of the primary key."""
    if integer:
        return Column(name, BigInteger, primary_key=True, autoincrement=False)
    return Column(name, String, primary_key=True)


def text(name: str) -> Column[str]:
    """A text; empty unless something is put."""
    return Column(name, Text, nullable=False, server_default="")


def number(name: str) -> Column[int]:
    """A whole number, 0 unless something is put or added."""
    return Column(name, BigInteger, nullable=False, server_default="0")


def maybe(name: str) -> Column[int]:
    """A whole number that need not be known."""
    return Column(name, BigInteger)


def maybe_text(name: str) -> Column[str]:
    """A text that need not be known."""
    return Column(name, Text)


def pieces() -> tuple[Column[int], ...]:
    """Pieces by what they are."""
    return number("good"), number("scrap"), number("rework")
