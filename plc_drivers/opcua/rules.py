"""What OPC UA demands of a configuration; loads no protocol library."""

import re
from urllib.parse import urlsplit

from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.errors import Problem
from plc_drivers.opcua.profiles import PROFILES

SCHEME = "opc.tcp"
DEFAULT_PORT = 4840
_HEX = "[0-9a-fA-F]"
_NODE_ID = re.compile(
    r"(?:ns=(?P<namespace>0|[1-9]\d{0,4});)?"
    r"(?P<identifier>i=(?:0|[1-9]\d{0,9})|s=.+"
    rf"|g={_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}|b=[A-Za-z0-9+/]+={{0,2}})"
)
MAX_NAMESPACE = 65_535
MAX_NUMERIC = 2**32 - 1


def device_problems(device: DeviceConfig) -> tuple[Problem, ...]:
    """What is wrong with the url, the security of the connection, and the profile."""
    found = (_url_problem(device.url), _security_problem(device), _profile_problem(device.profile))
    return tuple(problem for problem in found if problem)


def tag_problems(tag: TagConfig) -> tuple[Problem, ...]:
    """What is wrong with one tag."""
    found = (
        _node_problem("address", tag.address),
        _node_problem("method_of", tag.method_of) if tag.method_of else None,
        _method_problem(tag),
        _order_problem(tag),
        _length_problem(tag),
        *_moment_problems(tag),
    )
    return tuple(problem for problem in found if problem)


def place(tag: TagConfig) -> str:
    """The node id in its one spelling: without `ns=0;`, GUIDs in lower case."""
    text = tag.address.removeprefix("ns=0;")
    return text.lower() if re.match(r"(ns=\d+;)?g=", text) else text


def _url_problem(url: str) -> Problem | None:
    mend = f"write {SCHEME}://HOST:PORT, for example {SCHEME}://192.168.0.10:{DEFAULT_PORT}"
    try:
        parts = urlsplit(url)
        sound = parts.scheme == SCHEME and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        sound = False
    else:
        if "@" in parts.netloc:
            mend = "take user and password out of the url: it is shown in messages"
            sound = False
    return None if sound else Problem("url", url, "is no OPC UA url", mend)


def _security_problem(device: DeviceConfig) -> Problem | None:
    if device.insecure and device.security is not None:
        mend = "take insecure away, or take [device.security] away"
        return Problem("insecure", True, "stands beside [device.security]", mend)
    if device.insecure or device.security is not None:
        return None
    return Problem(
        "insecure",
        device.insecure,
        "the connection is neither secured nor said to be insecure",
        "add [device.security], or write insecure = true if nobody else can reach this network",
    )


def _profile_problem(name: str) -> Problem | None:
    if name in PROFILES:
        return None
    mend = f"write one of {', '.join(sorted(PROFILES))}"
    return Problem("profile", name, "is no profile that is known", mend)


def _method_problem(tag: TagConfig) -> Problem | None:
    if not tag.method_of or tag.write:
        return None
    mend = "write write = true: the method is called with the value that is written"
    return Problem("write", tag.write, "is missing: the tag is a method", mend)


def _node_problem(key: str, address: str) -> Problem | None:
    match = _NODE_ID.fullmatch(address)
    if match and int(match["namespace"] or 0) <= MAX_NAMESPACE and _in_range(match["identifier"]):
        return None
    mend = "write namespace and identifier, for example ns=2;s=Line1.Good or ns=3;i=1001"
    return Problem(key, address, "is no OPC UA node id", mend)


def _in_range(identifier: str) -> bool:
    return not identifier.startswith("i=") or int(identifier[2:]) <= MAX_NUMERIC


def _order_problem(tag: TagConfig) -> Problem | None:
    if tag.order == "ABCD":
        return None
    return Problem("order", tag.order, "is not due here", "leave it out: OPC UA has one order")


def _moment_problems(tag: TagConfig) -> tuple[Problem | None, ...]:
    if tag.type != "datetime":
        return ()
    return (
        Problem("write", True, "is not possible: a moment is only read", "take write away")
        if tag.write
        else None,
        Problem("scale", str(tag.scale), "does not fit a moment", "take scale and offset away")
        if tag.scaled
        else None,
    )


def _length_problem(tag: TagConfig) -> Problem | None:
    if not tag.length:
        return None
    return Problem("length", tag.length, "is not due here", "leave it out: OPC UA knows it")
