"""One stroke, several products: what a tool makes beside its job, by side.

A side is a counter of its own, named by the counter's tag and the side (`strokes#right`), so
that its pieces have a place (tag, epoch, raw range) that no other pieces have. It counts the
steps in which the tool was on the machine, from 0 on, and never wraps.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from edge.collection.channels import (
    Advanced,
    Channel,
    Note,
    Pieces,
    baseline_note,
    begun,
    opened,
    seen_again,
    whole,
)
from edge.collection.counters import Flag, Unchanged
from edge.collection.owners import Owner
from edge.collection.snapshots import Seen
from edge.domain.equipment import Beside
from edge.domain.recording import Baseline

SIDE = "#"
SETUP = "setup"


def is_side(tag: str) -> bool:
    """Whether pieces of this tag were made beside others, which count for the machine."""
    return SIDE in tag


def sides(
    work_center: str, channels: Mapping[str, Channel], seen: Seen, steps: Mapping[str, Advanced]
) -> Iterator[tuple[str, Advanced]]:
    """What the strokes of this snapshot made beside their jobs, by tag."""
    for step in steps.values():
        made = step.pieces
        if made is None or not step.strokes or made.owner.job is None:
            continue
        for beside in made.owner.job.also:
            tag = f"{made.tag}{SIDE}{beside.side}"
            yield tag, _made(work_center, tag, channels.get(tag), seen, made, beside)


def _made(
    work_center: str,
    tag: str,
    channel: Channel | None,
    seen: Seen,
    made: Pieces,
    beside: Beside,
) -> Advanced:
    notes: tuple[Note, ...] = ()
    if channel is None:
        fresh = Baseline(equipment_id=work_center, tag=tag, counter_epoch=1, raw=0, at=made.start)
        channel, notes = opened(fresh, seen), (baseline_note(fresh, "first", ahead=True),)
    before, back = channel.row, made.steps < 0
    owner = _owner(made.owner, beside)
    rest = begun(before, owner.id)
    quantity, left = whole(made.steps, beside.pieces_per_stroke, rest)
    row = replace(
        before,
        counter_epoch=before.counter_epoch + back,
        raw=before.raw + made.steps,
        at=made.end,
        rest=str(left) if left else "",
        rest_of=owner.id if left else "",
    )
    pieces = replace(
        made,
        quantity=quantity,
        factor=beside.pieces_per_stroke,
        rest=rest,
        tag=tag,
        counter_epoch=row.counter_epoch,
        raw_from=before.raw,
        raw_to=row.raw,
        modulus=None,
        owner=owner,
    )
    if back:  # taken back in an epoch of their own, as they are from the counter itself
        row = replace(row, counter_epoch=row.counter_epoch + 1)
        notes = (*notes, baseline_note(row, "released"))
    after = seen_again(channel, row, seen)
    return Advanced(channel=after, counted=Unchanged(), pieces=pieces, notes=notes)


def _owner(main: Owner, beside: Beside) -> Owner:
    flags = main.flags if beside.job else (*main.flags, Flag.UNASSIGNED)
    job = beside.job
    if job and main.job and main.job.phase == SETUP:
        job = replace(job, phase=SETUP)  # set-up is the tool's, of all that it makes
    return Owner(job=job, flags=flags)
