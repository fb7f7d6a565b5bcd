"""Facts become the input of the KPIs again, without a store: to time figures from facts.

What the fold says of states and hour buckets is kept by work center; the rest is left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from edge.domain.changes import Change
from edge.domain.facts import Fact, FactKind
from edge.domain.fold import FoldState, fold
from edge.domain.production import HourQuantity
from edge.domain.states import StateInterval

NOTHING_MADE: Mapping[str, int] = {"good": 0, "scrap": 0, "rework": 0}


class Recount:
    """States and pieces by work center, as of the facts taken so far, in their order.

    What corrections say needs the facts before them, which only a store has: they are refused.
    """

    def __init__(self) -> None:
        self._state = FoldState()
        self._intervals: dict[str, dict[int, dict[str, Any]]] = {}
        self._pieces: dict[str, dict[tuple[Any, ...], dict[str, int]]] = {}
        self._keep = {"state_interval": self._keep_state, "hour_bucket": self._keep_pieces}

    def take(self, fact: Fact) -> None:
        """Fold one more fact; raises ValueError for a correction."""
        if fact.kind == FactKind.CORRECTION:
            raise ValueError(f"fact {fact.seq} is a correction: a store folds it")
        folded = fold(self._state, fact)
        self._state = folded.state
        for change in folded.changes:
            if keep := self._keep.get(change.table):
                keep(change)

    def _keep_state(self, change: Change) -> None:
        rows = self._intervals.setdefault(str(change.key["equipment_id"]), {})
        opened = int(change.key["opened"] or 0)
        row = rows.get(opened)
        if row is None:
            row = rows[opened] = {"end": None}
        row.update(change.values)  # type: ignore[union-attr]

    def _keep_pieces(self, change: Change) -> None:
        key = tuple(change.key.values())
        rows = self._pieces.setdefault(str(key[0]), {})
        row = rows.get(key)
        if row is None:
            row = rows[key] = dict(NOTHING_MADE)
        for name, amount in change.amounts.items():  # type: ignore[union-attr]
            row[name] += amount

    def units(self) -> Sequence[str]:
        """All work centers that have shown a state or made a piece."""
        return sorted({*self._intervals, *self._pieces})

    def intervals(self, unit: str) -> list[StateInterval]:
        """Its states, in order."""
        rows = self._intervals.get(unit, {})
        found = [
            StateInterval(equipment_id=unit, opened=opened, **row) for opened, row in rows.items()
        ]
        return sorted(found, key=lambda one: (one.start, one.opened))

    def pieces(self, unit: str) -> list[HourQuantity]:
        """Its hour buckets."""
        return [
            HourQuantity(
                equipment_id=unit, hour=hour, job_order_id=job, run_time_per_item=run_time,
                shift=shift, production_day=day, **made,
            )
            for (_, hour, job, run_time, shift, day), made in self._pieces.get(unit, {}).items()
        ]  # fmt: skip
