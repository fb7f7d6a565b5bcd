"""Every fault that a machine can be given: one table, for files, commands, help and docs."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.faults.parameters import Flag, Parameter, Share, Status, Tags, Whole, Word

OPCUA, TCP, RTU_TCP, RTU = "opc.tcp", "modbus.tcp", "modbus.rtu+tcp", "modbus.rtu"
MODBUS = (TCP, RTU_TCP, RTU)
SOCKETS = (OPCUA, TCP, RTU_TCP)
EVERY = (OPCUA, *MODBUS)
COUNTERS = ("good", "reject")
EXCEPTIONS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 11)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A fault that can be told: `says` what happens, on which `schemes` of url it can.

    One that is `instant` is done at its beginning and is in force at no time.
    """

    name: str
    says: str
    schemes: tuple[str, ...] = EVERY
    parameters: tuple[Parameter, ...] = ()
    instant: bool = False


_KINDS = (
    # On the wire: bytes are kept, lost, late or altered; the machine behind it knows nothing.
    Kind(name="silent", says="requests are taken and not answered; connections stay open"),
    Kind(
        name="dropped",
        says="whole messages are lost in both directions",
        parameters=(Share("share", "1", "how many of them, 0 to 1"),),
    ),
    Kind(
        name="closed",
        says="all connections are closed, and each new one as soon as it is made",
        schemes=SOCKETS,
    ),
    Kind(
        name="slow",
        says="each answer takes longer, but comes within the client's time-out",
        parameters=(Whole("delay_ms", 1, 60_000, 200, "how much longer; never scaled"),),
    ),
    Kind(
        name="late",
        says="each answer comes after the client's time-out, when it may have asked again",
        parameters=(Whole("delay_ms", 1, 600_000, 1_500, "how late; never scaled"),),
    ),
    Kind(
        name="wrong_unit",
        says="answers carry another unit",
        schemes=MODBUS,
        parameters=(Whole("unit", 0, 255, 99, "the unit that they carry"),),
    ),
    Kind(
        name="wrong_transaction",
        says="answers carry another transaction id",
        schemes=(TCP,),
        parameters=(Whole("offset", 1, 65_535, 1, "what is added to the right one"),),
    ),
    Kind(
        name="truncated",
        says="only the beginning of each answer comes",
        parameters=(Whole("bytes", 0, 4_096, 5, "how much of it"),),
    ),
    Kind(name="garbled", says="a bit of each answer is turned over", schemes=(RTU_TCP, RTU)),
    # What the server answers.
    Kind(
        name="exception",
        says="each request is answered with a Modbus exception, and nothing is written",
        schemes=MODBUS,
        parameters=(Whole("code", 1, 11, 6, "1 to 8, 10 or 11", among=EXCEPTIONS),),
    ),
    Kind(
        name="quality",
        says="values carry a bad or uncertain status",
        schemes=(OPCUA,),
        parameters=(
            Status("status", "BadDeviceFailure", "name of the OPC UA status code"),
            Tags("tags", "ids of the tags; without it all that are read"),
            Word("value", ("kept", "none", "zero"), "what stands beside the status"),
        ),
    ),
    Kind(
        name="vanished",
        says="nodes are not there; afterwards they are made anew, and no old item watches them",
        schemes=(OPCUA,),
        parameters=(Tags("tags", "ids of the tags; without it the good counter", ("good",)),),
    ),
    Kind(
        name="no_transfer",
        says="a subscription cannot be transferred to another session",
        schemes=(OPCUA,),
    ),
    Kind(
        name="limits",
        says="requests above these limits are refused whole; 0 is no limit",
        schemes=(OPCUA,),
        parameters=(
            Whole("nodes_per_read", 0, 10_000, 0, "MaxNodesPerRead"),
            Whole("items_per_call", 0, 10_000, 0, "MaxMonitoredItemsPerCall"),
            Whole("sessions", 0, 1_000, 0, "sessions at a time"),
            Flag("announced", True, "whether the server tells of them in its capabilities"),
        ),
    ),
    Kind(
        name="wrong_clock",
        says="source and server times are off",
        schemes=(OPCUA,),
        parameters=(
            Whole("seconds", -315_360_000, 315_360_000, 86_400, "plant seconds, below 0: behind"),
        ),
    ),
    Kind(
        name="restart",
        says="the port is closed (a serial line is silent), sessions are gone, StartTime is new",
        parameters=(Flag("power", False, "a dip of the power too: the boot counter rises"),),
    ),
    # What the controller's program does. Truth stays with the machine.
    Kind(
        name="wiped",
        says="counters are set to 0",
        parameters=(
            Tags("counters", "which; without it both", COUNTERS, among=COUNTERS),
            Flag("boot", False, "whether the boot counter rises too"),
        ),
        instant=True,
    ),
    Kind(
        name="preset",
        says="a counter is set to a value",
        parameters=(
            Word("counter", COUNTERS, "which"),
            Whole("value", -(2**31), 2**32 - 1, 0, "to what; the counter's range goes round"),
        ),
        instant=True,
    ),
    Kind(
        name="rollover",
        says="a counter is set to just before its end",
        parameters=(
            Word("counter", COUNTERS, "which"),
            Whole("left", 1, 1_000_000, 5, "counts that are left to its end"),
        ),
        instant=True,
    ),
    Kind(name="heartbeat", says="the heartbeat stands still; all else goes on"),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}


def fault_lines() -> list[str]:
    """All kinds for people: name, schemes, what happens, and the parameters below."""
    lines = []
    for kind in KINDS.values():
        lines.append(f"{kind.name}  ({', '.join(kind.schemes)})  {kind.says}")
        lines += [f"    {each.name} = {each.usual!r}  {each.says}" for each in kind.parameters]
    return lines
