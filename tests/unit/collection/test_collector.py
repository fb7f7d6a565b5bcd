"""A snapshot is one recording: all of it or nothing, whatever the store says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.facts import FactKind
from edge.domain.recording import StoreUnavailable
from tests.unit.collection.bench_machine import BenchMachine, after, counter, settings
from tests.unit.collection.memory_store import MemoryJobs, job

BASE = {"good": 10, "reject": 3, "order": 1001010, "boot": 1}


def bench(*roles: str, modulus: int = 65536) -> BenchMachine:
    numbers = {number: job(number) for number in (1001010, 1002010)}
    jobs = MemoryJobs(on=numbers[1001010], numbers=numbers)
    wanted = roles or ("state", "mode", "fault", "order", "boot")
    counters = (counter("good", modulus=modulus), counter("reject", modulus=modulus))
    return BenchMachine(settings(*counters, roles=wanted), jobs=jobs)


async def test_counts_baselines_and_states_are_one_recording() -> None:
    machine = bench()
    await machine.show(1, **BASE)
    assert machine.store.recordings == 1
    taken = await machine.show(1, good=11, reject=4, state=11, fault=7)
    assert machine.store.recordings == 2
    kinds = [fact.kind for fact in machine.store.facts[-3:]]
    assert kinds == [
        FactKind.PRODUCTION_COUNT,
        FactKind.PRODUCTION_COUNT,
        FactKind.EQUIPMENT_STATE,
    ]
    assert machine.store.rows["L1", "good"].raw == 11
    shown = taken.observation
    assert shown is not None
    assert (shown.state, shown.fault, shown.order, shown.raws) == (
        11,
        7,
        1001010,
        {"good": 11, "reject": 4},
    )


async def test_nothing_new_is_not_recorded_but_seen_now_and_then() -> None:
    machine = bench()
    await machine.show(1, **BASE)
    for _ in range(4):
        await machine.show(1)
    assert machine.store.recordings == 1
    await machine.show(1)
    assert machine.store.recordings == 2
    row = machine.store.rows["L1", "good"]
    assert row.at == machine.clock.now()


async def test_the_body_of_a_count() -> None:
    machine = bench()
    await machine.show(1, **BASE)
    await machine.show(1, good=11)
    fact = machine.store.facts[-1]
    calendar = fact.body["calendar"]
    assert calendar.keys() == {"id", "revision", "shift", "production_day"}
    assert (calendar["id"], calendar["shift"]) == ("day_shift", "early")
    assert fact.body["run_time_per_item"] == "2.0"
    assert fact.body.keys() == {
        "role",
        "quantity",
        "tag",
        "counter_epoch",
        "raw_from",
        "raw_to",
        "from",
        "to",
        "hour",
        "flags",
        "run_time_per_item",
        "calendar",
    }


async def test_a_full_disk_loses_nothing_and_is_said_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    machine = bench()
    await machine.show(1, **BASE)
    machine.store.down = True
    for good in (11, 12, 13):
        with pytest.raises(StoreUnavailable):
            await machine.show(1, good=good, state=11)
    machine.store.down = False
    await machine.show(1, good=14)
    assert machine.store.pieces() == 4
    assert capsys.readouterr().out.count("store_unavailable") == 1
    assert machine.collector.health.store_failures == 3


async def test_baselines_moved_by_another_hand_are_read_again() -> None:
    machine = bench()
    await machine.show(1, **BASE)
    row = machine.store.rows["L1", "good"]
    machine.store.rows["L1", "good"] = replace(row, raw=12)
    await machine.show(4, good=14)
    assert machine.store.pieces() == 2
    assert machine.collector.health.conflicts == 1


async def test_baselines_that_never_stand_still_are_given_up() -> None:
    machine = bench()
    await machine.show(1, **BASE)
    rows = machine.store.rows
    machine.store.baselines = list  # type: ignore[method-assign]
    rows["L1", "good"] = replace(rows["L1", "good"], raw=12)
    with pytest.raises(StoreUnavailable, match="keep changing"):
        await machine.show(4, good=14)


async def test_pieces_go_to_the_running_job_where_there_is_no_order_register() -> None:
    machine = bench("state", "boot")
    await machine.show(1, good=1, reject=0, boot=1)
    await machine.show(1, good=2)
    machine.jobs.on = None
    await machine.show(1, good=3)
    counts = machine.store.of(FactKind.PRODUCTION_COUNT)
    assert [fact.job_order_id for fact in counts] == ["WO1001.10", None]
    assert counts[1].body["flags"] == ["unassigned"]


async def test_the_boundary_survives_a_kill_between_command_and_first_piece() -> None:
    """Complete was committed, the next order written, then the edge was killed."""
    machine = bench()
    await machine.show(1, **BASE, state=6)
    await machine.show(1, good=11, state=17)
    machine.clock.advance(20)
    machine.begin()
    await machine.show(0, good=15, order=1002010, state=6)
    owners = [fact.job_order_id for fact in machine.store.of(FactKind.PRODUCTION_COUNT)]
    assert owners == ["WO1001.10", "WO1002.10"]


async def test_after_a_restore_the_order_of_long_ago_says_nothing() -> None:
    """Facts were taken back and moved the baselines; what was shown beside them is older."""
    machine = bench()
    await machine.show(1, **BASE)
    machine.clock.advance(3600)
    rows = machine.store.rows
    for tag, raw in (("good", 500), ("reject", 20)):
        rows["L1", tag] = replace(rows["L1", tag], raw=raw, at=machine.clock.now())
    machine.begin()
    await machine.show(10, good=505, reject=20, order=1002010, state=6)
    counts = machine.store.of(FactKind.PRODUCTION_COUNT)
    assert [(one.job_order_id, one.body["quantity"]) for one in counts] == [("WO1002.10", 5)]


async def test_after_a_restore_it_says_nothing_of_a_counter_without_facts_either() -> None:
    """Good pieces came back as facts, rejects had none: what both show now was made later."""
    machine = bench()
    await machine.show(1, **BASE)
    machine.clock.advance(3600)
    rows = machine.store.rows
    rows["L1", "good"] = replace(rows["L1", "good"], raw=500, at=machine.clock.now())
    machine.begin()
    await machine.show(10, good=505, reject=BASE["reject"] + 2, order=1002010, state=6)
    counts = machine.store.of(FactKind.PRODUCTION_COUNT)
    assert {one.job_order_id for one in counts} == {"WO1002.10"}
    assert sum(one.body["quantity"] for one in counts if one.body["role"] == "scrap") == 2


@pytest.mark.parametrize(("boot", "counted"), [(1, 36 + 500), (2, 0)])
async def test_after_a_restore_a_boot_counter_that_stands_proves_a_rollover(
    boot: int, counted: int
) -> None:
    """It stood there before the baseline: no start since. If it rose, nobody knows when."""
    machine = bench()
    await machine.show(1, **BASE)
    machine.clock.advance(3600)
    rows = machine.store.rows
    rows["L1", "good"] = replace(rows["L1", "good"], raw=65500, at=machine.clock.now())
    machine.begin()
    for _ in range(3):
        await machine.show(600, good=500, boot=boot)
    counts = machine.store.of(FactKind.PRODUCTION_COUNT)
    assert sum(one.body["quantity"] for one in counts) == counted
    assert len(machine.store.of(FactKind.QUARANTINE)) == (counted == 0)


async def test_facts_of_a_counter_replay_to_its_baseline() -> None:
    """The store takes baselines back from facts in their order, also under a clock set back."""
    machine = BenchMachine(settings(counter("good", correction_band=3), roles=("state", "boot")))
    await machine.show(10, good=100, boot=1)
    await machine.show(3, good=103)
    machine.clock.plant -= 5_000_000
    await machine.show(1, good=101)
    await machine.show(0.3)
    await machine.show(1, good=2, boot=2)
    await machine.show(0.3)
    last: dict[str, tuple[int, int]] = {}
    for fact in machine.store.of(FactKind.PRODUCTION_COUNT, FactKind.COUNTER_BASELINE):
        raw = fact.body.get("raw_to", fact.body.get("raw"))
        last[fact.body["tag"]] = (fact.body["counter_epoch"], raw)
    row = machine.store.rows["L1", "good"]
    assert last["good"] == (row.counter_epoch, row.raw) == (4, 2)


async def test_a_counter_that_is_not_good_alone_stops_no_other() -> None:
    machine = bench()
    await machine.show(1, **BASE)
    machine.bad = {"reject"}
    taken = await machine.show(1, good=11)
    assert machine.store.pieces() == 1
    assert [one.detail for one in taken.doubt] == ["reject: bad the sensor is broken"]
    assert machine.collector.read_at == after(1)
    machine.bad = set()
    await machine.show(1, reject=4)
    assert machine.store.pieces("scrap") == 1


@pytest.mark.parametrize("tag", ["good", "order", "boot"])
async def test_a_value_of_uncertain_quality_counts_nothing_until_it_is_good(tag: str) -> None:
    machine = bench()
    await machine.show(1, **BASE)
    machine.uncertain = {tag}
    taken = await machine.show(1, good=11)
    doubt = [one.detail for one in taken.doubt]
    assert (machine.store.pieces(), doubt) == (0, [f"{tag}: uncertain"])
    machine.uncertain = set()
    await machine.show(1)
    assert machine.store.pieces() == 1


async def test_without_the_order_nothing_is_counted_until_it_is_good() -> None:
    machine = bench()
    await machine.show(1, **BASE)
    machine.bad = {"order"}
    await machine.show(1, good=11)
    assert machine.store.pieces() == 0
    machine.bad = set()
    await machine.show(1)
    assert machine.store.pieces() == 1


async def test_a_doubted_snapshot_is_held_as_a_whole() -> None:
    machine = bench()
    await machine.show(1, **BASE)
    taken = await machine.show(1, good=5000, reject=4, state=17)
    assert taken.again
    assert len(machine.store.of(FactKind.PRODUCTION_COUNT)) == 0
    await machine.show(0.1, good=11)
    assert (machine.store.pieces(), machine.store.pieces("scrap")) == (1, 1)


events = st.lists(
    st.tuples(
        st.sampled_from(
            ["make", "make", "make", "make", "kill", "down", "up", "silence", "order", "bad"]
        ),
        st.integers(0, 40),
    ),
    max_size=40,
)


@given(events, st.sampled_from([256, 65536]), st.integers(0, 255))
async def test_every_piece_once_whatever_happens(
    walk: list[tuple[str, int]], modulus: int, start: int
) -> None:
    """Kills, full disks, silences, bad readings, order changes, wraps: recorded equals made."""
    machine = bench(modulus=modulus)
    await machine.show(1, **BASE | {"good": start})
    made = 0
    for what, by in walk:
        seconds = min(by, 30) + 1
        if what in {"make", "silence", "bad"}:
            made += min(by, seconds)
            machine.values["good"] = (start + made) % modulus
        if what == "kill":
            machine.begin()
        if what in {"down", "up"}:
            machine.store.down = what == "down"
        if what == "order":
            machine.values["order"] = 1001010 + 1000 * (by % 3)
        machine.bad = {"good"} if what == "bad" else set()
        machine.clock.advance(seconds)
        try:
            if what == "silence":
                await machine.collector.tick()
            else:
                await machine.show(0)
        except StoreUnavailable:
            assert machine.store.down
    machine.store.down, machine.bad = False, set()
    await machine.show(1)
    counts = machine.store.of(FactKind.PRODUCTION_COUNT)
    recorded = machine.store.pieces()
    doubtful = machine.store.of(FactKind.QUARANTINE) or any(
        "ambiguous" in fact.body["flags"] for fact in counts
    )
    assert recorded <= made
    assert recorded == made or doubtful or modulus == 256
    at = start
    for fact in (one for one in counts if not doubtful):
        assert fact.body["raw_from"] == at
        at = fact.body["raw_to"]


async def test_a_clock_that_was_set_back_doubts_no_pieces() -> None:
    machine = bench()
    await machine.show(1, **BASE)
    machine.clock.plant -= 3_600_000_000
    await machine.show(30, good=BASE["good"] + 20)
    assert machine.store.pieces() == 20
    assert machine.collector.health.rechecks == 0


async def test_pieces_taken_back_over_an_hours_border_are_one_correction() -> None:
    machine = BenchMachine(settings(counter("good", correction_band=3), roles=("state", "boot")))
    await machine.show(3599, good=100, boot=1)
    await machine.show(2, good=98)
    await machine.show(0.3)
    [taken_back] = machine.store.of(FactKind.PRODUCTION_COUNT)
    assert (taken_back.body["quantity"], taken_back.body["flags"][0]) == (-2, "corrected")
    assert taken_back.body["from"] == taken_back.body["hour"] == after(3600)
