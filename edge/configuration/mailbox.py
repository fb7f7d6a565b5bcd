"""What a mailbox needs: all that makes it one, and nothing that counts the same pieces."""

from collections.abc import Iterator

from edge.configuration.faults import Fault, Finder
from edge.configuration.model import COUNTER_ROLES, MAILBOX_ROLES, SENSOR_ROLES
from edge.configuration.rows import Row
from plc_drivers.data_types import DATA_TYPES

NEEDED = ("mailbox_sequence", "mailbox_acknowledge")
PAYLOAD = ("mailbox_good", "mailbox_reject")


def mailbox_faults(device: Row, finder: Finder) -> Iterator[Fault]:
    """Every fault of a device's mailbox; none where it has none."""
    tags = {tag.get("role"): tag for tag in device.rows("tag")}
    first = next((tags[role] for role in MAILBOX_ROLES if role in tags), None)
    if first is None:
        return
    for role in NEEDED:
        if role not in tags:
            message = f"needs a tag of the role {role} in the same device"
            yield finder.fault(first.at("role"), first.get("role"), message, "add that tag")
    if not any(role in tags for role in PAYLOAD):
        message = "needs a tag that says how many pieces a message is of"
        mend = f"add a tag of the role {' or '.join(PAYLOAD)}"
        yield finder.fault(first.at("role"), first.get("role"), message, mend)
    for role in (*COUNTER_ROLES, *SENSOR_ROLES):
        if role in tags:
            message = f"counts the pieces that come by {first.key} too"
            mend = 'take one of them away; a counter that is only shown may have role = "other"'
            yield finder.fault(tags[role].at("role"), role, message, mend)
    yield from _sequence_faults(tags.get("mailbox_sequence"), finder)


def _sequence_faults(row: Row | None, finder: Finder) -> Iterator[Fault]:
    """A number that runs from 0 to the largest of its type, and on with 0."""
    kind = row and DATA_TYPES.get(row.get("type"))
    if row and kind and kind.is_integer and kind.low < 0:
        mend = 'write the type without a sign, for example "uint16"'
        yield finder.fault(row.at("type"), row.get("type"), "has numbers below 0", mend)
