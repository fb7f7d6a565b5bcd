"""The third count: of good, reject and total two are given, the third is their difference.

Pieces for rework are in the total and neither good nor scrap, where the machine counts them.

It is a counter of its own, named by the tags that make it, so that its pieces have a
place (tag, epoch, raw range) that no other pieces have. Where it falls, because the
machine counts the total before it knows better, pieces are taken back in a new epoch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from edge.collection.channels import (
    Advanced,
    Channel,
    Note,
    Pieces,
    baseline_note,
    first,
    seen_again,
)
from edge.collection.counters import First, Flag, Quarantine, Unchanged
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


class Derivation:
    """Derives a count of `role` from the counters of a work center."""

    def __init__(
        self, work_center: str, counters: Sequence[CounterTag], role: str, owners: Owners
    ) -> None:
        self._work_center, self._role, self._owners = work_center, role, owners
        self._signs = {one.tag: 1 if one.role == "total" else -1 for one in counters}
        rejects_told = {one.role for one in counters} & {"good", "reject"}
        self._flags = (Flag.DERIVED,) if rejects_told else (Flag.DERIVED, Flag.TOTAL_ONLY)
        self.tag = "-".join(sorted(self._signs, key=lambda tag: -self._signs[tag]))

    def advance(
        self, channels: Mapping[str, Channel], seen: Seen, steps: Mapping[str, Advanced]
    ) -> Advanced | None:
        """What the difference adds; None where a counter proves nothing this time."""
        channel = channels.get(self.tag)
        if channel is None:
            return first(self._work_center, self.tag, 0, seen)
        if any(isinstance(one.counted, First | Quarantine) for one in steps.values()):
            return None
        pieces = {tag: one.pieces for tag, one in steps.items() if one.pieces}
        quantity = sum(self._signs[tag] * one.quantity for tag, one in pieces.items())
        flags = dict.fromkeys(flag for one in pieces.values() for flag in one.flags)
        return self._moved(channel, seen, quantity, (*self._flags, *flags))

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
