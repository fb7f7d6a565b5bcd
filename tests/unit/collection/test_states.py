"""State facts: when what they say changes, at the calendar's exact borders, never backwards."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.domain.facts import Fact, FactKind
from tests.unit.collection.bench_machine import BenchMachine, after, settings
from tests.unit.collection.memory_store import MemoryJobs, job

JOB = job(1001010)
SETUP = job(1001010, phase="setup")


def states(machine: BenchMachine) -> list[tuple[float, int | None, str, str]]:
    """Seconds after the shift's start, state, time class and reason of each state fact."""
    facts = machine.store.of(FactKind.EQUIPMENT_STATE)
    return [
        (seconds(one), one.body["state"], one.body["time_class"], one.body["reason"])
        for one in facts
    ]


def seconds(fact: Fact) -> float:
    return (fact.occurred_at - after(0)) / 1_000_000


def gaps(machine: BenchMachine) -> list[tuple[float, float, str]]:
    bodies = [one.body for one in machine.store.of(FactKind.DATA_GAP)]
    origin, micro = after(0), 1_000_000
    return [((b["from"] - origin) / micro, (b["to"] - origin) / micro, b["reason"]) for b in bodies]


def bench(on: bool = True, **more: object) -> BenchMachine:
    jobs = MemoryJobs(on=JOB if on else None, numbers={JOB.number: JOB})
    return BenchMachine(settings(**more), jobs=jobs)  # type: ignore[arg-type]


BASE = {"good": 1, "reject": 1, "order": JOB.number, "boot": 1}


async def test_a_fact_only_when_something_changes() -> None:
    machine = bench()
    await machine.show(1, **BASE, state=6)
    await machine.show(1)
    await machine.show(1, state=11)
    await machine.show(1, state=11, fault=42)
    await machine.show(1, state=6, fault=0)
    assert states(machine) == [
        (1.0, 6, "APT", "start"),
        (3.0, 11, "ADET", "state"),
        (4.0, 11, "ADET", "state"),
        (5.0, 6, "APT", "state"),
    ]
    facts = machine.store.of(FactKind.EQUIPMENT_STATE)
    assert [one.body["fault"] for one in facts] == [None, None, 42, None]
    assert {one.job_order_id for one in facts} == {"WO1001.10"}


async def test_the_break_is_cut_at_its_exact_time() -> None:
    machine = bench()
    await machine.show(4 * 3600 - 1, **BASE, state=11)
    await machine.show(3)
    await machine.show(1800)
    assert states(machine) == [
        (14399.0, 11, "ADET", "start"),
        (14400.0, 11, "OFF", "border"),
        (16200.0, 11, "ADET", "border"),
    ]


async def test_the_end_of_the_shift_changes_the_calendar_of_the_fact() -> None:
    machine = bench()
    await machine.show(8 * 3600 - 1, **BASE, state=6)
    await machine.show(3)
    facts = machine.store.of(FactKind.EQUIPMENT_STATE)
    assert facts[0].body["calendar"]["shift"] == "early"
    assert facts[0].body["calendar"]["production_day"] == "2026-06-08"
    assert facts[1].body["calendar"] is None
    assert facts[1].body["time_class"] == "APT_OUTSIDE"


async def test_set_up_is_open_until_the_machine_makes_that_job() -> None:
    machine = bench()
    machine.jobs.on = SETUP
    machine.jobs.numbers = {SETUP.number: SETUP}
    await machine.show(1, **{**BASE, "order": 0}, state=17)
    await machine.show(1, state=15, order=SETUP.number)
    await machine.show(1, state=6)
    assert states(machine) == [
        (1.0, 17, "ASUT", "start"),
        (2.0, 15, "ASUT", "state"),
        (3.0, 6, "APT", "state"),
    ]


