"""What a plan says of the orders as they came: a levelled one is all of its lots together."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from edge.domain.clock import parse_time
from edge.planning.levels.lots import why_not
from edge.planning.placing.solver import Plan
from edge.planning.placing.tasks import Task
from edge.planning.scenario.model import REASON_TYPES, Order, Scenario
from edge.planning.scenario.writing import iso

Json = dict[str, Any]


@dataclass(frozen=True)
class Originals:
    """A plan seen from the scenario that was asked for."""

    plan: Plan

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it came."""
        planned = self.plan.problem.scenario
        return planned.origin or planned

    @cached_property
    def lots(self) -> Mapping[str, tuple[Order, ...]]:
        """The lots of each order that was cut into some, in their order."""
        found: dict[str, list[Order]] = {}
        for order in self.plan.problem.scenario.orders:
            if order.lot_of is not None:
                found.setdefault(order.lot_of, []).append(order)
        return {id_: tuple(sorted(lots, key=_number)) for id_, lots in found.items()}

    def finals(self, order: str) -> list[Task]:
        """The last operation, of each lot if there are lots."""
        chains = self.plan.problem.chains
        lots = self.lots.get(order)
        return [chains[one.id][-1] for one in lots] if lots else [chains[order][-1]]

    def completion(self, order: str) -> int | None:
        """When all of an order is done; None if nothing of it was left."""
        ends = [task.placed.end for task in self.finals(order) if task.placed]
        return max(ends, default=None)

    @cached_property
    def late(self) -> dict[str, int]:
        """Orders that are done after they are due, and when."""
        return {
            order.id: done
            for order in self.scenario.orders
            if (done := self.completion(order.id)) and order.due and done > order.due
        }

    def suspects(self, late: Mapping[str, int]) -> dict[str, tuple[str, int]]:
        """By late order what is asked why, and its completion: the lot that is done last."""
        return {order: (self._last(order), done) for order, done in late.items()}

    def _last(self, order: str) -> str:
        done = [(task.placed.end, task.order.id) for task in self.finals(order) if task.placed]
        return max(done)[1]

    def with_lot(self, order: str, done: int) -> int:
        """When an order is done if its last lot is done then: with the lot before it at least."""
        if order not in self.lots:
            return done
        others = sorted(task.placed.end for task in self.finals(order) if task.placed)[:-1]
        return max([done, *others])

    def proved(self, order: str, done: int, reasons: list[Json]) -> list[Json]:
        """Reasons of an order's last lot as those of the order.

        With one lot earlier the order is done with the lot before it: that is what a reason
        can say, and one that does not help by that is none.
        """
        zone = self.scenario.zone
        found: list[tuple[int, int, Json]] = []
        for reason in reasons:
            relaxed = self.with_lot(order, parse_time(reason["relaxed"]))
            if relaxed < done:
                row = {**reason, "relaxed": iso(relaxed, zone)}
                found.append((relaxed, REASON_TYPES.index(reason["type"]), row))
        return [row for _, _, row in sorted(found, key=lambda one: one[:2])]

    def levelled(self) -> list[Json]:
        """Of each order to be levelled its lots and those that miss their pitch, or why none."""
        rules = self.scenario.levelling
        found = []
        for order in self.scenario.orders:
            if not any(rule.holds(order) for rule in rules):
                continue
            finals = self.finals(order.id) if order.id in self.lots else []
            late = [one for one in finals if one.placed and one.placed.end > (one.order.due or 0)]
            why = None if finals else why_not(order, self.plan.problem) or "time"
            found.append(
                {"order": order.id, "lots": len(finals), "late_lots": len(late), "why": why}
            )
        return found


def _number(order: Order) -> int:
    return order.lot
