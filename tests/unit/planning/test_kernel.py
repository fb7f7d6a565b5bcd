"""The kernel as machine code and as Python: the same plan to the microsecond."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.planning.checking.check import check
from edge.planning.errors import ScenarioInvalid
from edge.planning.kernel import pieces, search
from edge.planning.kernel.loading import is_compiled, kernel, plain_kernel
from edge.planning.placing.packing import LARGEST
from edge.planning.placing.solver import BY_DUE, Solver, make_plan, rules
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.full_scenarios import full_scenario
from tests.unit.planning.scenarios import EARLY, NIGHT, Json, any_scenario, order, scenario, step

PLACED = ("alt", "start", "setup", "setup_end", "run_start", "end", "credited", "mnext")


@pytest.mark.needs("the compiled kernel")
def test_what_is_compiled_is_what_stands_here() -> None:
    package = Path(str(search.__file__)).parent
    (compiled,) = package.glob("compiled.*.so")
    for types in package.glob("*.pxd"):
        for source in (types, types.with_suffix(".py")):
            written = source.stat().st_mtime
            assert written <= compiled.stat().st_mtime, f"{source} has changed; run `make kernel`"


@pytest.mark.needs("the compiled kernel")
@given(document=full_scenario())
@settings(max_examples=15)
def test_compiled_and_plain_tie_alike(document: Json) -> None:
    one, other = _solver(document), _solver(document)
    other.kernel = plain_kernel()(other.packing.pack())
    for rule in (BY_DUE, *rules(one)[:1]):
        assert one.dispatch(rule) == other.dispatch(rule)
        assert _placed(one) == _placed(other)
        assert one.kernel.segments == other.kernel.segments


@pytest.mark.needs("the compiled kernel")
@given(document=any_scenario())
@settings(max_examples=20, deadline=None)
def test_compiled_and_plain_place_alike(document: Json) -> None:
    one, other = _solver(document), _solver(document)
    other.kernel = plain_kernel()(other.packing.pack())
    for rule in (BY_DUE, *rules(one)[:2]):
        assert one.dispatch(rule) == other.dispatch(rule)
        assert _placed(one) == _placed(other)
    if one.packing.tasks:
        one.kernel.begin(7)
        other.kernel.begin(7)
        assert one.kernel.search(60) == other.kernel.search(60)
        assert _placed(one) == _placed(other)


@given(document=any_scenario())
@settings(max_examples=20, deadline=None)
def test_a_search_never_returns_worse_and_its_placements_are_those_of_its_sequences(
    document: Json,
) -> None:
    solver = _solver(document)
    before = solver.dispatch(BY_DUE)
    if not solver.packing.tasks:
        return
    solver.kernel.begin(3)
    solver.kernel.search(80)
    now = _placed(solver), solver.cost
    wanted = solver.sequences()
    assert solver.follow(wanted)
    assert (_placed(solver), solver.cost) == now
    solver.kernel.recall()
    assert solver.cost <= before


def test_numbers_that_no_machine_word_holds_are_planned_exactly() -> None:
    cycle = f"{10**30 + 1}/{10**29}"
    document = scenario(order("O1", step(10, cycle=cycle), step(20, "L2", cycle), quantity=1000))
    found = parse(document)
    solver = Solver(found, Capacity(found))
    assert isinstance(solver.kernel.ws, list)
    plan = make_plan(found, Capacity(found))
    placed = plan.tasks[0].placed
    assert placed is not None
    assert placed.end - placed.run_start == -(-1000 * (10**30 + 1) * 1_000_000 // 10**29)
    assert LARGEST < 1000 * (10**30 + 1)


@pytest.mark.parametrize(
    "field",
    [
        {"min_gap_s": 9_222_500_000_000},
        {"max_gap_s": 10**14},
        {"wip_limit": 10**20},
        {"transfer_batch": 10**20},
        {"alternatives": [{"work_center": "L2", "cycle_s": 36, "setup_s": 10**14}]},
        {"alternatives": [{"work_center": "L2", "cycle_s": 10**14}]},
    ],
    ids=lambda field: next(iter(field)),
)
def test_what_no_machine_word_holds_is_planned_soundly_or_refused(field: Json) -> None:
    steps = ({**step(10), "transfer_batch": 1}, {**step(20, "L2"), **field})
    try:
        parsed = parse(scenario(order("O1", *steps, quantity=10)))
        schedule = solve(parsed)
    except ScenarioInvalid:
        return
    assert check(parsed, schedule) == ()


def test_a_run_on_many_single_pieces_waits_for_the_first_that_is_not_made_yet() -> None:
    # One piece lies there, the next comes after 36 s and a gap of 30 minutes: with 38 pieces
    # of 41 2/3 s behind it the last one would be in time, and the second would not.
    second = step(20, "L2", "125/3", 300, min_gap_s=1800)
    document = scenario(order("O1", step(10, transfer_batch=1), second, quantity=39))
    document |= {
        "now": "2026-06-08T06:00+02:00",
        "actuals": [{"order": "O1", "seq": 10, "good": 1}],
    }
    found = parse(document)
    schedule = solve(found)
    assert check(found, schedule) == ()
    begun = {one["seq"]: one["start"] for one in schedule["blocks"] if one["kind"] == "run"}
    assert begun[20] > "2026-06-08T06:29:54+02:00"  # 06:00:36 + 30 min - 41 2/3 s


def test_a_last_batch_that_is_small_does_not_hide_the_whole_one_before_it() -> None:
    """1,610 pieces in batches of 50: the last of ten is there 300 s after the one before, in which
    the run has made twelve. The batch before it binds: it ends 1,600 x 30 s after 06:00 (with the
    break at 10:00 on Tuesday), and its first piece is the 1,551st."""
    document = scenario(
        order("O1", step(10, "L1", 30, transfer_batch=50), step(20, "L2", 25), quantity=1_610),
        calendars={"early": {"always": True}},
    )
    found = parse(document)
    schedule = solve(found)
    assert check(found, schedule) == ()
    begun = {one["seq"]: one["start"] for one in schedule["blocks"] if one["kind"] == "run"}
    # 1,600 x 30 - 1,550 x 25 = 9,250 s after 06:00
    assert begun[20] == "2026-06-08T08:34:10+02:00"


@given(
    batches=st.integers(33, 50),
    batch=st.integers(1, 11),
    rest=st.integers(0, 10),
    cycles=st.sampled_from([(36, 20), (90, 36), (36, "125/48"), ("125/3", 36), (20, 36)]),
    gap=st.sampled_from([0, 40, 1800]),
    good=st.integers(0, 70),
    is_same=st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_many_batches_are_waited_for_as_few_are(
    batches: int,
    batch: int,
    rest: int,
    cycles: tuple[object, object],
    gap: int,
    good: int,
    is_same: bool,
) -> None:
    """With all batches looked at one by one the plan is the same, and the checker agrees."""
    quantity = batches * batch + rest % batch
    second = step(20, "L2", cycles[1], 300, min_gap_s=gap)
    calendars = {"early": {"weekly": [EARLY]}, "nights": {"weekly": [NIGHT]}}
    document = scenario(
        order("O1", step(10, "L1", cycles[0], transfer_batch=batch), second, quantity=quantity),
        calendars=calendars,
        work_centers=[
            {"id": "L1", "calendar": "early"},
            {"id": "L2", "calendar": "early" if is_same else "nights"},
        ],
        now="2026-06-08T06:00+02:00",
        actuals=[{"order": "O1", "seq": 10, "good": min(good, quantity)}],
    )
    found = parse(document)
    schedule = solve(found)
    assert check(found, schedule) == ()
    one_by_one = Solver(found, Capacity(found))
    one_by_one.kernel = plain_kernel()(one_by_one.packing.pack())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pieces, "FEW_BATCHES", quantity)
        one_by_one.dispatch(BY_DUE)
    begun = {one["seq"]: one["start"] for one in schedule["blocks"] if one["kind"] == "run"}
    for task, start in zip(one_by_one.packing.tasks, one_by_one.kernel.run_start, strict=True):
        if task.left:
            said = parse_time(begun[task.operation.seq])
            assert 0 <= said - start <= 1, "one microsecond is added for what is rounded"


def test_what_is_packed_again_is_as_large_as_before() -> None:
    packing = _solver(scenario(order("O1"), order("O2", step(10, "L2")))).packing
    first = packing.pack()
    packing.lines.extend()
    again = packing.pack()
    assert len(again.a_ready) == len(first.a_ready) == len(packing.alternatives)


def test_it_says_whether_it_is_compiled() -> None:
    assert is_compiled() == (kernel() is not plain_kernel())


def _solver(document: Json) -> Solver:
    found = parse(document)
    return Solver(found, Capacity(found))


def _placed(solver: Solver) -> list[list[int]]:
    return [list(getattr(solver.kernel, name)) for name in PLACED]
