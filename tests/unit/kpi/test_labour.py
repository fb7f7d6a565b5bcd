"""Labour: no time is lost or made up, however people move between machines."""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.intervals import Interval, union
from edge.domain.people import ATTENDANCE, WORK, LabourInterval
from edge.kpi.labour import Made, attendance_time, performance, shares, work_time

HOUR = 3_600_000_000
WINDOW = Interval(0, 8 * HOUR)
MACHINES = ("L1", "L2", "L3")


def at(person: str, machine: str, start: int, end: int | None, **more: object) -> LabourInterval:
    fields: dict[str, object] = {"kind": WORK, "crew": "a", "split": "equal", "opened": start + 1}
    fields |= {"person": person, "equipment_id": machine, "start": start, "end": end}
    return LabourInterval(**{**fields, **more})  # type: ignore[arg-type]


intervals = st.lists(
    st.builds(
        lambda person, machine, start, length, last: at(
            person, machine, start, None if last else start + length
        ),
        st.sampled_from(["anna", "boris"]),
        st.sampled_from(MACHINES),
        st.integers(-HOUR, 9 * HOUR),
        st.integers(1, 5 * HOUR),
        st.booleans(),
    ),
    max_size=8,
)
running = st.dictionaries(
    st.sampled_from(MACHINES),
    st.lists(st.tuples(st.integers(0, 8 * HOUR), st.integers(1, HOUR)), max_size=5).map(
        lambda spans: union(Interval(start, start + length) for start, length in spans)
    ),
)


def with_rule(found: list[LabourInterval], rule: str) -> list[LabourInterval]:
    return [at(one.person, one.equipment_id, one.start, one.end, split=rule) for one in found]


@given(intervals, running, st.sampled_from(["equal", "running"]))
def test_over_machines_a_persons_time_adds_up_to_their_time(
    found: list[LabourInterval], runs: dict[str, tuple[Interval, ...]], rule: str
) -> None:
    found = with_rule(found, rule)
    divided = shares(found, WINDOW, runs)
    for person in ("anna", "boris"):
        own = [one for one in found if one.person == person]
        whole = sum(share.time for share in divided if share.person == person)
        assert whole == work_time(own, WINDOW)
    by_instant: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for share in divided:
        by_instant[share.person, share.start] += share.weight
    assert set(by_instant.values()) <= {Fraction(1)}


@given(intervals)
def test_in_full_each_machine_has_all_of_the_time_somebody_was_there(
    found: list[LabourInterval],
) -> None:
    divided = shares(with_rule(found, "full"), WINDOW, {})
    for machine in MACHINES:
        here = [one for one in found if one.equipment_id == machine]
        whole = sum(share.time for share in divided if share.equipment_id == machine)
        assert whole == sum(
            work_time([one for one in here if one.person == person], WINDOW)
            for person in ("anna", "boris")
        )


@given(intervals)
def test_work_is_within_attendance(found: list[LabourInterval]) -> None:
    assert work_time(found, WINDOW) <= attendance_time(found, WINDOW) <= 2 * WINDOW.length


@given(
    intervals,
    st.lists(st.tuples(st.sampled_from(MACHINES), st.integers(0, 7), st.integers(0, 999))),
)
def test_every_piece_is_somebodys_or_nobodys(
    found: list[LabourInterval], pieces: list[tuple[str, int, int]]
) -> None:
    made = [
        Made(
            equipment_id=machine,
            span=Interval(hour * HOUR, (hour + 1) * HOUR),
            standard_time=Fraction(2 * good),
            good=good,
        )
        for machine, hour, good in pieces
    ]
    figures = performance(shares(found, WINDOW, {}), made, lambda share: share.person)
    assert sum(one.good for one in figures.values()) == sum(one.good for one in made)
    assert sum(one.standard_time for one in figures.values()) == 2 * sum(one.good for one in made)


def test_two_machines_at_once_by_the_one_that_runs() -> None:
    """Golden: 4 h at both; L1 runs in hours 1 to 3, L2 in 3 and 4: 2 h + 1/2 h, 1/2 h + 1 h."""
    found = [at("anna", "L1", 0, 4 * HOUR, split="running")]
    found.append(at("anna", "L2", 0, 4 * HOUR, split="running"))
    runs = {"L1": (Interval(0, 3 * HOUR),), "L2": (Interval(2 * HOUR, 4 * HOUR),)}
    by: dict[str, Fraction] = defaultdict(Fraction)
    for share in shares(found, WINDOW, runs):
        by[share.equipment_id] += share.time
    assert by == {"L1": Fraction(5 * HOUR, 2), "L2": Fraction(3 * HOUR, 2)}


def test_worker_efficiency_of_a_morning() -> None:
    """Golden: here 06 to 14, at a machine 06:30 to 10 and 10:30 to 14: APWT 7 h, APAT 8 h."""
    half = HOUR // 2
    found = [at("anna", "s1", 0, 8 * HOUR, kind=ATTENDANCE)]
    found += [at("anna", "L1", half, 4 * HOUR), at("anna", "L2", 4 * HOUR + half, 8 * HOUR)]
    apwt, apat = work_time(found, WINDOW), attendance_time(found, WINDOW)
    assert Fraction(apwt, apat) == Fraction(7, 8)


def test_an_unknown_rule_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        shares([at("anna", "L1", 0, HOUR, split="fair")], WINDOW, {})


def test_pieces_of_a_job_go_to_the_labour_of_that_job() -> None:
    """Two jobs in one hour: neither has what the other made, whatever it lasted."""
    whole = shares([at("anna", "L1", 0, HOUR)], WINDOW, {})
    parts = [
        replace(whole[0], end=HOUR // 4, job_order_id="A.10"),
        replace(whole[0], start=HOUR // 4, job_order_id="B.10"),
    ]
    made = [
        Made(
            equipment_id="L1",
            span=Interval(0, HOUR),
            standard_time=Fraction(pieces * 1000),
            good=pieces,
            job_order_id=job,
        )
        for job, pieces in (("A.10", 30), ("B.10", 9), ("C.10", 1))
    ]
    found = performance(parts, made, lambda share: share.job_order_id, of_job=True)
    assert {job: one.good for job, one in found.items()} == {"": 1, "A.10": 30, "B.10": 9}
    assert found["A.10"].ratio == Fraction(30_000, HOUR // 4)
