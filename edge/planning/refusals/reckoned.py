"""Who needs longer than a plan reaches, reckoned by the least time that each order needs of the
clock: its latest date, lead times, gaps and work.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from edge.domain.calendars import CalendarEnds
from edge.domain.clock import to_datetime
from edge.domain.faults import Fault
from edge.domain.sentences import Sentence, say
from edge.planning.placing.timeline import Capacity, Timeline
from edge.planning.scenario.model import Operation, Order, Scenario, WorkCenter
from edge.planning.scenario.writing import iso

HOUR: Final = 3_600_000_000
MOST_FAULTS: Final = 20


@dataclass(frozen=True)
class _Need:
    """So much of the clock, in microseconds, and how it is told."""

    length: int
    place: str
    value: str
    message: str
    said: Sentence


class Reckoned:
    """The least time that a scenario's orders need for what is left of them."""

    def __init__(self, scenario: Scenario, capacity: Capacity) -> None:
        self._scenario, self._capacity = scenario, capacity
        self._centers = {one.id: one for one in scenario.work_centers}
        self._begin = scenario.begin
        self._end = capacity.latest
        self._day = str(to_datetime(self._end).date())
        self._until = f"{self._day}, as far as a plan reaches"
        self._made = {(one.order, one.seq): one.good + one.scrap for one in scenario.actuals}

    def orders(self) -> list[Fault]:
        """A fault an order that alone needs too long; of many the first MOST_FAULTS."""
        found = [fault for one in self._scenario.orders if (fault := self._alone(one))]
        return found[:MOST_FAULTS]

    def together(self, ends: CalendarEnds) -> Fault:
        """What all of them need too long: a work center, or a calendar that ends."""
        crowded = self._crowded()
        if crowded is not None and _goes_on(self._capacity, crowded):
            return self._of_center(crowded)
        name = ends.calendar if crowded is None else crowded.calendar
        said = say(
            "plan.calendar_ends",
            "calendar {calendar} ends before the plan does",
            "give it weekly shifts, more `open` times, or always",
            calendar=name,
        )
        message = "it ends before the plan does"
        return Fault(f"calendars.{name}", name, message, said.remedy, said)

    def _alone(self, order: Order) -> Fault | None:
        """What an order needs most of, if it alone needs too long."""
        needs = [*self._dates(order), *self._steps(order)]
        if self._begin + sum(one.length for one in needs) <= self._end:
            return None
        most = max(needs, key=lambda one: one.length)
        return Fault(most.place, most.value, most.message, most.said.remedy, most.said)

    def _dates(self, order: Order) -> Iterator[_Need]:
        """The latest moment before which it cannot begin or go on."""
        place = f"orders[{order.id}]"
        dates = [(order.release, "release"), (order.material_from, "material_from")]
        dates += [(one.at, "material") for one in order.material]
        dates += [(one.not_before, f"operations[{one.seq}].not_before") for one in order.operations]
        at, name = max((at or 0, name) for at, name in dates)
        if at > self._begin:
            value = iso(at, self._scenario.zone)
            message = f"with it the order is not done by {self._until}"
            said = say(
                "plan.date_too_late",
                "{name} {at}: with it the order is not done by {until}, as far as a plan reaches",
                "give an earlier time",
                name=name,
                at=value,
                until=self._day,
            )
            yield _Need(at - self._begin, f"{place}.{name}", value, message, said)

    def _steps(self, order: Order) -> Iterator[_Need]:
        for step in order.operations:
            place = f"orders[{order.id}].operations[{step.seq}]"
            for name, length in (
                ("min_gap_s", step.min_gap_us),
                ("lead_time_s", step.lead_time_us),
            ):
                if length:
                    message = f"with it the order is not done by {self._until}"
                    value = str(length // 1_000_000)
                    said = say(
                        "plan.time_too_long",
                        "operation {operation}, {name} {seconds}: with it the order is not done by"
                        " {until}, as far as a plan reaches",
                        "give a shorter time",
                        operation=step.seq,
                        name=name,
                        seconds=value,
                        until=self._day,
                    )
                    yield _Need(length, f"{place}.{name}", value, message, said)
            if work := self._work(order, step):
                value = f"{order.quantity} pieces"
                message, said = self._not_done(order, step, work // HOUR)
                message = f"{message} by {self._until}"
                yield _Need(self._clock(step, work), place, value, message, said)

    def _not_done(self, order: Order, step: Operation, hours: int) -> tuple[str, Sentence]:
        """Why so much work is never done: there is too much of it, or nothing is open."""
        if shut := self._shut(step):
            return f"{shut}, where it is made, is not open", say(
                "plan.never_open",
                "operation {operation}: {work_centers}, where it is made, is not open by {until},"
                " as far as a plan reaches",
                "open it in its calendar, end what closes it, or name another work center",
                operation=step.seq,
                work_centers=shut,
                until=self._day,
            )
        return f"needs {hours} h of work: it is not done", say(
            "plan.too_much_work",
            "operation {operation}: {pieces} pieces need {hours} h of work, which is not done by"
            " {until}, as far as a plan reaches",
            "plan fewer pieces, or give a shorter cycle_s",
            operation=step.seq,
            pieces=order.quantity,
            hours=hours,
            until=self._day,
        )

    def _shut(self, step: Operation) -> str:
        """Where it can be done, if nothing of that is ever open."""
        centers = [self._centers[one.work_center] for one in step.alternatives]
        is_open = any(not _goes_on(self._capacity, one) or self._there(one) for one in centers)
        return "" if is_open else ", ".join(one.id for one in centers)

    def _work(self, order: Order, step: Operation) -> int:
        """The least work of what is left, at any of its work centers."""
        left = order.quantity - self._made.get((order.id, step.seq), 0)
        cycles = [one.cycle_us for one in step.alternatives]
        return int(max(left, 0) * min(cycles, default=Fraction(0)))

    def _clock(self, step: Operation, work: int) -> int:
        """About how long that takes where most is open; of calendars that end it is not asked."""
        shares = [self._share(self._centers[one.work_center]) for one in step.alternatives]
        return int(work / max(shares, default=Fraction(1)))

    def _share(self, center: WorkCenter) -> Fraction:
        """The part of the time to the end that is working time."""
        if not _goes_on(self._capacity, center):
            return Fraction(1)
        there = _open(self._capacity.timeline(center), self._begin)
        return Fraction(max(there, 1), max(self._end - self._begin, 1))

    def _crowded(self) -> WorkCenter | None:
        """The work center that has most work for the time that it is open; None without work."""
        work = self._by_center()
        loads = [
            (Fraction(sum(work[one.id].values()), max(self._there(one), 1)), one.id)
            for one in self._scenario.work_centers
            if work[one.id]
        ]
        return self._centers[max(loads)[1]] if loads else None

    def _there(self, center: WorkCenter) -> int:
        return _open(self._capacity.timeline(center), self._begin)

    def _by_center(self) -> defaultdict[str, dict[str, int]]:
        """Least work by work center and order; of a choice each has a part."""
        found: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for order in self._scenario.orders:
            for step in order.operations:
                part = self._work(order, step) // max(len(step.alternatives), 1)
                for one in step.alternatives if part else ():
                    here = found[one.work_center]
                    here[order.id] = here.get(order.id, 0) + part
        return found

    def _of_center(self, center: WorkCenter) -> Fault:
        """More work than is ever done there, and whose most of it is."""
        work = self._by_center()[center.id]
        order, most = max(work.items(), key=lambda one: (one[1], one[0]))
        hours, mine = sum(work.values()) // HOUR, most // HOUR
        message = (
            f"{hours} h of work are not done by {self._until}; order {order} has {mine} h of them"
        )
        said = say(
            "plan.center_crowded",
            "{work_center}: {hours} h of work are not done by {until}, as far as a plan reaches;"
            " order {order} has {most} h of them",
            "plan fewer orders or pieces, or open it longer",
            work_center=center.id,
            hours=hours,
            until=self._day,
            order=order,
            most=mine,
        )
        place, value = f"work_centers[{center.id}]", f"{len(work)} orders"
        return Fault(place, value, message, said.remedy, said)


def _goes_on(capacity: Capacity, center: WorkCenter) -> bool:
    calendar = capacity.timeline(center).calendar
    return bool(calendar.always or calendar.shifts)


def _open(line: Timeline, begin: int) -> int:
    """Working time from `begin` on, as far as the timeline is known."""
    return line.known() - line.amount(begin)
