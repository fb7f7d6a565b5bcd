"""What would make a late order be on time, in sentences, each of them solved and checked.

A sentence says what a reason costs ("with its material there from the start: done Mon 07:00,
3 h earlier, on time"), or how much of what is lacking is enough ("3 h more on L1 by
2026-06-11 17:00: on time"). Here all is solved again for one order alone, and judged by the
checker, whatever it takes; `plan solve` bounds that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from edge.domain.clock import parse_time, to_datetime
from edge.planning.explaining.proving import Proof, cut_again, is_sound
from edge.planning.explaining.reasons import Reasons
from edge.planning.explaining.remedies import HOUR, Again, Remedy, by_sequences, overtime, sooner
from edge.planning.levels.originals import Originals
from edge.planning.placing.solver import Plan
from edge.planning.placing.timeline import Capacity
from edge.planning.refusals.refusing import refusing
from edge.planning.scenario.model import REASON_TYPES, Order, Scenario
from edge.planning.solving import plan_of

Json = dict[str, Any]
MOST_OVERTIMES: Final = 2  # work centers of an order for which hours are looked for

# English and Chinese, by what is said.
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "MATERIAL": (
        "with its material there from the plan's start: {then}",
        "物料在计划开始时就到齐：{then}",
    ),
    "PRECEDENCE": (
        "with each piece of operation {operations} passed on at once: {then}",
        "工序 {operations} 逐件传递：{then}",
    ),
    "CALENDAR": ("without closures and maintenance: {then}", "不停工、不检修：{then}"),
    "FROZEN": ("without the frozen window up to {until}: {then}", "不冻结到 {until}：{then}"),
    "CAPACITY": (
        "with {work_center} to itself and never closed: {then} ({time})",
        "独占 {work_center} 且不停工：{then}（{time}）",
    ),
    "STAFFED": (
        "with {work_center} and who can do it ({skills}) to itself, never closed: {then} ({time})",
        "独占 {work_center} 及具备技能（{skills}）的人员且不停工：{then}（{time}）",
    ),
    "time": (
        "until the due date {needed} h of work, open {available} h",
        "到交期为止需要 {needed} 小时，可用 {available} 小时",
    ),
    "OVERTIME": (
        "{hours} h more on {work_center} by {by}: on time",
        "{work_center} 在 {by} 之前加班 {hours} 小时：按时完成",
    ),
    "SOONER": (
        "material by {by}, {hours} h sooner: on time",
        "物料在 {by} 之前到齐（提前 {hours} 小时）：按时完成",
    ),
    "RELEASED": (
        "it is released {release} and was due {due}: give it an earlier release, or a later date",
        "该工单 {release} 才放行，而交期是 {due}：请提前放行，或推迟交期",
    ),
    "OVERDUE": (
        "it was due {due}, before planning begins; done {done}",
        "交期 {due} 在计划开始之前；{done} 完成",
    ),
    "OWN": (
        "done {done}, due {due}: several things together, or its own work, gaps and steps outside",
        "{done} 完成，交期 {due}：多项共同作用，或其自身加工、间隔和外协所需",
    ),
    "done": ("done {at}, {gain} h earlier, ", "{at} 完成，提前 {gain} 小时，"),
    "on_time": ("on time", "按时"),
    "late": ("still {late} h late", "仍然延误 {late} 小时"),
}


@dataclass(frozen=True)
class Advice:
    """`kind`: the type of the reason, or OVERTIME or SOONER for an amount that is enough; OVERDUE,
    RELEASED or OWN where it has no reason.

    `completion`: when the order is done then; `sound`: the checker found nothing in that plan.
    """

    order: str
    kind: str
    english: str
    chinese: str
    completion: int
    sound: bool

    def view(self) -> Json:
        """As JSON."""
        return {
            "order": self.order,
            "kind": self.kind,
            "en": self.english,
            "zh": self.chinese,
            "sound": self.sound,
        }


def adviser_of(scenario: Scenario) -> "Adviser":
    """The adviser of the plan that `solve` makes. Raises ScenarioInvalid as that does."""
    with refusing(scenario) as capacity:
        return Adviser(plan_of(scenario, capacity), capacity)


class Adviser:
    """Advice for the late orders of one plan; `orders` are all of it."""

    def __init__(self, plan: Plan, capacity: Capacity) -> None:
        self._plan, self._originals = plan, Originals(plan)
        self._zone = plan.problem.scenario.zone
        orders = {order.id: order for order in self._originals.scenario.orders}
        late = self._originals.late
        self.orders = frozenset(orders)
        self._late = {name: (orders[name], done) for name, done in late.items()}
        self._suspects = self._originals.suspects(late)
        self._reasons = Reasons(plan, capacity, dict(self._suspects.values()))

    @property
    def late(self) -> tuple[str, ...]:
        """The late orders."""
        return tuple(self._late)

    def of(self, order: str) -> list[Advice]:
        """What helps a late order, the reasons in their order, each before its amount."""
        if order not in self._late:
            return []
        return list(self._advice(*self._late[order]))

    def _advice(self, order: Order, completion: int) -> Iterator[Advice]:
        overtimes, again = 0, self._again(order.id)
        proved = list(self._proved(order, completion))
        if not proved:
            yield self._own(order, completion)
        for row, proof, at in proved:
            yield self._reason(order, completion, row, at, sound=proof.holds())
            if row["type"] == "MATERIAL":
                yield from self._amount(order, "SOONER", sooner(self._plan, order, again))
            if row["type"] == "CAPACITY" and overtimes < MOST_OVERTIMES:
                overtimes += 1
                found = overtime(self._plan, order, row["work_center"], again)
                yield from self._amount(order, "OVERTIME", found)

    def _own(self, order: Order, completion: int) -> Advice:
        """Of an order that is late by no single constraint."""
        due, release = order.due or 0, order.release or 0
        overdue = due <= self._originals.scenario.begin
        kind = "OVERDUE" if overdue else "RELEASED" if release >= due else "OWN"
        moments = {"release": release, "due": due, "done": completion}
        values = {name: self._at(at) for name, at in moments.items()}
        english, chinese = (one.format(**values) for one in WORDS[kind])
        return Advice(order.id, kind, english, chinese, completion, self._is_sound)

    @cached_property
    def _is_sound(self) -> bool:
        """Whether the checker finds nothing in the plan as it is."""
        return is_sound(self._plan)

    def _again(self, order: str) -> Again:
        """How an amount is tried; with more time or material a levelled order is cut anew."""
        if order not in self._originals.lots:
            return by_sequences(self._plan, order)
        return Again(self._originals.scenario, lambda changed: cut_again(changed, order))

    def _proved(self, order: Order, completion: int) -> Iterator[tuple[Json, Proof, int]]:
        """The reasons that `solve` tells too, each with its proof, and when the order is done then.

        Of a levelled order they are those of the lot that is done last.
        """
        lot, _ = self._suspects[order.id]
        found = [
            (self._originals.with_lot(order.id, proof.completion), row, proof)
            for row, proof in self._reasons.proved(lot)
            if proof is not None
        ]
        found.sort(key=lambda one: (one[0], REASON_TYPES.index(one[1]["type"])))
        for at, row, proof in found:
            if at < completion:
                yield row, proof, at

    def _reason(self, order: Order, completion: int, row: Json, at: int, *, sound: bool) -> Advice:
        due = order.due or 0
        values: Json = {
            "operations": ", ".join(map(str, row.get("operations", ()))),
            "until": self._at(parse_time(row["until"])) if "until" in row else "",
            "work_center": row.get("work_center", ""),
            "skills": ", ".join(row.get("skills", ())),
            "needed": _hours(row.get("needed_s", 0) * 1_000_000),
            "available": _hours(row.get("available_s", 0) * 1_000_000),
            "at": self._at(at),
            "gain": _hours(completion - at),
            "late": _hours(at - due),
        }
        result = "on_time" if at <= due else "late"
        said = "STAFFED" if values["skills"] else row["type"]
        english, chinese = (_said(said, result, values, one) for one in (0, 1))
        return Advice(order.id, row["type"], english, chinese, at, sound)

    def _amount(self, order: Order, kind: str, found: Remedy | None) -> Iterator[Advice]:
        if found is None:
            return
        values = {
            "hours": found.hours,
            "work_center": found.work_center,
            "by": self._at(found.by),
        }
        english, chinese = (one.format(**values) for one in WORDS[kind])
        proof = found.proof
        yield Advice(order.id, kind, english, chinese, proof.completion, proof.holds())

    def _at(self, moment: int) -> str:
        return f"{to_datetime(moment).astimezone(self._zone):%Y-%m-%d %H:%M}"


def _said(kind: str, result: str, values: Json, tongue: int) -> str:
    then = (WORDS["done"][tongue] + WORDS[result][tongue]).format(**values)
    time = WORDS["time"][tongue].format(**values)
    return WORDS[kind][tongue].format(**values, then=then, time=time)


def _hours(micros: int) -> str:
    """Hours with one decimal, without one where they are whole."""
    return f"{micros / HOUR:.1f}".removesuffix(".0")
