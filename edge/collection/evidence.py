"""What the store still knows of a work center when the edge begins."""

from collections.abc import Sequence
from typing import Protocol

from edge.collection.ledger import Ledger
from edge.collection.states import Gap, Shown, Tracked, Written
from edge.domain.recording import Baseline
from edge.domain.states import StateInterval
from edge.domain.vocabulary import TimeClass

# Why nothing is known of a time before collection began: the gap's reason, and in words.
EDGE_WAS_DOWN = ("edge_down", "the edge was not running")
NOT_CONFIGURED = ("not_configured", "it was not in plant.toml")
FAR = 1 << 62  # a clock that was set back must not hide the state that lasts


class Evidence(Protocol):
    """The part of `ProductionReader` that collection needs when it begins."""

    def baselines(self) -> Sequence[Baseline]: ...
    def state_intervals(self, equipment_id: str, start: int, end: int) -> Sequence[StateInterval]:
        """Intervals that touch [start, end), in order."""
        ...


def open_interval(evidence: Evidence, work_center: str, now: int) -> StateInterval | None:
    """The state that had not ended when the edge did."""
    found = evidence.state_intervals(work_center, now, FAR)
    return next((one for one in reversed(found) if one.end is None), None)


def taken_up(
    interval: StateInterval | None, ledger: Ledger, now: int, why: tuple[str, str]
) -> tuple[Tracked, Gap]:
    """Where tracking goes on, and the gap since the edge last saw the machine.

    In a new store that is nothing, and the gap begins now.
    """
    if interval is None:
        last = now if ledger.evidence_at is None else ledger.evidence_at
        return Tracked(at=last, written_at=last), _gap(last, why)
    last = max(interval.start, ledger.evidence_at or interval.start)
    was_unknown = interval.time_class == TimeClass.UNKNOWN
    tracked = Tracked(at=last, written_at=last, written=_written(interval))
    return tracked, _gap(interval.start if was_unknown else last, why)


def _gap(start: int, why: tuple[str, str]) -> Gap:
    reason, detail = why
    return Gap(start=start, reason=reason, detail=detail)


def _written(interval: StateInterval) -> Written:
    shift = (interval.shift, interval.production_day) if interval.shift else None
    return Written(
        shown=Shown(state=interval.state, mode=interval.mode, fault=interval.fault),
        time_class=TimeClass(interval.time_class),
        job_order_id=interval.job_order_id or None,
        shift=shift,
    )
