"""A value of a machine as a node: what it shows, and what faults make of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from asyncua import ua
from asyncua.server.address_space import AddressSpace, AttributeValue, NodeData
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes

from simulators.faults.trouble import InForce

GOOD = int(StatusCodes.Good)


def status_code(number: int) -> ua.StatusCode:
    return ua.StatusCode(ua.UInt32(number))


UNKNOWN_NODE = ua.DataValue(StatusCode=status_code(StatusCodes.BadNodeIdUnknown))
Values = Mapping[str, int]


@dataclass
class Point:
    """A node that shows `tag`; `of` makes its value of the tags of one moment."""

    tag: str
    node: NodeData
    kind: ua.VariantType
    of: Callable[[Values], object]
    _last: tuple[object, int] | None = None
    _changed_at: ua.DateTime | None = None
    _gone: bool = field(default=False)

    @property
    def attribute(self) -> AttributeValue:
        return self.node.attributes[AttributeIds.Value]

    def show(self, values: Values, at: ua.DateTime, troubles: InForce) -> ua.DataValue | None:
        """Set the node; answers what subscriptions must hear, None if nothing changed."""
        looks = _looks(self.tag, self.of(values), troubles)
        changed = looks != self._last
        if changed:
            self._last, self._changed_at = looks, at
        value, status = looks
        shown = ua.DataValue(
            None if value is None else ua.Variant(value, self.kind),
            StatusCode=status_code(status),
            SourceTimestamp=self._changed_at,
            ServerTimestamp=at,
        )
        self.attribute.value = shown
        return shown if changed else None

    async def notify(self, shown: ua.DataValue) -> None:
        """Tell the monitored items."""
        for handle, tell in list(self.attribute.datachange_callbacks.items()):
            await tell(handle, shown)

    async def vanish(self, space: AddressSpace) -> None:
        """The node is deleted; who watched it hears of that, and of nothing more."""
        if not self._gone:
            self._gone = True
            await self.notify(UNKNOWN_NODE)
            for handle in list(self.attribute.datachange_callbacks):
                space.delete_datachange_callback(handle)
            del space[self.node.nodeid]

    def come_back(self, space: AddressSpace) -> None:
        """A node of the same id is made anew."""
        if self._gone:
            self._gone = False
            space[self.node.nodeid] = self.node


def _looks(tag: str, value: object, troubles: InForce) -> tuple[object, int]:
    told = troubles.values("quality")
    if told is None or tag not in told["tags"]:
        return value, GOOD
    stand_ins: Mapping[str, object] = {"kept": value, "none": None, "zero": type(value)()}
    return stand_ins[told["value"]], told["status"]
