"""One counter over time: where it stands, and what a good reading of it adds.

Pure. A channel remembers the row that the store holds (for compare and set) and when it
was last seen; what it answers becomes true only when it has been committed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from edge.collection.counters import (
    Correction,
    Counted,
    CounterRules,
    Delta,
    First,
    Flag,
    Quarantine,
    Recheck,
    Restart,
    Sample,
    Unchanged,
    count,
)
from edge.collection.snapshots import Seen
from edge.domain.clock import MICROS
from edge.domain.facts import FactKind, Json
from edge.domain.ports import Baseline, BaselineMove


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What stood beside a counter when it was seen; None where the machine does not say."""

    boot: int | None = None
    order: int | None = None
    state: int | None = None


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A counter as last accepted.

    `stored` is the store's row, None if it has none; `row` what it will be. `asked_at`
    and `polled` bound when it was last seen (us, monotonic second; None for another life
    of the edge), `marks` is what was seen with it.
    """

    row: Baseline
    stored: Baseline | None
    asked_at: int
    polled: float | None = None
    marks: Marks = Marks()

    @property
    def move(self) -> BaselineMove | None:
        """What the store has to change; None if nothing."""
        if self.row == self.stored:
            return None
        return BaselineMove(expected=self.stored, new=self.row)


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """What was counted, before it is shared out over hours and given to a job.

    `quantity` is below 0 only for a correction. Times in us. `marks` is what the machine
    showed at `start`; `polled` the monotonic second then, None in another life of the edge.
    """

    role: str
    quantity: int
    tag: str
    counter_epoch: int
    raw_from: int
    raw_to: int
    modulus: int | None
    start: int
    end: int
    marks: Marks
    polled: float | None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Note:
    """A fact about the counter itself: its kind and body.

    `ahead`: it opens the epoch of the pieces that are counted with it, so it comes first.
    """

    kind: FactKind
    body: Mapping[str, Json]
    ahead: bool = False


@dataclass(frozen=True, kw_only=True)
class Advanced:
    """A channel after a reading, what it counted, and what is to be said of it.

    `left_end`: the counter had stopped at its end, and moves again.
    """

    channel: Channel
    counted: Counted
    pieces: Pieces | None = None
    notes: tuple[Note, ...] = ()
    left_end: bool = False


def kept(row: Baseline, marks: Marks) -> Channel:
    """The channel of a row that the store kept from an earlier life of the edge."""
    return Channel(row=row, stored=row, asked_at=row.at, marks=marks)


def opened(row: Baseline, seen: Seen) -> Channel:
    """The channel of a counter that is seen for the first time."""
    return seen_again(Channel(row=row, stored=None, asked_at=seen.asked_at), row, seen)


def seen_again(channel: Channel, row: Baseline, seen: Seen) -> Channel:
    """The channel after a reading that leaves it at `row`."""
    return replace(
        channel, row=row, asked_at=seen.asked_at, polled=seen.polled, marks=marks_of(seen)
    )


def marks_of(seen: Seen) -> Marks:
    """What a snapshot shows beside the counters."""
    shown = seen.values
    return Marks(boot=shown.get("boot"), order=shown.get("order"), state=shown.get("state"))


def rebooted(channel: Channel, seen: Seen) -> bool | None:
    """Whether the boot counter has changed since the channel was seen; None if unknown."""
    before, now = channel.marks.boot, seen.values.get("boot")
    return None if before is None or now is None else before != now


def elapsed(channel: Channel, seen: Seen) -> int:
    """The longest time since the channel was seen, us; a clock that was set back lies."""
    by_plant = seen.at - channel.asked_at
    by_machine = 0 if channel.polled is None else round((seen.polled - channel.polled) * MICROS)
    return max(by_plant, by_machine, 0)


@dataclass(frozen=True, kw_only=True)
class Counter:
    """How a channel counts: whose it is, its role in facts (good, scrap, total), its rules.

    `total_only`: all pieces count as good, because the machine tells none from the other.
    """

    work_center: str
    tag: str
    role: str
    rules: CounterRules
    total_only: bool = False

    def advance(self, channel: Channel | None, seen: Seen, *, again: bool) -> Advanced | Recheck:
        """What the reading of this counter in `seen` adds."""
        raw = seen.raws[self.tag]
        if channel is None:
            return first(self.work_center, self.tag, raw, seen)
        sample = Sample(
            raw=raw, elapsed=elapsed(channel, seen), rebooted=rebooted(channel, seen), again=again
        )
        counted = count(channel.row, sample, self.rules)
        if isinstance(counted, Recheck):
            return counted
        return self._advanced(channel, seen, raw, counted)

    def _advanced(self, channel: Channel, seen: Seen, raw: int, counted: Counted) -> Advanced:
        before = channel.row
        row = replace(before, raw=raw, at=max(seen.at, before.at))
        pieces: Pieces | None = None
        notes: tuple[Note, ...] = ()
        if isinstance(counted, Delta):
            delta = (counted.quantity, counted.raw_from, counted.raw_to)
            pieces = self._pieces(channel, row, *delta, counted.flags)
        elif isinstance(counted, Restart):
            row, pieces, notes = self._restarted(channel, row, counted.quantity)
        elif isinstance(counted, Correction):
            row, pieces, notes = self._corrected(channel, row, counted.quantity)
        elif isinstance(counted, Quarantine):
            row = replace(row, counter_epoch=row.counter_epoch + 1)
            notes = (quarantine_note(before, counted), baseline_note(row, "released"))
        elif isinstance(counted, Unchanged) and counted.unseen:
            notes = (unseen_note(before, row.at),)
        return Advanced(
            channel=seen_again(channel, row, seen),
            counted=counted,
            pieces=pieces,
            notes=notes,
            left_end=row.raw != before.raw == self.rules.saturates_at,
        )

    def _restarted(
        self, channel: Channel, row: Baseline, quantity: int
    ) -> tuple[Baseline, Pieces | None, tuple[Note, ...]]:
        """A new epoch that begins at 0, of which `quantity` have been made already."""
        row = replace(row, counter_epoch=row.counter_epoch + 1)
        notes = (baseline_note(replace(row, raw=0), "reset", ahead=True),)
        if not quantity:
            return row, None, notes
        flags = (Flag.LOWER_BOUND,)
        return row, self._pieces(channel, row, quantity, 0, quantity, flags), notes

    def _corrected(
        self, channel: Channel, row: Baseline, quantity: int
    ) -> tuple[Baseline, Pieces, tuple[Note, ...]]:
        """Pieces taken back, in an epoch of their own, so that no raw range comes twice."""
        own = replace(row, counter_epoch=row.counter_epoch + 1)
        row = replace(row, counter_epoch=row.counter_epoch + 2)
        span = (quantity, channel.row.raw, row.raw)
        pieces = self._pieces(channel, own, *span, (Flag.CORRECTED,))
        return row, pieces, (baseline_note(row, "released"),)

    def _pieces(
        self,
        channel: Channel,
        row: Baseline,
        quantity: int,
        raw_from: int,
        raw_to: int,
        flags: tuple[Flag, ...],
    ) -> Pieces:
        return Pieces(
            role=self.role,
            quantity=quantity,
            tag=self.tag,
            counter_epoch=row.counter_epoch,
            raw_from=raw_from,
            raw_to=raw_to,
            modulus=self.rules.modulus,
            start=channel.row.at,
            end=row.at,
            marks=channel.marks,
            polled=channel.polled,
            flags=(*flags, Flag.TOTAL_ONLY) if self.total_only else flags,
        )


def first(work_center: str, tag: str, raw: int, seen: Seen) -> Advanced:
    """The first sample of a counter."""
    row = Baseline(equipment_id=work_center, tag=tag, counter_epoch=1, raw=raw, at=seen.at)
    note = baseline_note(row, "first")
    return Advanced(channel=opened(row, seen), counted=First(raw=raw), notes=(note,))


def baseline_note(row: Baseline, reason: str, *, ahead: bool = False) -> Note:
    """The fact that a counter's epoch begins at `row.raw`."""
    body = {"tag": row.tag, "counter_epoch": row.counter_epoch, "raw": row.raw, "reason": reason}
    return Note(kind=FactKind.COUNTER_BASELINE, body=body, ahead=ahead)


def unseen_note(before: Baseline, at: int) -> Note:
    """The fact that a counter may have gone round, or begun anew, and shows the same value."""
    body = {"from": before.at, "to": at, "reason": "ambiguous", "detail": before.tag}
    return Note(kind=FactKind.DATA_GAP, body=body)


def quarantine_note(before: Baseline, held: Quarantine) -> Note:
    """The fact that a reading stands and is not believed."""
    return Note(
        kind=FactKind.QUARANTINE,
        body={
            "tag": before.tag,
            "counter_epoch": before.counter_epoch,
            "raw_from": held.raw_from,
            "raw_to": held.raw_to,
            "reason": str(held.reason),
        },
    )
