"""Facts as an edge makes them: a mix of counts, states, job events and writes to machines.

As in an hour of the demo's plant, where 2,785 of 3,246 facts are counts, and its names and
times: a count a second and work center, each with the move of its baseline.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.recording import Baseline, BaselineMove, Recording

START = 1_780_898_400_000_000  # 2026-06-08 06:00 UTC
HOUR, SECOND = 3_600_000_000, 1_000_000
CALENDAR = {
    "id": "two_shift",
    "revision": "5e7305fbada5",
    "shift": "early",
    "production_day": "2026-06-08",
}
# Of every 50 facts: three states, four job events and three audits, as in the demo.
STATES, EVENTS, AUDITS = frozenset({3, 19, 35}), frozenset({7, 8, 27, 44}), frozenset({9, 28, 45})
PERIOD = 50


@dataclass(frozen=True)
class Made:
    """A draft with the move of a baseline, where it is a count."""

    draft: FactDraft
    move: BaselineMove | None = None


class Plant:
    """Work centers that make facts in turn."""

    def __init__(self, work_centers: int = 50) -> None:
        self._centers = work_centers
        self._raws: dict[str, Baseline] = {}

    def facts(self, many: int, first: int = 0) -> Iterator[Made]:
        """The next facts; `first` is the number of those before."""
        for step in range(first, first + many):
            center = f"L{step * 7 % self._centers + 1}"
            at = START + step // self._centers * SECOND + step % 977 * 1021
            place = step % PERIOD
            if place in STATES:
                yield Made(_fact(FactKind.EQUIPMENT_STATE, center, at, _state(step, at)))
            elif place in EVENTS:
                yield Made(_fact(FactKind.JOB_ORDER_EVENT, center, at, _event(step, center)))
            elif place in AUDITS:
                yield Made(_fact(FactKind.AUDIT, center, at, _audit(step)))
            else:
                yield self._count(step, center, at)

    def _count(self, step: int, center: str, at: int) -> Made:
        tag = "reject" if step % 13 == 0 else "good"
        key = f"{center}/{tag}"
        was, quantity = self._raws.get(key), step % 3 + 1
        raw = was.raw if was else 0
        body: dict[str, Any] = {
            "role": "scrap" if tag == "reject" else "good",
            "quantity": quantity,
            "tag": tag,
            "counter_epoch": 1,
            "raw_from": raw,
            "raw_to": raw + quantity,
            "from": (was.at if was else at - SECOND),
            "to": at,
            "hour": at - at % HOUR,
            "flags": [],
            "run_time_per_item": "2.5",
            "calendar": CALENDAR,
        }
        now = Baseline(equipment_id=center, tag=tag, counter_epoch=1, raw=raw + quantity, at=at)
        self._raws[key] = now
        draft = _fact(FactKind.PRODUCTION_COUNT, center, at, body)
        return Made(draft, BaselineMove(expected=was, new=now))


def recordings(made: list[Made], size: int) -> list[Recording]:
    """The facts, `size` of them a recording."""
    return [
        Recording(
            drafts=tuple(one.draft for one in made[start : start + size]),
            baselines=tuple(one.move for one in made[start : start + size] if one.move),
        )
        for start in range(0, len(made), size)
    ]


def _fact(kind: FactKind, center: str, at: int, body: dict[str, Any]) -> FactDraft:
    return FactDraft(
        kind=kind,
        occurred_at=at,
        equipment_id=center,
        job_order_id=None if kind == FactKind.AUDIT else f"WO{1000 + int(center[1:])}.10",
        source=Source.SYSTEM if kind == FactKind.AUDIT else Source.PLC,
        body=body,
    )


def _state(step: int, at: int) -> dict[str, Any]:
    stands = step % 4 == 0
    return {
        "state": 11 if stands else 6,
        "mode": 1,
        "fault": 17 if stands else 0,
        "time_class": "ADET" if stands else "APT",
        "calendar": CALENDAR,
        "reason": "state",
    }


def _event(step: int, center: str) -> dict[str, Any]:
    return {
        "event": "running",
        "order": f"WO{1000 + int(center[1:])}",
        "operation": 10,
        "product": "HINGE-60",
        "revision": "A",
        "number": 1_000_010 + step,
        "quantity": 100_000,
        "run_time_per_item": "2.5",
        "work_center": center,
        "state": "Running",
        "version": step,
        "phase": "run",
        "raw": {"good": step, "reject": step // 13},
    }


def _audit(step: int) -> dict[str, Any]:
    detail = {"tag": "target_setpoint", "value": step, "read_back": step, "confirmed": True}
    return {"action": "device_write", "detail": detail}
