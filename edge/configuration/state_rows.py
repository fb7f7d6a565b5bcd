"""Pass two, states: rows that say one thing each, and fit what the state tag shows."""

from collections.abc import Iterator

from edge.configuration.faults import Fault, Finder
from edge.configuration.rows import Row


def state_faults(device: Row, finder: Finder) -> Iterator[Fault]:
    """Every fault of a device's states taken with its state tag."""
    rows, model = device.rows("state"), device.get("states")
    shows = next(
        (tag.get("type") for tag in device.rows("tag") if tag.get("role") == "state"), None
    )
    for row in rows:
        if row.sound:
            yield from _row_faults(row, shows, finder)
    if model in {"packml", "machinery"} and rows and "states" in device.data:
        mend = 'write states = "table", or take the rows away'
        message = "stands beside [[device.state]], of which nothing would be used"
        yield finder.fault(device.at("states"), model, message, mend)
    if model == "table" and not rows:
        mend = "add [[device.state]] with raw or text, and packml"
        yield finder.fault(device.at("states"), model, "has no rows", mend)
    if shows == "string" and model in {None, "packml"} and not rows:
        mend = 'add [[device.state]] with text and packml, or write states = "machinery"'
        message = "is missing: the state tag shows texts, and PackML states are numbers"
        yield finder.fault(device.at("states"), None, message, mend)


def _row_faults(row: Row, shows: str | None, finder: Finder) -> Iterator[Fault]:
    raw, mask = row.data.get("raw"), row.data.get("mask")
    if ("raw" in row.data) == ("text" in row.data):
        mend = "write raw for a number or text for a text, not both"
        yield finder.fault(row.key, None, "says no value, or two", mend)
        return
    if raw is not None and mask is not None and raw & mask != raw:
        message = f"never fits: it has bits that the mask {mask} takes away"
        yield finder.fault(row.at("raw"), raw, message, f"write for example {raw & mask}")
    if mask is not None and raw is None:
        yield finder.fault(row.at("mask"), mask, "is not due: a text has no bits", "take it away")
    wanted = "text" if shows == "string" else "raw"
    if shows is not None and wanted not in row.data:
        found = "text" if raw is None else "raw"
        message = f"never fits: the state tag is of type {shows}"
        yield finder.fault(row.at(found), row.data[found], message, f"write {wanted}")
