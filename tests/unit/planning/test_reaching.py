"""What needs longer than a plan reaches is refused by its place: the order, and what of it."""

from dataclasses import replace
from typing import Any

import pytest

from edge.domain.clock import parse_time
from edge.domain.faults import Fault
from edge.planning.checking.check import check
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import Json, order, scenario, step

FAR = parse_time("2090-01-01T00:00+00:00")
LONG = 10**15  # microseconds, 31 years
ALWAYS: Json = {
    "calendars": {"always": {"always": True}},
    "work_centers": [{"id": name, "calendar": "always"} for name in ("L1", "L2")],
}


def refused(document: Json, **changes: Any) -> tuple[Fault, ...]:
    """The faults of a scenario whose first order, or its operation 20, is changed so."""
    read = parse(document)
    first = read.orders[0]
    of_order = {name: value for name, value in changes.items() if hasattr(first, name)}
    of_step = {name: value for name, value in changes.items() if name not in of_order}
    steps = tuple(replace(one, **of_step) if one.seq == 20 else one for one in first.operations)
    changed = replace(first, operations=steps, **of_order)
    with pytest.raises(ScenarioInvalid) as invalid:
        solve(replace(read, orders=(changed, *read.orders[1:])))
    return invalid.value.faults


@pytest.mark.parametrize("more", [{}, ALWAYS], ids=["early", "always"])
@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"release": FAR}, "orders[O1].release"),
        ({"material_from": FAR}, "orders[O1].material_from"),
        ({"not_before": FAR}, "orders[O1].operations[20].not_before"),
        ({"min_gap_us": LONG}, "orders[O1].operations[20].min_gap_s"),
        ({"alternatives": (), "lead_time_us": LONG}, "orders[O1].operations[20].lead_time_s"),
        ({"quantity": 10**9}, "orders[O1].operations[20]"),
    ],
)
def test_the_order_is_named_and_what_it_needs_so_long_for(
    changes: Json, place: str, more: Json
) -> None:
    steps = (step(10), step(20, "L2", 37), step(30))
    document = scenario(order("O1", *steps), order("O2"), **more)
    (fault,) = refused(document, **changes)
    assert fault.place == place
    assert "2046-06-27, as far as a plan reaches" in fault.message


def test_what_needs_most_of_the_time_is_named() -> None:
    """Released after 19 years, and then two years of work: the date is to blame."""
    late = scenario(order("O1", quantity=1_800_000), **ALWAYS)
    (fault,) = refused(late, release=parse_time("2045-06-12T00:00+00:00"))
    assert fault.place == "orders[O1].release"


def test_orders_that_need_too_long_together_are_told_by_work_center() -> None:
    """Each has 4.6 years of open time, ten of them 46; the largest is named."""
    document = scenario(
        *(order(f"O{n}", quantity=900_000 + n) for n in range(10)), order("X", step(10, "L2"))
    )
    fault, *orders = refused(document)
    assert fault.place == "work_centers[L1]"
    assert "90000 h of work are not done by 2046-06-27" in fault.message
    assert "order O9 has 9000 h of them" in fault.message
    assert [one.place for one in orders] == [f"orders[O{n}]" for n in range(9, 3, -1)]


ONCE = {"open": [["2026-06-08T06:00+02:00", "2026-06-12T14:00+02:00"]]}


def with_once(center: str) -> Json:
    """3,000 h of work on one of two work centers; L2 is open for a week and never again."""
    calendars = {"always": {"always": True}, "once": ONCE}
    centers = [{"id": "L1", "calendar": "always"}, {"id": "L2", "calendar": "once"}]
    long = order("O1", step(10, center), quantity=300_000)
    return scenario(long, calendars=calendars, work_centers=centers)


def test_a_calendar_that_ends_is_named_where_work_is_left_when_it_does() -> None:
    fault, *orders = refused(with_once("L2"))
    assert (fault.place, fault.message) == ("calendars.once", "it ends before the plan does")
    assert [one.place for one in orders] == ["orders[O1]"]


def test_a_work_center_that_ends_and_has_nothing_to_do_is_in_nobodys_way() -> None:
    read = parse(with_once("L1"))
    assert check(read, solve(read)) == ()
