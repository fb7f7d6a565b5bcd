"""Documents of any shape end in a schedule or in faults with places, never otherwise."""

from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from erp_sync.errors import Problem
from erp_sync.masterdata.definitions import checked_definition
from erp_sync.masterdata.schedules import Known, checked_schedule
from erp_sync.planfiles.headers import COLUMNS
from erp_sync.planfiles.taking import CSV, KINDS, schedule_of

Taken = TypeVar("Taken")
KNOWN = Known({"HINGE-60": ["A"]})
HEAD = {"revision": 1, "from": "2026-06-01T00:00:00+02:00", "to": "2026-07-01T00:00:00+02:00"}
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("HINGE-60")
values = st.recursive(
    scalars | st.sampled_from(["2026-06-10T14:00:00+02:00", "2026-06-10"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "quantity", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
orders = st.lists(st.dictionaries(st.sampled_from([*COLUMNS]), values) | values, max_size=4)


def judge(check: Callable[[], Taken]) -> Taken | None:
    """It is taken, or refused with faults that each have a place and a mend."""
    try:
        return check()
    except Problem as refused:
        problem = refused
    assert problem.status == 422
    assert problem.errors
    assert all(fault.place and fault.message and fault.mend for fault in problem.errors)
    return None


def judged(head: Any, content: Any, **other: Any) -> None:
    taken = judge(lambda: checked_schedule(head, content, KNOWN, **other))
    if taken is not None:  # all of it
        assert [one.id for one in taken.orders] == [str(one["id"]) for one in content]


@given(st.dictionaries(st.sampled_from(["revision", "from", "to", "x"]), values), orders | values)
def test_any_json_is_judged(head: Any, content: Any) -> None:
    judged(head, content)


@given(values)
def test_any_definition_is_judged(content: Any) -> None:
    taken = judge(lambda: checked_definition(content))
    assert taken is None or len(taken.operations) == len(content["operations"]) > 0


def judged_file(content: bytes) -> None:
    query = {name: str(said) for name, said in HEAD.items()}
    sent = schedule_of(KINDS[CSV], content, "MAY", query, ZoneInfo("Europe/Berlin"))
    judged(sent.head, sent.orders, place=sent.place, found=sent.faults, judged=sent.judged)


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_file_is_judged(content: bytes) -> None:
    judged_file(content)


@given(st.lists(st.lists(st.text(alphabet='A1,"\n é;', max_size=6), max_size=10), max_size=5))
def test_any_table_is_judged_by_row(rows: list[list[str]]) -> None:
    lines = [",".join(COLUMNS), *(",".join(row) for row in rows)]
    judged_file("\n".join(lines).encode())
