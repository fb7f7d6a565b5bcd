"""Lines without a counter: a signal that rises once for each piece is counted here.

Pure. The counter is made by the edge: its raw value is how many rises were seen, and lies in
the store as that of a machine's counter does. A rise counts when the signal is high and was
low at the look before, so never more than there were; a pulse that begins and ends between
two looks is missed. Where looks were too far apart to see each pulse, that is said.
"""

from dataclasses import dataclass, replace

from edge.collection.channels import (
    Advanced,
    Channel,
    Counter,
    Note,
    baseline_note,
    elapsed,
    first,
    seen_again,
)
from edge.collection.counters import Doubt, Flag, Quarantine, Recheck, Unchanged
from edge.collection.sensed import Sensed
from edge.collection.snapshots import Seen
from edge.domain.clock import MICROS
from edge.domain.facts import FactKind

LONGEST_LATE = 60 * MICROS  # a gap that lasts is told in parts


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """Counts the rises of one signal; `counter` says whose pieces they are and what each is."""

    counter: Counter

    @property
    def tag(self) -> str:
        return self.counter.tag

    def advance(self, channel: Channel | None, seen: Seen, *, again: bool) -> Advanced | Recheck:
        """What the level of the signal in `seen` adds; `again` says nothing here."""
        level = seen.raws[self.tag]
        if channel is None:
            step = first(self.counter.work_center, self.tag, 0, seen)
            return replace(step, channel=replace(step.channel, sensed=Sensed(level=level)))
        late, gaps = self._looks(channel, seen)
        rises = bool(level) and channel.sensed.level == 0
        step = self._risen(channel, seen, late=late is not None) if rises else _same(channel, seen)
        sensed = Sensed(
            level=level,
            late_since=late,
            rose_after=channel.asked_at if step.pieces else channel.sensed.rose_after,
        )
        after = replace(step.channel, sensed=sensed)
        return replace(step, channel=after, notes=(*step.notes, *gaps))

    def returned(
        self, channel: Channel, seen: Seen, *, again: bool, role: str
    ) -> Advanced | Recheck:
        """As after any silence: what it missed is in nobody's count by it."""
        return self.advance(channel, seen, again=again)

    def _looks(self, channel: Channel, seen: Seen) -> tuple[int | None, tuple[Note, ...]]:
        """Since when looks come too late (None: this one does not), and the gap that ends."""
        fastest = 2 * self.counter.rules.max_rate * elapsed(channel, seen)
        late = channel.polled is None or fastest > MICROS
        since = channel.sensed.late_since
        if not late:
            return None, () if since is None else (self._gap(since, channel.row.at),)
        since = channel.row.at if since is None else since
        if seen.at - since < LONGEST_LATE:
            return since, ()
        return seen.at, (self._gap(since, seen.at),)

    def _gap(self, start: int, end: int) -> Note:
        body = {"from": start, "to": end, "reason": "missed_pulses", "detail": self.tag}
        return Note(kind=FactKind.DATA_GAP, body=body)

    def _risen(self, channel: Channel, seen: Seen, *, late: bool) -> Advanced:
        """One more; or none, where the signal cannot have risen again so soon."""
        rules, last = self.counter.rules, channel.sensed.rose_after
        row = replace(channel.row, raw=channel.row.raw + 1, at=max(seen.at, channel.row.at))
        if last is not None and rules.limit(max(seen.at - last, 0)) < 2:
            held = Quarantine(raw_from=channel.row.raw, raw_to=row.raw, reason=Doubt.JUMP)
            row = replace(row, counter_epoch=row.counter_epoch + 1)
            notes = (self.counter.quarantined(channel, held, seen), baseline_note(row, "released"))
            return Advanced(channel=seen_again(channel, row, seen), counted=held, notes=notes)
        flags = (Flag.PULSE, Flag.LOWER_BOUND) if late else (Flag.PULSE,)
        row, pieces = self.counter.made(channel, row, 1, seen, flags)
        return Advanced(
            channel=seen_again(channel, row, seen),
            counted=Unchanged(),
            pieces=pieces,
            strokes=self.counter.strokes,
        )


def _same(channel: Channel, seen: Seen) -> Advanced:
    row = replace(channel.row, at=max(seen.at, channel.row.at))
    return Advanced(channel=seen_again(channel, row, seen), counted=Unchanged())
