"""One counter over time: where it stands, and what a good reading of it adds.

Pure. A channel remembers the row that the store holds (for compare and set) and when it
was last seen; what it answers becomes true only when it has been committed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from edge.collection.counters import (
    Correction,
    Counted,
    CounterRules,
    Delta,
    Doubt,
    First,
    Flag,
    Quarantine,
    Recheck,
    Restart,
    Sample,
    Unchanged,
    count,
)
from edge.collection.marks import Marks, marks_of
from edge.collection.owners import Owner, Owners
from edge.collection.sensed import NOTHING_SENSED, Sensed
from edge.collection.snapshots import Seen
from edge.domain.clock import MICROS
from edge.domain.facts import FactKind, Json
from edge.domain.recording import Baseline, BaselineMove

ONE, NONE = Fraction(1), Fraction(0)
NO_MARKS = Marks()


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A counter as last accepted.

    `stored` is the store's row, None if it has none; `row` what it will be. `asked_at`
    and `polled` bound when it was last seen (us, monotonic second; None for another life
    of the edge), `marks` is what was seen with it, `sensed` what is kept of a sensor.
    """

    row: Baseline
    stored: Baseline | None
    asked_at: int
    polled: float | None = None
    marks: Marks = NO_MARKS
    sensed: Sensed = NOTHING_SENSED

    @property
    def move(self) -> BaselineMove | None:
        """What the store has to change; None if nothing."""
        if self.row == self.stored:
            return None
        return BaselineMove(expected=self.stored, new=self.row)

    def settled(self) -> "Channel":
        """This channel once the store has taken its row."""
        if self.row is self.stored:
            return self
        return Channel(
            row=self.row,
            stored=self.row,
            asked_at=self.asked_at,
            polled=self.polled,
            marks=self.marks,
            sensed=self.sensed,
        )


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """What was counted, before it is shared out over hours.

    `steps` of the counter, each of `factor` pieces, and the `rest` of a piece that was begun
    before them make `quantity` whole pieces, and again a rest. Below 0 only for a correction.
    Times in us; `polled` is the monotonic second at `start`, None in another life of the edge.
    """

    role: str
    quantity: int
    steps: int
    factor: Fraction = ONE
    rest: Fraction = NONE
    tag: str
    counter_epoch: int
    raw_from: int
    raw_to: int
    modulus: int | None
    start: int
    end: int
    owner: Owner
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

    `left_end`: the counter had stopped at its end, and moves again. `strokes`: its steps are
    strokes of a tool, which may make something beside the job's pieces.
    """

    channel: Channel
    counted: Counted
    pieces: Pieces | None = None
    notes: tuple[Note, ...] = ()
    left_end: bool = False
    strokes: bool = False


def kept(row: Baseline, marks: Marks, level: int | None = None) -> Channel:
    """The channel of a row that the store kept from an earlier life of the edge."""
    sensed = NOTHING_SENSED if level is None else Sensed(level=level)
    return Channel(row=row, stored=row, asked_at=row.at, marks=marks, sensed=sensed)


def opened(row: Baseline, seen: Seen) -> Channel:
    """The channel of a counter that is seen for the first time."""
    return seen_again(Channel(row=row, stored=None, asked_at=seen.asked_at), row, seen)


def seen_again(channel: Channel, row: Baseline, seen: Seen) -> Channel:
    """The channel after a reading that leaves it at `row`."""
    return Channel(  # each poll: made at once, which costs a third of `replace`
        row=row,
        stored=channel.stored,
        asked_at=seen.asked_at,
        polled=seen.polled,
        marks=marks_of(seen),
        sensed=channel.sensed,
    )


def rebooted(channel: Channel, seen: Seen) -> bool | None:
    """Whether the boot counter has changed since the channel was seen; None if unknown.

    It only ever rises: one from before the baseline that stands still has not changed since.
    """
    before, now = channel.marks.boot, seen.values.get("boot")
    if before is None or now is None:
        return None
    if before == now:
        return False
    return None if channel.marks.boot_before else True


def elapsed(channel: Channel, seen: Seen) -> int:
    """The longest time since the channel was seen, us; a clock that was set back lies."""
    by_plant = seen.at - channel.asked_at
    by_machine = 0 if channel.polled is None else round((seen.polled - channel.polled) * MICROS)
    return max(by_plant, by_machine, 0)


@dataclass(frozen=True, kw_only=True)
class Counter:
    """How a channel counts: whose it is, its role in facts (good, scrap, total), its rules.

    `judged_as` is the role of pieces that a person releases: of a total, what it stands for.
    A step is `per_step` pieces, unless it is one of the `strokes` of a tool and the job's tool
    says how many. `flags` stand beside each count.
    """

    work_center: str
    tag: str
    role: str
    judged_as: str
    rules: CounterRules
    owners: Owners
    per_step: Fraction = ONE
    strokes: bool = False
    flags: tuple[Flag, ...] = ()

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

    def returned(
        self, channel: Channel, seen: Seen, *, again: bool, role: str
    ) -> Advanced | Recheck:
        """What it shows after a time without it, or in which its pieces were judged as `role`."""
        raw, before = seen.raws[self.tag], channel.row.raw
        if raw == before:
            return self._advanced(channel, seen, raw, Unchanged())
        if not again:
            return Recheck(reason=Doubt.AWAY)
        held = Quarantine(raw_from=before, raw_to=raw, reason=Doubt.AWAY)
        return replace(self, judged_as=role)._advanced(channel, seen, raw, held)

    def _advanced(self, channel: Channel, seen: Seen, raw: int, counted: Counted) -> Advanced:
        before = channel.row
        row = Baseline(
            equipment_id=before.equipment_id,
            tag=before.tag,
            counter_epoch=before.counter_epoch,
            raw=raw,
            at=max(seen.at, before.at),
            rest=before.rest,
            rest_of=before.rest_of,
        )
        pieces: Pieces | None = None
        notes: tuple[Note, ...] = ()
        if isinstance(counted, Delta):
            row, pieces = self.made(channel, row, counted.quantity, seen, counted.flags)
        elif isinstance(counted, Restart):
            row, pieces, notes = self._restarted(channel, row, counted.quantity, seen)
        elif isinstance(counted, Correction):
            row, pieces, notes = self._corrected(channel, row, counted.quantity, seen)
        elif isinstance(counted, Quarantine):
            row = replace(row, counter_epoch=row.counter_epoch + 1)
            notes = (self.quarantined(channel, counted, seen), baseline_note(row, "released"))
        elif isinstance(counted, Unchanged) and counted.unseen:
            # it may have gone round, or begun anew, and shows the same value
            notes = (gap_note(before, row.at, "ambiguous"),)
        return Advanced(
            channel=seen_again(channel, row, seen),
            counted=counted,
            pieces=pieces,
            notes=notes,
            left_end=row.raw != before.raw == self.rules.saturates_at,
            strokes=self.strokes,
        )

    def _restarted(
        self, channel: Channel, row: Baseline, steps: int, seen: Seen
    ) -> tuple[Baseline, Pieces | None, tuple[Note, ...]]:
        """A new epoch that begins at 0, of which `steps` have been made already."""
        row = replace(row, counter_epoch=row.counter_epoch + 1)
        begun = replace(row, raw=0)
        notes: tuple[Note, ...] = (baseline_note(begun, "reset", ahead=True),)
        if not steps:  # no count can say that more may have been made before it; at its end a
            if channel.row.raw != self.rules.saturates_at:  # counter has a gap of its own
                notes = (*notes, gap_note(channel.row, row.at, "reset"))
            return row, None, notes
        fresh = replace(channel, row=replace(begun, at=channel.row.at))
        return *self.made(fresh, row, steps, seen, (Flag.LOWER_BOUND,)), notes

    def _corrected(
        self, channel: Channel, row: Baseline, steps: int, seen: Seen
    ) -> tuple[Baseline, Pieces, tuple[Note, ...]]:
        """Pieces taken back, in an epoch of their own, so that no raw range comes twice."""
        own = replace(row, counter_epoch=row.counter_epoch + 1)
        own, pieces = self.made(channel, own, steps, seen, (Flag.CORRECTED,))
        row = replace(own, counter_epoch=own.counter_epoch + 1)
        return row, pieces, (baseline_note(row, "released"),)

    def made(
        self, channel: Channel, row: Baseline, steps: int, seen: Seen, flags: tuple[Flag, ...]
    ) -> tuple[Baseline, Pieces]:
        """What `steps` from the channel's row to `row` make, and the row with what is left."""
        owner = self.owners(channel.marks, seen)
        factor = owner.factor(self.per_step, strokes=self.strokes)
        rest = begun(row, owner.id)
        quantity, left = whole(steps, factor, rest)
        row = replace(row, rest=str(left) if left else "", rest_of=owner.id if left else "")
        pieces = Pieces(
            role=self.role,
            quantity=quantity,
            steps=steps,
            factor=factor,
            rest=rest,
            tag=self.tag,
            counter_epoch=row.counter_epoch,
            raw_from=channel.row.raw,
            raw_to=row.raw,
            modulus=self.rules.modulus,
            start=channel.row.at,
            end=row.at,
            owner=owner,
            polled=channel.polled,
            flags=(*flags, *self.flags),
        )
        return row, pieces

    def quarantined(self, channel: Channel, held: Quarantine, seen: Seen) -> Note:
        """The fact that a reading stands and is not believed, with all that a judge must know."""
        before = channel.row
        owner = self.owners(channel.marks, seen)
        factor = owner.factor(self.per_step, strokes=self.strokes)
        return quarantine_note(
            before,
            held,
            max(seen.at, before.at),
            role=self.judged_as,
            modulus=self.rules.modulus,
            limit=self.rules.limit(elapsed(channel, seen)),
            factor=factor,
        )


