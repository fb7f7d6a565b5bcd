"""The third count: of good, reject and total two are given, the third is their difference.

Pieces for rework are in the total and neither good nor scrap, where the machine counts them.

It is a counter of its own, named by the tags that make it, so that its pieces have a
place (tag, epoch, raw range) that no other pieces have. Where it falls, because the
machine counts the total before it knows better, pieces are taken back in a new epoch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from edge.collection.channels import (
    Advanced,
    Channel,
    Note,
    Pieces,
    baseline_note,
    first,
    quarantine_note,
    seen_again,
)
from edge.collection.counters import Doubt, First, Flag, Quarantine, Restart, Unchanged
from edge.collection.owners import Owners
from edge.collection.settings import CounterTag
from edge.collection.snapshots import Seen

DERIVED = {
    frozenset({"good", "total"}): "scrap",
    frozenset({"good", "rework", "total"}): "scrap",
    frozenset({"reject", "total"}): "good",
    frozenset({"reject", "rework", "total"}): "good",
    frozenset({"rework", "total"}): "good",
}


FACT_ROLES = {"good": "good", "reject": "scrap", "rework": "rework"}


def counted_as(counters: Sequence[CounterTag]) -> dict[str, str]:
    """What the pieces of each counter and of the third count are, by tag.

    Of a total, those that nothing else counts; `total` where all are counted by others.
    """
    given = frozenset(one.role for one in counters)
    total = "good" if given == {"total"} else DERIVED.get(given, "total")
    third = {derived_tag(counters): DERIVED[given]} if given in DERIVED else {}
    return {one.tag: FACT_ROLES.get(one.role, total) for one in counters} | third


def derived_tag(counters: Sequence[CounterTag]) -> str:
    """The name of the third count: the total's tag, then what is taken off it."""
    return "-".join(one.tag for one in sorted(counters, key=lambda one: -_sign(one)))


def _sign(one: CounterTag) -> int:
    return 1 if one.role == "total" else -1


UNSURE = frozenset({Flag.LOWER_BOUND, Flag.AMBIGUOUS})


def _at_least(step: Advanced) -> bool:
    """Whether a counter may have counted more than it shows, or is not believed."""
    if isinstance(step.counted, Unchanged):
        return step.counted.unseen
    # A restart also where it shows 0, and counts nothing.
    unknown = isinstance(step.counted, First | Quarantine | Restart)
    return unknown or bool(step.pieces and UNSURE & {*step.pieces.flags})


class Derivation:
    """Derives a count of `role` from the counters of a work center."""

    def __init__(
        self, work_center: str, counters: Sequence[CounterTag], role: str, owners: Owners
    ) -> None:
        self._work_center, self._role, self._owners = work_center, role, owners
        self._signs = {one.tag: _sign(one) for one in counters}
        self._total = next(one.tag for one in counters if one.role == "total")
        rejects_told = {one.role for one in counters} & {"good", "reject"}
        self._flags = (Flag.DERIVED,) if rejects_told else (Flag.DERIVED, Flag.TOTAL_ONLY)
        self.tag = derived_tag(counters)

    def advance(
        self, channels: Mapping[str, Channel], seen: Seen, steps: Mapping[str, Advanced]
    ) -> Advanced | None:
        """What the difference adds; None where the total proves nothing this time."""
        channel = channels.get(self.tag)
        if channel is not None:
            return self._added(channel, channels, seen, steps)
        begun = first(self._work_center, self.tag, 0, seen)
        total = channels.get(self._total)
        if total is None:
            return begun
        # plant.toml has told of it since the last reading: it begins where the total stood.
        row = replace(begun.channel.row, at=total.row.at)
        added = self._added(replace(total, row=row, stored=None), channels, seen, steps)
        if added is None:
            return begun
        return replace(added, notes=(baseline_note(row, "first", ahead=True), *added.notes))

    def _added(
        self,
        channel: Channel,
        channels: Mapping[str, Channel],
        seen: Seen,
        steps: Mapping[str, Advanced],
    ) -> Advanced | None:
        if isinstance(steps[self._total].counted, First | Quarantine):
            return None
        taken_off = {tag: one for tag, one in steps.items() if self._signs[tag] < 0}
        counted = [one.counted for one in taken_off.values()]
        if any(isinstance(one, Unchanged) and one.saturated for one in counted):
            return None  # what it no longer counts would be told as the third count
        pieces = {tag: one.pieces for tag, one in steps.items() if one.pieces}
        quantity = sum(self._signs[tag] * one.quantity for tag, one in pieces.items())
        unsure = any(_at_least(one) for one in taken_off.values())
        if quantity > 0 and (unsure or self._is_older(channels, taken_off)):
            return self._doubted(channel, seen, quantity)
        flags = dict.fromkeys(flag for one in pieces.values() for flag in one.flags)
        return self._moved(channel, seen, quantity, (*self._flags, *flags))

    def _is_older(self, channels: Mapping[str, Channel], taken_off: Iterable[str]) -> bool:
        """Whether the total was last read before what is taken off it: it counted longer."""
        at = channels[self._total].row.at
        return any(channels[tag].row.at > at for tag in taken_off if tag in channels)

    def _doubted(self, channel: Channel, seen: Seen, quantity: int) -> Advanced:
        """What is taken off may be more than is known: then this is less, and nobody's count."""
        before, at = channel.row, max(seen.at, channel.row.at)
        row = replace(
            before, counter_epoch=before.counter_epoch + 1, raw=before.raw + quantity, at=at
        )
        held = Quarantine(raw_from=before.raw, raw_to=row.raw, reason=Doubt.LESS_AT_LEAST)
        note = quarantine_note(before, held, at, role=self._role, modulus=None, limit=quantity)
        return Advanced(
            channel=seen_again(channel, row, seen),
            counted=held,
            notes=(note, baseline_note(row, "released")),
        )

    def _moved(
        self, channel: Channel, seen: Seen, quantity: int, flags: tuple[Flag, ...]
    ) -> Advanced:
        if not quantity:
            row = replace(channel.row, at=max(seen.at, channel.row.at))
            return Advanced(channel=seen_again(channel, row, seen), counted=Unchanged())
        before, notes = channel.row, tuple[Note, ...]()
        epoch = before.counter_epoch + (quantity < 0)
        row = replace(
            before,
            counter_epoch=epoch + (quantity < 0),
            raw=before.raw + quantity,
            at=max(seen.at, before.at),
        )
        if quantity < 0:
            notes = (baseline_note(row, "released"),)
        pieces = Pieces(
            role=self._role,
            quantity=quantity,
            steps=quantity,
            tag=self.tag,
            counter_epoch=epoch,
            raw_from=before.raw,
            raw_to=row.raw,
            modulus=None,
            start=before.at,
            end=row.at,
            owner=self._owners(channel.marks, seen),
            polled=channel.polled,
            flags=flags,
        )
        return Advanced(
            channel=seen_again(channel, row, seen),
            counted=Unchanged(),
            pieces=pieces,
            notes=notes,
        )
