"""An hour of the board: its figures, what people said of it, and what it asks of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.domain.board import (
    AndonCall,
    BoardReader,
    DataGap,
    HourSignature,
    expected,
    is_red,
    recovery,
)
from edge.domain.intervals import Interval, union

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What people said of hours and calls, and which hours are red; no reader: nothing."""

    reader: BoardReader | None = None
    red_percent: int = 10

    def signatures(self, work_center: str, start: int, end: int) -> Sequence[HourSignature]:
        return self.reader.hour_signatures(work_center, start, end) if self.reader else ()

    def gaps(self, work_center: str, start: int, end: int) -> Sequence[DataGap]:
        return self.reader.data_gaps(work_center, start, end) if self.reader else ()

    def calls(self, work_center: str) -> list[Json]:
        """Calls for help that are open."""
        found = self.reader.andon_calls(work_center, open_=True) if self.reader else ()
        return [call_view(one) for one in found]


NOT_SAID = Said()


@dataclass(frozen=True, kw_only=True)
class HourFigures:
    """Figures of one hour: pieces, and times in us; `row` is what the board shows of it.

    `stopped` is what planned stops take of its working time, `left` what is still to come.
    """

    part: Interval
    hour: int
    plan: int
    expected: int
    good: int
    scrap: int
    difference: int
    stopped: int
    left: int
    row: Json = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        part: Interval,
        hour: int,
        *,
        plan: int,
        good: int,
        scrap: int,
        worked: int,
        stopped: int,
        left: int,
    ) -> "HourFigures":
        """With what is expected of the time that planned stops leave, and the difference to it."""
        wanted = expected(plan, worked, stopped)
        return cls(
            part=part,
            hour=hour,
            plan=plan,
            expected=wanted,
            good=good,
            scrap=scrap,
            difference=good - wanted,
            stopped=stopped,
            left=left,
        )


def asked_view(
    figures: HourFigures,
    said: HourSignature | None,
    red_percent: int,
    cause: Mapping[str, Any],
    *,
    over: bool,
) -> Json:
    """Whether the hour is red and asks for a cause, the cause that was said, the signature."""
    red = over and is_red(figures.expected, figures.difference, red_percent)
    told = said is not None and bool(said.cause)
    view: Json = {"red": red, "asks_cause": red and not told, "said": None, "signature": None}
    view["version"] = said.events if said else 0
    if said is not None and told:
        view["said"] = {
            "reason": said.cause,
            "note": said.note,
            "by": said.cause_by,
            "at": said.cause_at,
        }
        view["cause"] = said.cause
        view["cause_text"] = None if said.cause != cause.get("cause") else cause.get("cause_text")
    if said is not None and said.signed_seq is not None:
        view["signature"] = _signature(figures, said)
    return view


def _signature(figures: HourFigures, said: HourSignature) -> Json:
    """The figures as they were signed; `changed` says that other ones are known now."""
    names = ("plan", "expected", "good", "scrap", "difference")
    as_signed = {name: getattr(said, name) for name in names}
    now = {name: getattr(figures, name) for name in names}
    return {
        "seq": said.signed_seq,
        "at": said.signed_at,
        "by": said.signed_by,
        **as_signed,
        "changed": as_signed != now,
    }


def gaps_view(gaps: Sequence[DataGap], part: Interval) -> Json:
    """Time of the hour of which something is not known (us), and why."""
    inside = [one for one in gaps if one.start < part.end and part.start <= one.end]
    spans = union(
        Interval(max(one.start, part.start), min(one.end, part.end))
        for one in inside
        if max(one.start, part.start) < min(one.end, part.end)
    )
    reasons = sorted({one.reason for one in inside})
    return {"data_gap": sum(one.length for one in spans), "data_gaps": reasons}


def required_view(hours: Sequence[HourFigures], end: int, now: int) -> Json | None:
    """What the rest of the shift must bring to make its plan; None once it is over."""
    if now >= end or not hours:
        return None
    wanted, made = sum(one.expected for one in hours), sum(one.good for one in hours)
    found = recovery(wanted, made, sum(one.left for one in hours))
    rate = found.per_hour
    return {
        "pieces": found.pieces,
        "time": found.time,
        "per_hour": str(rate) if rate is not None else None,
        "per_hour_up": -(-rate.numerator // rate.denominator) if rate is not None else None,
    }


def call_view(call: AndonCall) -> Json:
    """A call for help as the API shows it; times in us."""
    closed, heard = call.closed_at, call.acknowledged_at
    return {
        **{"work_center" if n == "equipment_id" else n: v for n, v in vars(call).items()},
        "waited": (heard if heard is not None else closed or 0) - call.called_at
        if heard or closed
        else None,
        "lasted": closed - call.called_at if closed is not None else None,
    }
