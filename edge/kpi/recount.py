"""Facts become the input of the KPIs again, without a store: to recompute figures from them. Pure.

What the fold says of states and hour buckets is kept by work center; the rest is left out.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from edge.domain.changes import Add, Put
from edge.domain.facts import Fact
from edge.domain.fold import FoldState, fold
from edge.domain.production import HourQuantity, StateInterval


class Recount:
    """States and pieces by work center, as of the facts taken so far, in their order."""

    def __init__(self) -> None:
        self._state = FoldState()
        self._intervals: dict[str, dict[int, dict[str, Any]]] = {}
        self._pieces: dict[str, dict[tuple[Any, ...], dict[str, int]]] = {}

    def take(self, fact: Fact) -> None:
        """Fold one more fact."""
        folded = fold(self._state, fact)
        self._state = folded.state
        for change in folded.changes:
            if isinstance(change, Put) and change.table == "state_interval":
                unit = self._intervals.setdefault(str(change.key["equipment_id"]), {})
                opened = int(change.key["opened"] or 0)
                unit.setdefault(opened, {"end": None}).update(change.values)
            elif isinstance(change, Add) and change.table == "hour_bucket":
                key = tuple(change.key.values())
                unit_rows = self._pieces.setdefault(str(key[0]), {})
                row = unit_rows.setdefault(key, {"good": 0, "scrap": 0, "rework": 0})
                for name, amount in change.amounts.items():
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
        return list(self._rows(self._pieces.get(unit, {}).items()))

    def _rows(
        self, rows: Iterable[tuple[tuple[Any, ...], dict[str, int]]]
    ) -> Iterable[HourQuantity]:
        for (unit, hour, job, run_time, shift, day), made in rows:
            yield HourQuantity(
                equipment_id=unit, hour=hour, job_order_id=job, run_time_per_item=run_time,
                shift=shift, production_day=day, **made,
            )  # fmt: skip
