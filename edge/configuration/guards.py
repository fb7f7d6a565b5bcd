"""What a guard of a tag needs: a tag that is written, and one that shows what it goes by."""

from collections.abc import Iterator

from edge.configuration.faults import Fault, Finder
from edge.configuration.rows import Row

GOES_BY = {"refused_in_states": "state", "refused_in_modes": "mode"}


def guard_faults(device: Row, finder: Finder) -> Iterator[Fault]:
    """Every guard that would never let anything be written, or guards nothing."""
    roles = [tag.get("role") for tag in device.rows("tag")]
    for tag in device.rows("tag"):
        for name, role in GOES_BY.items():
            value = tag.get(name)
            if not value:
                continue
            if role not in roles:
                message = f"goes by the {role} of the machine, and no tag of the device shows it"
                mend = f"add a tag of the role {role}, or take {name} away"
                yield finder.fault(tag.at(name), value, message, mend)
            if tag.get("write") is not True:
                message = "is not due: the tag is not written"
                yield finder.fault(tag.at(name), value, message, f"take {name} away")
