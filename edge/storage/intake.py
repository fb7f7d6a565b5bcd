"""Facts on their way into the file: folded in their order, counts that are alike as one.

Counts that are alike are added up, and folded before the lots of a work center change (the
fold's state says which lots their pieces belong to) and at the end. Whatever else comes
between only adds to the columns that counts add to, so their order does not count.
"""

import sqlite3
from collections.abc import Hashable
from functools import partial

from edge.domain.changes import Change
from edge.domain.facts import Fact, FactKind
from edge.domain.fold import MATERIALS, FoldState
from edge.domain.folding.alike import alike, summed
from edge.storage import corrections
from edge.storage.applying import apply
from edge.storage.fact_blocks import Touched
from edge.storage.job_changes import Ids, changed_jobs
from edge.storage.projections import step
from edge.storage.tables.facts import INSERT as INSERT_FACT


class _Sum:
    """Counts that are alike: the first of them, all their pieces, the blocks they lie in."""

    __slots__ = ("blocks", "first", "quantity")

    def __init__(self, first: Fact) -> None:
        self.first, self.quantity, self.blocks = first, 0, set[int]()


class Intake:
    """Facts that follow each other, until they are written; `state` is the fold's after them."""

    def __init__(self, conn: sqlite3.Connection, state: FoldState, jobs: Ids) -> None:
        self.state, self.jobs = state, jobs
        self._conn, self._look = conn, partial(corrections.look, conn, conn)
        self._rows: list[tuple[int, bytes, bytes]] = []
        self._sums: dict[Hashable, _Sum] = {}
        self._changes: list[Change] = []
        self._touched = Touched()

    def take(self, fact: Fact, packed: bytes, hash_: str) -> None:
        """Take in the next fact."""
        row = (fact.seq, bytes.fromhex(hash_), packed)
        if (common := alike(fact)) is not None:
            self._rows.append(row)
            self._add(common, fact)
            return
        if fact.kind in MATERIALS:
            self._fold_sums()
        if fact.kind is FactKind.CORRECTION:  # it is made of what stands before it
            self._write_changes()
        self._rows.append(row)
        self._touched.add(fact, self._fold(fact))

    def write(self) -> None:
        """Write the facts and what they change, inside the caller's transaction."""
        self._fold_sums()
        self._write_changes()
        self._touched.write(self._conn)

    def _add(self, common: Hashable, fact: Fact) -> None:
        known = self._sums.get(common)
        if known is None:
            known = self._sums[common] = _Sum(fact)
        known.quantity += fact.body["quantity"]
        known.blocks.add(self._touched.happened(fact))

    def _fold(self, fact: Fact) -> tuple[Change, ...]:
        folded = step(self.state, fact, self._look)
        self.state = folded.state
        self._changes += folded.changes
        return folded.changes

    def _fold_sums(self) -> None:
        sums, self._sums = self._sums, {}
        for one in sums.values():
            self._touched.counted(self._fold(summed(one.first, one.quantity)), one.blocks)

    def _write_changes(self) -> None:
        self._conn.executemany(INSERT_FACT, self._rows)
        apply(self._conn, self._changes)
        self.jobs = changed_jobs(self.jobs, self._changes)
        self._rows, self._changes = [], []