def begun(row: Baseline, job_order_id: str) -> Fraction:
    """The part of a piece that earlier steps made; what was begun for another job is none."""
    return Fraction(row.rest) if row.rest and row.rest_of == job_order_id else NONE


def whole(steps: int, factor: Fraction, rest: Fraction) -> tuple[int, Fraction]:
    """Whole pieces of `steps` and what was begun before, and what is begun after them."""
    if factor == 1 and not rest:
        return steps, NONE
    made = rest + steps * factor
    quantity = floor(made)
    return quantity, made - quantity


def first(work_center: str, tag: str, raw: int, seen: Seen) -> Advanced:
    """The first sample of a counter."""
    row = Baseline(equipment_id=work_center, tag=tag, counter_epoch=1, raw=raw, at=seen.at)
    note = baseline_note(row, "first")
    return Advanced(channel=opened(row, seen), counted=First(raw=raw), notes=(note,))


def baseline_note(row: Baseline, reason: str, *, ahead: bool = False) -> Note:
    """The fact that a counter's epoch begins at `row.raw`."""
    body = {"tag": row.tag, "counter_epoch": row.counter_epoch, "raw": row.raw, "reason": reason}
    if row.rest:
        body |= {"rest": row.rest, "rest_of": row.rest_of}
    return Note(kind=FactKind.COUNTER_BASELINE, body=body, ahead=ahead)


def gap_note(before: Baseline, at: int, reason: str) -> Note:
    """The fact that pieces may have been made since `before` that no reading can tell of."""
    body = {"from": before.at, "to": at, "reason": reason, "detail": before.tag}
    return Note(kind=FactKind.DATA_GAP, body=body)


def quarantine_note(
    before: Baseline,
    held: Quarantine,
    at: int,
    *,
    role: str,
    modulus: int | None,
    limit: int,
    factor: Fraction = ONE,
) -> Note:
    """The fact that steps are kept apart; `limit` is the most that there can have been."""
    body: dict[str, Json] = {
        "tag": before.tag,
        "role": role,
        "counter_epoch": before.counter_epoch,
        "raw_from": held.raw_from,
        "raw_to": held.raw_to,
        "reason": str(held.reason),
        "from": before.at,
        "to": at,
        "modulus": modulus,
        "limit": limit,
    }
    if factor != 1:
        body["pieces_per_pulse"] = str(factor)
    return Note(kind=FactKind.QUARANTINE, body=body)