async def test_a_machine_that_makes_the_last_order_is_not_set_up_for_the_next() -> None:
    machine = bench()
    machine.jobs.on = job(1002010, phase="setup")
    await machine.show(1, **BASE, state=6)
    assert states(machine) == [(1.0, 6, "APT", "start")]
    assert machine.store.facts[-1].job_order_id == "WO1001.10"


async def test_a_new_job_is_judged_at_once() -> None:
    machine = bench(on=False)
    await machine.show(1, **BASE, state=17)
    machine.clock.advance(2)
    machine.jobs.on = SETUP
    await machine.collector.reclassify()
    await machine.collector.reclassify()
    assert states(machine) == [(1.0, 17, "ADOT", "start"), (3.0, 17, "ASUT", "job")]


async def test_silence_is_unknown_since_the_last_valid_reading() -> None:
    machine = bench()
    shown = await machine.show(1, **BASE, state=6)
    machine.clock.advance(4.4)
    await machine.collector.tick()
    assert len(states(machine)) == 1
    assert machine.collector.observation == shown.observation
    machine.clock.advance(0.2)
    await machine.collector.tick("connection refused")
    assert machine.collector.observation is None
    await machine.collector.tick()
    await machine.show(4, good=3)
    assert states(machine) == [
        (1.0, 6, "APT", "start"),
        (1.0, None, "UNKNOWN", "silence"),
        (9.6, 6, "APT", "state"),
    ]
    assert gaps(machine) == [(1.0, 9.6, "unreachable")]
    gap = machine.store.of(FactKind.DATA_GAP)[0]
    assert gap.body["detail"] == "connection refused"
    count = machine.store.of(FactKind.PRODUCTION_COUNT)[0]
    assert (count.body["quantity"], count.body["flags"]) == (2, ["recovered"])


async def test_unknown_time_is_cut_at_borders_while_it_lasts() -> None:
    machine = bench()
    await machine.show(4 * 3600 - 60, **BASE, state=6)
    machine.clock.advance(120)
    await machine.collector.tick()
    machine.clock.advance(1800)
    await machine.collector.tick()
    assert states(machine) == [
        (14340.0, 6, "APT", "start"),
        (14340.0, None, "UNKNOWN", "silence"),
        (14400.0, None, "OFF", "border"),
        (16200.0, None, "UNKNOWN", "border"),
    ]


async def test_bad_quality_makes_no_state_and_is_a_gap() -> None:
    machine = bench()
    await machine.show(1, **BASE, state=6)
    machine.bad = {"state"}
    for _ in range(6):
        await machine.show(1, state=11)
        await machine.collector.tick()
    machine.bad = set()
    await machine.show(1, state=6)
    assert [one[1:3] for one in states(machine)] == [(6, "APT"), (None, "UNKNOWN"), (6, "APT")]
    assert gaps(machine) == [(1.0, 8.0, "bad_quality")]
    assert "state" in machine.store.of(FactKind.DATA_GAP)[0].body["detail"]


async def test_a_state_of_uncertain_quality_is_none() -> None:
    machine = bench()
    await machine.show(1, **BASE, state=6)
    machine.uncertain = {"state"}
    await machine.show(1, state=11)
    assert len(states(machine)) == 1


async def test_a_gap_that_a_restart_falls_into_begins_with_the_silence() -> None:
    """The counters were read all the time; the state was not."""
    machine = bench()
    await machine.show(1, **BASE, state=6)
    machine.bad = {"state"}
    for good in range(2, 12):
        await machine.show(1, good=good)
        await machine.collector.tick()
    machine.begin()
    machine.bad = set()
    await machine.show(1)
    [(start, end, _)] = gaps(machine)
    [unknown] = [at for at, _, time_class, _ in states(machine) if time_class == "UNKNOWN"]
    assert (start, end) == (unknown, 12.0)


async def test_a_machine_that_never_answered_is_unknown_since_the_edge_began() -> None:
    machine = bench()
    machine.clock.advance(10)
    await machine.collector.tick()
    assert states(machine) == [(0.0, None, "UNKNOWN", "start")]


