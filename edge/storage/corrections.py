"""Corrections in the store: what each corrected fact is now known to have been."""

import json
import sqlite3

from edge.domain.corrections import Corrected
from edge.domain.facts import Fact
from edge.storage import fact_rows


def look(facts: sqlite3.Connection, tables: sqlite3.Connection, correction: Fact) -> Corrected:
    """The fact that `correction` names, with the corrections before it.

    `facts` holds the chain, `tables` the projections up to the correction. Raises
    ValueError if the fact is not one before it.
    """
    seq = int(correction.body["corrects"])
    found = corrected(facts, tables, seq) if seq < correction.seq else None
    if found is None:
        raise ValueError(f"it corrects seq {seq}, which is not a fact before it")
    return found


def corrected(facts: sqlite3.Connection, tables: sqlite3.Connection, seq: int) -> Corrected | None:
    """A fact and its corrections so far; None if there is no such fact."""
    row = fact_rows.one(facts, seq)
    if row is None:
        return None
    changes = tables.execute(
        "SELECT changes FROM correction WHERE corrects = ? ORDER BY seq", (seq,)
    )
    return Corrected(row.fact(), [json.loads(text) for (text,) in changes])
