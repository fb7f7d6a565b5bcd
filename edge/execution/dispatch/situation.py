"""What holds the floor up now, as planning has to know it; pure.

A plan is made in a situation. When it changes what is left is planned again, and the change is
why. Nothing here guesses silently: an end that nobody has said is `assumed`, and said to be.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from edge.domain.hours import moment_label
from edge.domain.intervals import Interval
from edge.domain.pace import MINUTE
from edge.domain.plan_versions import Outage
from edge.domain.sentences import Sentence, say

DOWN, MAINTAINED, HELD, ABSENT, PLANNED = "down", "maintained", "held", "absent", "planned"
UNWRITTEN = frozenset({DOWN, ABSENT})  # no fact says since when


@dataclass(frozen=True, kw_only=True)
class Closure:
    """A work center is not to be planned from `start` to `end` (us).

    `kind` and `id` name what closes it; `about` a hold's reason or the skills that are missing
    for `job`.
    `assumed`: nobody has said when it ends.
    """

    work_center: str
    kind: str
    id: int
    start: int
    end: int
    about: str = ""
    assumed: bool = False
    job: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        return (self.work_center, self.kind, self.id)


@dataclass(frozen=True, kw_only=True)
class Wait:
    """An operation of an order that waits for a hold to be released, assumed until `until`."""

    order: str
    operation: int
    hold: int
    until: int
    about: str = ""

    @property
    def key(self) -> tuple[str, int, int]:
        return (self.order, self.operation, self.hold)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """All that holds the floor up at a moment."""

    closures: tuple[Closure, ...] = ()
    waits: tuple[Wait, ...] = ()

    def closed(self) -> Mapping[str, Sequence[Interval]]:
        """By work center, when it is not to be planned."""
        found: dict[str, list[Interval]] = defaultdict(list)
        for one in self.closures:
            if one.start < one.end:
                found[one.work_center].append(Interval(one.start, one.end))
        return found

    def waiting(self) -> dict[tuple[str, int], int]:
        """By order and operation, until when a hold lets it wait."""
        return {(one.order, one.operation): one.until for one in self.waits}

    def known(self, outages: Collection[Outage], as_of: int) -> "Situation":
        """Of it what a plan knew that was made of facts up to `as_of` and without these."""
        seen = {(one.work_center, one.kind) for one in outages}

        def was(one: Closure) -> bool:
            place = (one.work_center, one.kind)
            return place in seen if one.kind in UNWRITTEN else one.id <= as_of

        return Situation(
            closures=tuple(filter(was, self.closures)),
            waits=tuple(one for one in self.waits if one.hold <= as_of),
        )

    def outages(self) -> tuple[Outage, ...]:
        """What only whoever has seen it begin knows: what is down, and where people are missing."""
        return tuple(
            Outage(work_center=one.work_center, kind=one.kind, since=one.start, job=one.job)
            for one in self.closures
            if one.kind in UNWRITTEN
        )


NOTHING = Situation()


def changes(before: Situation, after: Situation, zone: ZoneInfo) -> list[Sentence]:
    """What has changed, in words; ends that moved by less than a minute have not."""
    told = _label(zone)
    found: list[Sentence] = []
    was, now = {one.key: one for one in before.closures}, {one.key: one for one in after.closures}
    for key, one in now.items():
        if key not in was:
            found.append(_closed(one, told))
        elif abs(one.end - was[key].end) >= MINUTE or one.start > was[key].start + MINUTE:
            found.append(_still(one, told(one.end)))
    found += [_open(one) for key, one in was.items() if key not in now]
    return [*found, *_waits(before.waits, after.waits)]


def _label(zone: ZoneInfo) -> "_Label":
    return _Label(zone)


@dataclass(frozen=True)
class _Label:
    zone: ZoneInfo

    def __call__(self, at: int) -> str:
        return moment_label(at, self.zone)

    def beside(self, at: int, other: int) -> str:
        """A moment in a sentence that says another one: without the date if it is the same."""
        text, first = self(at), self(other)
        day, _, clock = text.partition(" ")
        return clock if first.startswith(f"{day} ") else text


def _closed(one: Closure, told: _Label) -> Sentence:
    start, end = told(one.start), told(one.end)
    match one.kind:
        case "down":
            return _down(one, start, told.beside(one.end, one.start))
        case "maintained":
            return say(
                "plan.because_maintained",
                "{work_center} is under maintenance: planned without it until {end}, assumed",
                "say that the work is done, or plan a stop that says when it ends",
                work_center=one.work_center,
                end=end,
            )
        case "held":
            return say(
                "plan.because_center_held",
                "{work_center} is on hold ({about}): planned without it until {end}, assumed",
                "release the hold when it is mended",
                work_center=one.work_center,
                about=one.about,
                end=end,
            )
        case "absent":
            return say(
                "plan.because_absent",
                "at {work_center} people are missing ({about}): planned without it until {end},"
                " assumed",
                "let somebody sign on there",
                work_center=one.work_center,
                about=one.about,
                end=end,
            )
        case _:
            return say(
                "plan.because_planned_stop",
                "a stop of {work_center} is planned from {start} to {end}",
                work_center=one.work_center,
                start=start,
                end=told.beside(one.end, one.start),
            )


def _down(one: Closure, start: str, end: str) -> Sentence:
    if one.assumed:
        return say(
            "plan.because_down",
            "{work_center} is down since {start}: planned without it until {end}, assumed",
            "plan a stop that says when it is back",
            work_center=one.work_center,
            start=start,
            end=end,
        )
    return say(
        "plan.because_down_until",
        "{work_center} is down since {start}, and back at {end} as was said",
        work_center=one.work_center,
        start=start,
        end=end,
    )


def _still(one: Closure, end: str) -> Sentence:
    return say(
        "plan.because_still_closed",
        "{work_center} is planned without until {end} now",
        work_center=one.work_center,
        end=end,
    )


def _open(one: Closure) -> Sentence:
    return say(
        "plan.because_open",
        "{work_center} can work again",
        work_center=one.work_center,
    )


def _waits(before: Iterable[Wait], after: Iterable[Wait]) -> Iterator[Sentence]:
    was, now = {one.key: one for one in before}, {one.key: one for one in after}
    new = sorted({(one.hold, one.about) for key, one in now.items() if key not in was})
    gone = sorted({(one.hold, one.about) for key, one in was.items() if key not in now})
    for _, about in new:
        yield say(
            "plan.because_hold",
            "a hold was placed on what is planned ({about})",
            "release it when it is mended",
            about=about,
        )
    for _, about in gone:
        yield say("plan.because_released", "a hold was released ({about})", about=about)
