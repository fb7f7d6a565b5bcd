"""What a server says it can do in one request (OPC 10000-5, 6.3.11)."""

from dataclasses import dataclass

from asyncua import ua
from asyncua.ua.object_ids import ObjectIds

from plc_drivers.opcua.profiles import Profile
from plc_drivers.opcua.wire import Held

_LIMITS = "Server_ServerCapabilities_OperationLimits_"
NAMES = ("MaxNodesPerRead", "MaxNodesPerWrite", "MaxMonitoredItemsPerCall")
NODES = tuple(ua.NodeId(ua.Int32(getattr(ObjectIds, _LIMITS + name))) for name in NAMES)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most nodes or items in one request: the least of what we, maker and server say."""

    read: int
    write: int
    items: int

    @classmethod
    def of(cls, told: tuple[Held, ...], ours: int, profile: Profile) -> "Limits":
        """`told` are the values of NODES; a server need not have them."""
        most = min(ours, profile.batch or ours)
        values = [one.value for one in told] or [0] * len(NODES)
        read, write, items = (
            min(most, value) if isinstance(value, int) and value > 0 else most for value in values
        )
        return cls(read=read, write=write, items=items)
