"""Projections made anew from the facts; live ones and these are always the same."""

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from edge.domain.changes import Change
from edge.domain.facts import FactKind
from edge.domain.fold import FoldState
from edge.storage import baselines, corrections, fact_rows, plans
from edge.storage.applying import apply
from edge.storage.chain import Tail, load_tail
from edge.storage.fact_blocks import Touched
from edge.storage.projections import PROJECTED, step

if TYPE_CHECKING:
    from edge.domain.recording import Baseline

CHUNK = 1000


Told = Callable[[int], None]


def nobody(_: int) -> None:
    """Hears how far it is, and tells no one."""


def rebuild(conn: sqlite3.Connection, tail: Tail, *, told: Told = nobody) -> tuple[Tail, int]:
    """Make all projections anew in the caller's transaction; how many facts were folded."""
    count = project(conn, conn, told)
    return load_tail(conn), count


def project(source: sqlite3.Connection, target: sqlite3.Connection, told: Told = nobody) -> int:
    """Fold the facts of `source` into the projections of `target`; how many there were.

    `told` hears now and then how many it has come to.

    A baseline that is missing comes back from the facts; one that is there stays: it was
    moved with its facts, and setting it back would count pieces again.
    """
    for table in PROJECTED:
        target.execute(f'DELETE FROM "{table}"')
    state, count, look = FoldState(), 0, partial(corrections.look, source, target)
    counters: dict[tuple[str, str], Baseline] = {}
    touched, changes = Touched(), list[Change]()
    # Each fact is folded by itself, not as a sum of those that are alike (edge/storage/intake.py),
    # so that what is compared with the live tables is made another way.
    for row in fact_rows.every(source):
        fact = row.fact()
        # A correction is made of what stands before it.
        if fact.kind is FactKind.CORRECTION or len(changes) >= CHUNK:
            apply(target, changes)
            changes = []
        folded = step(state, fact, look)
        state, count = folded.state, count + 1
        changes += folded.changes
        touched.add(fact, folded.changes)
        if baseline := baselines.after(fact):
            counters[baseline.equipment_id, baseline.tag] = baseline
        if count % CHUNK == 0:
            touched.write(target)
            told(count)
    apply(target, changes)
    touched.write(target)
    for baseline in counters.values():
        baselines.begin(target, baseline)
    plans.replay(source, target)
    return count
