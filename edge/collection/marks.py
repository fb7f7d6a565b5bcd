"""What stood beside a counter when it was seen."""

from dataclasses import dataclass

from edge.collection.snapshots import Seen


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What stood beside a counter when it was seen; None where the machine does not say.

    `boot_before`: the boot counter was seen before the counter was, so that it was started
    since, or it was not, but perhaps before the counter stood there.
    """

    boot: int | None = None
    boot_before: bool = False
    order: int | None = None
    state: int | None = None


def marks_of(seen: Seen) -> Marks:
    """What a snapshot shows beside the counters."""
    shown = seen.values
    return Marks(boot=shown.get("boot"), order=shown.get("order"), state=shown.get("state"))
