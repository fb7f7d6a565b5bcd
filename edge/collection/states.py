"""What a work center was doing, as facts: pure, from what was shown and what it was on.

A state fact is written when what it says changes: state, mode, fault, time class, job or
shift. Shift and break borders are facts at their exact time. After silence the state is
unknown from the last valid reading on; when the machine is back, a `data_gap` fact says
from when to when nothing was known. Times of facts never go back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from edge.collection.calendar_window import CalendarWindow
from edge.collection.state_table import PLAIN_MODES, ModeTable
from edge.domain.equipment import JobContext
from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.vocabulary import PRODUCING, TimeClass, classify_time


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a machine shows of itself: PackML numbers; `fault` None for none."""

    state: int | None = None
    mode: int | None = None
    fault: int | None = None


NOTHING = Shown()


@dataclass(frozen=True, kw_only=True)
class On:
    """What a work center is on: its job, and the order number that the machine shows."""

    job: JobContext | None = None
    order: int | None = None


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Time of which nothing is known: since when (us), and why (docs/contracts.md)."""

    start: int
    reason: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Written:
    """What the last state fact said; the next one says something else."""

    shown: Shown
    time_class: TimeClass
    job_order_id: str | None
    shift: tuple[str, str] | None
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """Where the tracking stands.

    Up to `at` (us) all was looked at; the last fact is of `written_at`. `valid_at` is the
    last valid reading, None before the first. `gap` is open while nothing is known.
    """

    at: int
    written_at: int
    shown: Shown = NOTHING
    on: On = On()
    written: Written | None = None
    valid_at: int | None = None
    gap: Gap | None = None


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """What is to be said of `shown` and `on` from `start` on, and before `end` (us).

    No border lies between them: it is as true at any time within as where it was made.
    """

    start: int
    end: int
    shown: Shown
    on: On
    written: Written
    calendar: Mapping[str, Json] | None


Tracking = tuple[Tracked, tuple[FactDraft, ...]]


@dataclass(frozen=True, kw_only=True)
class DelaySays:
    """What the fact of a delay says more: its fault's reason, and the plant's threshold (us)."""

    causes: Mapping[int, Mapping[str, Json]] = field(default_factory=dict)
    micro_us: int = 0

    def body(self, written: Written) -> dict[str, Json]:
        """Empty for what is no delay."""
        if written.time_class != TimeClass.ADET:
            return {}
        cause = self.causes.get(written.shown.fault or 0)
        return ({"cause": dict(cause)} if cause else {}) | (
            {"micro_us": self.micro_us} if self.micro_us else {}
        )


@dataclass(frozen=True)
class StateTracker:
    """Follows one work center over its calendar."""

    work_center: str
    window: CalendarWindow
    modes: ModeTable = PLAIN_MODES
    source: Source = Source.PLC
    delay: DelaySays = DelaySays()
    setup_pieces: str = "good"
    _last: list[Stretch] = field(default_factory=list, init=False, repr=False, compare=False)

    def see(self, tracked: Tracked, at: int, shown: Shown, on: On) -> Tracking:
        """A valid reading at `at`: it ends a gap, and holds until the next one."""
        at = max(at, tracked.at)
        if tracked.gap is None and self._stays(tracked, at, shown, on):
            return Tracked(  # nearly each poll: made at once, and no border is looked for
                at=at,
                written_at=tracked.written_at,
                shown=shown,
                on=on,
                written=tracked.written,
                valid_at=at,
            ), ()
        tracked, drafts = self._pass_borders(tracked, at)
        if tracked.gap is not None:
            drafts += self._gap_fact(tracked.gap, at)
        tracked, changed = self._become(tracked, at, shown, on, _reason(tracked))
        valid = Tracked(
            at=tracked.at,
            written_at=tracked.written_at,
            shown=shown,
            on=on,
            written=tracked.written,
            valid_at=at,
        )
        return valid, drafts + changed

    def judge(self, tracked: Tracked, at: int, on: On) -> Tracking:
        """The job has changed: what is shown may count as something else now."""
        at = max(at, tracked.at)
        tracked, drafts = self._pass_borders(tracked, at)
        tracked, changed = self._become(tracked, at, tracked.shown, on, "job")
        return tracked, drafts + changed

    def lose(self, tracked: Tracked, at: int, on: On, gap: Gap) -> Tracking:
        """Silence for too long: unknown since the last valid reading, cut at borders to `at`."""
        if tracked.gap is not None:
            return self._pass_borders(tracked, max(at, tracked.at))
        start = max(gap.start, tracked.written_at)
        reason = "silence" if tracked.written else "start"
        tracked, changed = self._become(tracked, start, NOTHING, on, reason)
        tracked, borders = self._pass_borders(replace(tracked, gap=gap), max(at, start))
        return tracked, changed + borders

    def missed(self, since: int, at: int, why: str) -> tuple[FactDraft, ...]:
        """States may have come and gone unseen since `since`; what holds at `at` is known."""
        return self._gap_fact(Gap(start=since, reason="missed_changes", detail=why), at)

    def resume(self, tracked: Tracked, on: On, gap: Gap) -> Tracking:
        """The edge begins anew: since the last evidence nothing is known."""
        tracked, changed = self._become(tracked, tracked.at, NOTHING, on, "start")
        return replace(tracked, gap=gap), changed

    def leave(self, tracked: Tracked, at: int) -> Tracking:
        """The work center is no part of the plant any more: from `at` on it is off.

        Else its last state would last for ever.
        """
        at = max(at, tracked.at)
        tracked, drafts = self._pass_borders(tracked, at)
        if tracked.written is None:
            return tracked, drafts
        written = Written(shown=NOTHING, time_class=TimeClass.OFF, job_order_id=None, shift=None)
        tracked = replace(tracked, written=written, written_at=at, shown=NOTHING, on=On())
        return tracked, (*drafts, self._state_fact(at, written, None, "removed"))

    def _stays(self, tracked: Tracked, at: int, shown: Shown, on: On) -> bool:
        """Whether the last fact says all: no border since where the tracking stands."""
        if not self._last:
            return False
        last = self._last[0]
        return (
            last.start < tracked.at
            and at < last.end
            and shown == last.shown
            and on == last.on
            and tracked.written == last.written
        )

    def _said(self, at: int, shown: Shown, on: On) -> Stretch:
        calendar = self.window.body(at)
        written = Written(
            shown=shown,
            time_class=self._classify(at, shown, on),
            job_order_id=on.job.job_order_id if on.job else None,
            shift=(calendar["shift"], calendar["production_day"]) if calendar else None,
            shared=(on.job.job_order_id, *on.job.others) if on.job and on.job.others else (),
        )
        end = self.window.next_border(at)
        stretch = Stretch(
            start=at,
            end=at + 1 if end is None else end,
            shown=shown,
            on=on,
            written=written,
            calendar=calendar,
        )
        self._last[:] = [stretch]
        return stretch

    def _pass_borders(self, tracked: Tracked, at: int) -> Tracking:
        """Cut what lasts at each border before `at`, at the border's own time.

        One exactly where the tracking stands was perhaps not looked at yet.
        """
        drafts: tuple[FactDraft, ...] = ()
        if tracked.written is not None:
            for border in self.window.borders(tracked.at - 1, at):
                tracked, cut = self._become(tracked, border, tracked.shown, tracked.on, "border")
                drafts += cut
        return (
            tracked if tracked.at == at else _stands(tracked, at, tracked.shown, tracked.on)
        ), drafts

    def _become(self, tracked: Tracked, at: int, shown: Shown, on: On, reason: str) -> Tracking:
        """The fact that says what holds from `at` on, if it is not what held before."""
        said = self._said(at, shown, on)
        written = said.written
        tracked = _stands(tracked, at, shown, on)
        if written == tracked.written:
            return tracked, ()
        if reason == "state" and tracked.written and written.shown == tracked.written.shown:
            reason = "job" if _job_changed(tracked.written, written) else "border"
        draft = self._state_fact(at, written, said.calendar, reason)
        return replace(tracked, written=written, written_at=at), (draft,)

    def _state_fact(
        self, at: int, written: Written, calendar: Mapping[str, Json] | None, reason: str
    ) -> FactDraft:
        return FactDraft(
            kind=FactKind.EQUIPMENT_STATE,
            occurred_at=at,
            equipment_id=self.work_center,
            source=self.source,
            job_order_id=written.job_order_id,
            body={
                "state": written.shown.state,
                "mode": written.shown.mode,
                "fault": written.shown.fault,
                "time_class": str(written.time_class),
                "calendar": calendar,
                "reason": reason,
                **self.delay.body(written),
                **({"shared": list(written.shared)} if written.shared else {}),
            },
        )

    def _classify(self, at: int, shown: Shown, on: On) -> TimeClass:
        return classify_time(
            shown.state,
            self.modes.counts_as(shown.mode),
            in_calendar=self.window.in_work(at),
            has_job=on.job is not None,
            in_setup=on.job is not None
            and on.job.phase == "setup"
            and (self._ends_by_word(on.job) or not _produces(shown, on)),
        )

    def _ends_by_word(self, job: JobContext) -> bool:
        """Whether a person ends the set-up of a job, and not its first pieces."""
        return (job.setup_pieces or self.setup_pieces) != "good"

    def _gap_fact(self, gap: Gap, at: int) -> tuple[FactDraft, ...]:
        body = {"from": min(gap.start, at), "to": at, "reason": gap.reason, "detail": gap.detail}
        return (
            FactDraft(
                kind=FactKind.DATA_GAP,
                occurred_at=at,
                equipment_id=self.work_center,
                source=Source.SYSTEM,
                body=body,
            ),
        )


def _stands(tracked: Tracked, at: int, shown: Shown, on: On) -> Tracked:
    """The tracking at `at`, which shows this; each poll: `replace` costs three times as much."""
    return Tracked(
        at=at,
        written_at=tracked.written_at,
        shown=shown,
        on=on,
        written=tracked.written,
        valid_at=tracked.valid_at,
        gap=tracked.gap,
    )


def _produces(shown: Shown, on: On) -> bool:
    """Whether the machine makes pieces of the very job that it is on."""
    if shown.state not in PRODUCING or on.job is None:
        return False
    return on.order is None or on.order == on.job.number


def _reason(tracked: Tracked) -> str:
    return "state" if tracked.written else "start"


def _job_changed(before: Written, after: Written) -> bool:
    return before.job_order_id != after.job_order_id or before.shift == after.shift