def with_heartbeat() -> BenchMachine:
    return bench(roles=("state", "mode", "fault", "order", "boot", "heartbeat"))


async def test_a_heartbeat_that_stands_proves_no_state() -> None:
    machine = with_heartbeat()
    await machine.show(1, **BASE, state=6, heartbeat=7)
    await machine.show(1, heartbeat=8)
    for _ in range(7):
        await machine.show(1)
        await machine.collector.tick()
    assert states(machine)[-1] == (2.0, None, "UNKNOWN", "silence")
    assert machine.collector.observation is None
    await machine.show(1, heartbeat=9)
    assert states(machine)[-1] == (10.0, 6, "APT", "state")
    assert gaps(machine) == [(2.0, 10.0, "bad_quality")]


async def test_pieces_count_under_a_heartbeat_that_stands() -> None:
    machine = with_heartbeat()
    await machine.show(1, **BASE, state=6, heartbeat=7)
    for raw in range(2, 9):
        await machine.show(1, good=raw)
        await machine.collector.tick()
    assert machine.store.pieces() == 7
    assert states(machine)[-1] == (6.0, None, "UNKNOWN", "silence")  # not before the last fact


async def test_after_a_restart_the_time_since_the_last_evidence_is_unknown() -> None:
    machine = bench()
    await machine.show(1, **BASE, state=6)
    await machine.show(9, good=5)
    machine.clock.advance(60)
    machine.begin()
    await machine.show(0.5, good=20)
    assert states(machine) == [
        (1.0, 6, "APT", "start"),
        (10.0, None, "UNKNOWN", "start"),
        (70.5, 6, "APT", "state"),
    ]
    assert gaps(machine) == [(10.0, 70.5, "edge_down")]
    assert machine.store.pieces() == 19


async def test_a_second_restart_in_silence_goes_on_with_the_same_gap() -> None:
    machine = bench()
    await machine.show(1, **BASE, state=6)
    for _ in range(2):
        machine.clock.advance(60)
        machine.begin()
        await machine.collector.tick()
    await machine.show(1)
    assert [one[0] for one in states(machine)] == [1.0, 1.0, 122.0]
    assert gaps(machine) == [(1.0, 122.0, "edge_down")]


moves = st.lists(
    st.one_of(
        st.tuples(st.just("show"), st.floats(0.1, 4000), st.sampled_from([6, 11, 17, 9])),
        st.tuples(st.just("tick"), st.floats(0.1, 4000), st.just(0)),
        st.tuples(st.just("back"), st.floats(0.1, 4000), st.just(0)),
        st.tuples(st.just("begin"), st.floats(0.1, 4000), st.just(0)),
        st.tuples(st.just("job"), st.floats(0.1, 4000), st.sampled_from([0, 1])),
    ),
    max_size=25,
)


@given(moves)
async def test_times_never_go_back_and_intervals_never_overlap(
    walk: list[tuple[str, float, int]],
) -> None:
    """Whatever happens, also a clock that is set back."""
    machine = bench()
    machine.values |= BASE
    good = 1
    for what, by, value in walk:
        if what == "back":
            machine.clock.plant -= round(by * 1_000_000)
            continue
        machine.clock.advance(by)
        if what == "show":
            good += 1
            await machine.show(0, state=value, good=good % 65536)
        elif what == "tick":
            await machine.collector.tick()
        elif what == "begin":
            machine.begin()
        else:
            machine.jobs.on = JOB if value else None
            await machine.collector.reclassify()
    times = [fact.occurred_at for fact in machine.store.facts]
    assert times == sorted(times)
    rows = machine.store.state_intervals("L1", 0, 1 << 62)
    for one, following in pairwise(rows):
        assert one.end == following.start


def test_the_bench_starts_with_the_shift() -> None:
    assert after(0) == parse_time("2026-06-08T06:00:00+02:00")
