"""What is said in a change of a what-if, read: times, numbers, orders and work centers."""

from fractions import Fraction
from typing import Any

from edge.domain.clock import parse_time
from edge.domain.exact import exact
from edge.domain.intervals import Interval
from edge.domain.reach import REACH, REACH_YEARS
from edge.planning.scenario.model import Order, Scenario, WorkCenter


class Refused(Exception):
    """A change that makes no sense in this scenario."""

    def __init__(self, value: object, why: str, mend: str) -> None:
        super().__init__(why)
        self.value, self.why, self.mend = str(value)[:60], why, mend


def moment(said: Any, begin: int) -> int:
    if isinstance(said, int) and not isinstance(said, bool):
        at = said
    else:
        try:
            at = parse_time(str(said))
        except ValueError:
            mend = "write for example 2026-06-08T06:00+02:00"
            raise Refused(said, "is no time with an offset", mend) from None
    if abs(at - begin) > REACH:
        why = f"is more than {REACH_YEARS} years from what is planned"
        raise Refused(said, why, "write the time that is meant")
    return at


def span(start: Any, end: Any, begin: int) -> Interval:
    first, last = begin if start is None else moment(start, begin), moment(end, begin)
    if first >= last:
        raise Refused(end, "is not after its begin", "write a later end")
    return Interval(first, last)


def whole(said: Any, least: int, most: int) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or not least <= said <= most:
        raise Refused(said, "is no such number", f"write a whole number from {least} to {most}")
    return said


def cycle(said: Any) -> Fraction:
    found = exact(said)
    if found is None or not 0 < found <= 10**6:
        raise Refused(said, "is no number of seconds a piece", "write for example 2.5 or 125/3")
    return found


def order_of(scenario: Scenario, id_: Any) -> Order:
    found = next((one for one in scenario.orders if one.id == id_), None)
    if found is None:
        raise Refused(id_, "is no order that is planned", "name one of the plan")
    return found


def center_of(scenario: Scenario, id_: str) -> WorkCenter:
    found = next((one for one in scenario.work_centers if one.id == id_), None)
    if found is None:
        known = ", ".join(one.id for one in scenario.work_centers)
        raise Refused(id_, "is no work center here", f"one of: {known}")
    return found
