"""Orders that the planner named as impossible: left out, so that the others are planned."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from edge.domain.faults import Fault
from edge.domain.orders import OperationsDefinition, OperationsRequest
from edge.domain.sentences import Sentence, say
from edge.execution.orders.masterdata import MasterData

ORDER = re.compile(r"orders\[([^\]]+)\]")


@dataclass(frozen=True)
class _Aside:
    """What the planner was told of an order, and what it said; until when that holds."""

    request: OperationsRequest
    definition: OperationsDefinition | None
    work_centers: object
    until: int
    why: Sentence


def told(fault: Fault) -> Sentence:
    """A fault of the planner in the words of `plannable`: why, and what mends it."""
    if fault.said is not None:
        return fault.said
    what = ORDER.sub("", fault.place).lstrip(".")
    words = f"{what} {fault.value}: {fault.message}; {fault.mend}".lstrip()
    return say("plan.fault", "{words}", words=words)


def named_in(faults: Iterable[Fault]) -> dict[str, Fault]:
    """The orders that faults name, each with the first of them."""
    found: dict[str, Fault] = {}
    for fault in faults:
        if order := ORDER.match(fault.place):
            found.setdefault(order[1], fault)
    return found


@dataclass
class SetAside:
    """What was named as impossible, by order; each until the hour ends, or it is changed."""

    _orders: Mapping[str, _Aside] = field(default_factory=dict)

    def take(
        self,
        named: Mapping[str, Fault],
        data: MasterData,
        work_centers: Collection[str],
        now: int,
        until: int,
    ) -> bool:
        """Set aside until then (us) the orders that are named; whether there was any new one."""
        known = self.of(data, work_centers, now)
        found: dict[str, _Aside] = {}
        for id_, fault in named.items():
            request = data.requests.get(id_)
            if request is not None and id_ not in known:
                definition = data.definition_of(request)
                found[id_] = _Aside(request, definition, work_centers, until, told(fault))
        self._orders = {**self._orders, **found}
        return bool(found)

    def of(self, data: MasterData, work_centers: Collection[str], now: int) -> dict[str, Sentence]:
        """Why each order is left out; one that has changed since may be planned again."""
        return {
            id_: one.why
            for id_, one in self._orders.items()
            if now < one.until
            and one.work_centers is work_centers
            and (request := data.requests.get(id_)) is not None
            and request == one.request
            and data.definition_of(request) == one.definition
        }
