"""In which hours pieces stand, once a restore is settled, that people took from the good ones.

Until then the first reading of a counter holds pieces of hours that sync knows better. What was
said to be scrap or rework of it goes with the pieces: it stays in its hour as far as good ones
are there, the rest goes to the latest hours of its job that have some. No hour has fewer than none.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace

from edge.domain.facts import Fact
from edge.domain.folding.pieces import EFFECTS

BUCKETS = (
    "SELECT hour, run_time_per_item, shift, production_day, good FROM hour_bucket"
    " WHERE equipment_id = ? AND job_order_id = ? AND good > 0 ORDER BY hour DESC"
)


@dataclass(frozen=True)
class Bucket:
    """Where good pieces of a job stand, and how many."""

    hour: int
    run_time: str
    shift: str
    day: str
    good: int


def where_good_ones_are(conn: sqlite3.Connection, fact: Fact) -> tuple[Fact, ...]:
    """The fact, or several of it: each in an hour that has as many good pieces as it takes."""
    moves = EFFECTS.get((str(fact.kind), str(fact.body.get("effect"))), {})
    if moves.get("good", 0) >= 0:
        return (fact,)
    rows = conn.execute(BUCKETS, (fact.equipment_id, fact.job_order_id or ""))
    own, others = _place(fact), [Bucket(*row) for row in rows]
    others.sort(key=lambda one: (one.hour, one.run_time, one.shift, one.day) != own)
    return tuple(_shared(fact, others)) or (fact,)


def _place(fact: Fact) -> tuple[int, str, str, str]:
    calendar = fact.body.get("calendar") or {}
    run_time = fact.body.get("run_time_per_item") or ""
    place = (calendar.get("shift") or "", calendar.get("production_day") or "")
    return (int(fact.body["hour"]), run_time, *place)


def _shared(fact: Fact, buckets: list[Bucket]) -> Iterator[Fact]:
    left = int(fact.body["quantity"])
    if sum(one.good for one in buckets) < left:
        return  # nowhere enough: it stays where it was said
    for one in buckets:
        if not left:
            return
        pieces = min(left, one.good)
        left -= pieces
        yield _in(fact, one, pieces)


def _in(fact: Fact, bucket: Bucket, pieces: int) -> Fact:
    calendar = fact.body.get("calendar")
    if calendar is not None:
        calendar = calendar | {"shift": bucket.shift, "production_day": bucket.day}
    there = {"hour": bucket.hour, "run_time_per_item": bucket.run_time or None}
    now = {**fact.body, **there, "calendar": calendar, "quantity": pieces}
    return replace(fact, body={key: now[key] for key in fact.body})
