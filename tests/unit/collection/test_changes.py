"""A device that tells of changes wakes a snapshot; states between two snapshots are kept."""

import asyncio
from dataclasses import replace
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from edge.collection.changes import Backlog, Held, Moment, moments
from edge.collection.collector import Taken
from edge.collection.snapshots import Snapshot
from edge.domain.clock import MICROS
from edge.domain.facts import FactKind, encode
from edge.domain.recording import StoreUnavailable
from plc_drivers.configuration import DeviceConfig, GroupConfig, TagConfig
from plc_drivers.driver import Changes
from plc_drivers.reading import Quality, Reading
from tests.contract.fact_schema import check
from tests.unit.collection.bench_machine import BenchMachine, after, settings
from tests.unit.collection.fake_driver import COUNTED, Bench, TellingDriver, until

DAY = 86_400 * MICROS


def told(tag: str, value: int, at: int, source: int | None = None) -> Reading:
    return Reading(tag, value, Quality.GOOD, source, source, at)


def states_of(found: tuple[Moment, ...]) -> list[tuple[int, dict[str, object]]]:
    return [
        (one.at, {tag: reading.value for tag, reading in one.readings.items()}) for one in found
    ]


def test_what_arrived_together_is_told_apart_by_the_devices_clock_even_a_day_off() -> None:
    changes = (
        told("state", 11, 2_000_000, DAY + 1_000_000),
        told("state", 6, 2_000_000, DAY + 1_600_000),
        told("fault", 101, 2_000_000, DAY + 1_050_000),
        told("fault", 0, 2_000_000, DAY + 1_650_000),
    )
    assert states_of(moments(changes, since=1_000_000)) == [
        (1_350_000, {"state": 11, "fault": 101}),
        (1_950_000, {"state": 6, "fault": 0}),
    ]


def test_differences_that_do_not_fit_are_not_believed() -> None:
    changes = (told("state", 11, 2_000_000, 5), told("state", 6, 2_000_000, DAY))
    assert states_of(moments(changes, since=1_000_000)) == [
        (2_000_000, {"state": 11}),
        (2_000_000, {"state": 6}),
    ]


def test_without_times_no_two_values_are_paired_that_may_not_have_stood_together() -> None:
    """The server's time serves where the source has none; without both, one tag is followed."""
    values = (("state", 11), ("state", 6), ("fault", 101), ("fault", 0))
    timeless = [Reading(tag, value, Quality.GOOD, None, None, 9) for tag, value in values]
    assert states_of(moments(timeless, since=0)) == [(9, {"state": 11}), (9, {"state": 6})]
    served = [one._replace(server_time=at) for one, at in zip(timeless, (1, 5, 2, 6), strict=True)]
    shown = [state for _, state in states_of(moments(served, since=0))]
    assert shown == [{"state": 11, "fault": 101}, {"state": 6, "fault": 0}]


def test_a_backlog_keeps_order_up_to_its_bound_and_says_that_more_came() -> None:
    backlog = Backlog(states=frozenset({"state"}), most=3)
    for at in range(5):
        backlog.take(Changes(readings=(told("state", at, at), told("good", at, at))))
    waiting = backlog.waiting()
    assert [one.value for one in waiting.changes] == [0, 1, 2]
    assert waiting.missed == "more than 3 changes of state waited"
    backlog.take(Changes(missed="overflow"))
    backlog.settle(waiting, {"state": told("state", 4, 9)})
    assert backlog.waiting()[:2] == ((), "overflow")


def test_what_is_held_for_a_store_that_takes_nothing_is_bounded() -> None:
    held = Held()
    for at in range(30):
        held = held.joined((Moment(at=at, readings={}),) * 50, "")
    assert len(held.passed) == 1000
    assert "waited for the store" in held.missed


@st.composite
def telling(draw: st.DrawFn) -> tuple[list[int], list[int], int]:
    """Times of state changes, times of snapshots, and the publishing interval (ms)."""
    changes = draw(st.lists(st.integers(1, 20_000), min_size=1, max_size=12, unique=True))
    snapshots = draw(st.lists(st.integers(1, 20_000), min_size=1, max_size=12, unique=True))
    return sorted(changes), sorted(snapshots), draw(st.sampled_from([100, 500, 3000]))


@given(telling(), st.integers(-DAY, DAY))
def test_every_state_is_recorded_in_order_and_none_twice_by_its_telling(
    case: tuple[list[int], list[int], int], skew: int
) -> None:
    """Each change is a state of its own number; told late, read whenever: none is lost.

    A state is recorded anew only after one that had passed before the snapshot and was told
    after it; a time never goes back and never beyond the snapshot that ends it.
    """
    changes, snapshots, publishing = case
    backlog, recorded, last = Backlog(states=frozenset({"state"})), [0], 0
    pending, late = list(enumerate(changes, 1)), 0
    state, source, since = 0, 0, 0
    for now in [*snapshots, 50_000]:
        for edge in range(publishing, now, publishing):
            batch = [one for one in pending if one[1] < edge]
            pending = pending[len(batch) :]
            readings = tuple(told("state", no, edge * 1000, at * 1000 + skew) for no, at in batch)
            backlog.take(Changes(readings=readings))
            late += sum(no < recorded[-1] for no, _ in batch)
        waiting = backlog.waiting()
        state = max((no for no, at in enumerate(changes, 1) if at <= now), default=0)
        source = (changes[state - 1] if state else 0) * 1000 + skew
        backlog.settle(waiting, {"state": told("state", state, now * 1000, source)})
        for moment in moments(waiting.changes, since):
            at = min(max(moment.at, last), now * 1000)
            assert last <= at <= now * 1000
            last = at
            recorded.append(int(str(moment.readings["state"].value)))
        recorded.append(state)
        since = last = now * 1000
    shown = [no for no, _ in groupby(recorded)]
    assert set(shown) == set(range(len(changes) + 1))
    assert len(shown) <= len(changes) + 1 + 2 * late
    if not late:
        assert shown == list(range(len(changes) + 1))


async def take(machine: BenchMachine, seconds: float, *passed: Moment, missed: str = "") -> Taken:
    machine.clock.advance(seconds)
    shot = machine.snapshot()
    return await machine.collector.take(
        Snapshot(
            asked_at=shot.asked_at,
            polled=shot.polled,
            readings=shot.readings,
            passed=passed,
            missed=missed,
        )
    )


def moment(seconds: float, **values: int) -> Moment:
    at = after(seconds)
    return Moment(at=at, readings={tag: told(tag, value, at) for tag, value in values.items()})


def stops(machine: BenchMachine) -> list[tuple[float, int, int | None]]:
    return [
        ((one.occurred_at - after(0)) / MICROS, one.body["state"], one.body["fault"])
        for one in machine.store.of(FactKind.EQUIPMENT_STATE)
    ]


async def test_a_stop_shorter_than_a_snapshot_is_a_state_of_its_own() -> None:
    machine = BenchMachine(settings())
    machine.values |= {"good": 0, "reject": 0, "order": 1001010, "boot": 1}
    await take(machine, 0.0)
    await take(machine, 2.0, moment(0.5, state=11, fault=101), moment(0.8, state=6, fault=0))
    assert stops(machine) == [(0.0, 6, None), (0.5, 11, 101), (0.8, 6, None)]


async def test_what_passed_never_lies_outside_its_two_snapshots() -> None:
    machine = BenchMachine(settings())
    machine.values |= {"good": 0, "reject": 0, "order": 1001010, "boot": 1}
    await take(machine, 1.0)
    await take(machine, 2.0, moment(0.2, state=11), moment(90_000, state=5), moment(2.0, state=6))
    assert stops(machine) == [(1.0, 6, None), (1.0, 11, None), (3.0, 5, None), (3.0, 6, None)]


async def test_missed_changes_are_a_gap_and_no_piece_is_lost() -> None:
    machine = BenchMachine(settings())
    machine.values |= {"good": 0, "reject": 0, "order": 1001010, "boot": 1}
    await take(machine, 1.0)
    machine.values |= {"good": 2}
    await take(machine, 2.0, missed="queue overflow")
    (gap,) = machine.store.of(FactKind.DATA_GAP)
    check(encode(gap))
    assert gap.body == {
        "from": after(1.0),
        "to": after(3.0),
        "reason": "missed_changes",
        "detail": "queue overflow",
    }
    assert machine.store.pieces() == 2
    assert len(stops(machine)) == 1


async def test_what_passed_waits_for_the_store_and_is_recorded_once() -> None:
    machine = BenchMachine(settings())
    machine.values |= {"good": 0, "reject": 0, "order": 1001010, "boot": 1}
    await take(machine, 0.0)
    machine.store.down = True
    for seconds in (1.0, 1.0):
        try:
            await take(machine, seconds, moment(0.5, state=11), moment(0.8, state=6))
        except StoreUnavailable:
            continue
        raise AssertionError("the store is down")
    machine.store.down = False
    await take(machine, 1.0)
    await take(machine, 1.0)
    assert [state for _, state, _ in stops(machine)] == [6, 11, 6, 11, 6]


def config(**group: object) -> DeviceConfig:
    told_group = GroupConfig(id="told", mode="subscribe", **group)  # type: ignore[arg-type]
    tags = tuple(
        TagConfig(id=tag, address="holding:0", type="uint32", group="told")
        for tag in ("good", "state", "order", "speed")
    )
    return DeviceConfig(
        id="d", driver="modbus", url="", tags=tags, groups=(told_group,), poll_ms=10
    )


async def test_a_change_wakes_a_snapshot_and_silence_costs_one_every_verify() -> None:
    driver = TellingDriver({**COUNTED, "speed": 1})
    async with Bench(driver, config(), settings={"verify_s": 60.0, "wake_s": 0.01}) as bench:
        await until(lambda: len(driver.polls) == 2, "a snapshot, and one that the telling woke")
        polls = len(driver.polls)
        driver.change(speed=5)
        await until(lambda: bench.machines.readings("d")["speed"].value == 5, "the speed")
        assert len(driver.polls) == polls
        driver.change(good=3, state=17)
        await until(lambda: bench.store.pieces() == 3, "three pieces")
        assert driver.polls[polls:] == [frozenset({"good", "state", "order"})]


async def test_ten_thousand_notifications_are_few_snapshots_and_no_piece_is_lost() -> None:
    driver = TellingDriver({**COUNTED, "speed": 1})
    async with Bench(driver, config()) as bench:
        await until(lambda: bench.machines.observation("L1") is not None, "a snapshot")
        polls, clock = len(driver.polls), driver.clock
        began = clock.monotonic()
        for good in range(1, 10_001):
            driver.change(good=good)
            if good % 500 == 0:
                await asyncio.sleep(0.01)
        await until(lambda: bench.store.pieces() == 10_000, "ten thousand pieces")
        seconds = clock.monotonic() - began
        assert len(driver.polls) - polls <= seconds / 0.1 + 3
        assert bench.machines.health["d"].changes == 10_004


async def test_what_is_not_told_is_polled_and_missed_changes_read_all_again() -> None:
    driver = TellingDriver({**COUNTED, "speed": 1}, polled=frozenset({"speed"}))
    async with Bench(driver, config(poll_ms=3_600_000), settings={"verify_s": 60.0}) as bench:
        await until(lambda: len(driver.polls) == 3, "both batches, and what the telling woke")
        driver.values["good"] = 4
        driver.tell(missed="a publish was missed")
        await until(lambda: bench.store.pieces() == 4, "four pieces")
        await until(lambda: len(driver.polls) == 5, "all was read again")
        assert driver.polls[3:] == [frozenset({"good", "state", "order"}), frozenset({"speed"})]
        gaps = bench.store.of(FactKind.DATA_GAP)
        assert [one.body["reason"] for one in gaps][-1] == "missed_changes"
        assert bench.machines.health["d"].missed_changes == 1


async def test_a_device_that_tells_nothing_not_even_that_it_lives_is_connected_anew() -> None:
    driver = TellingDriver({**COUNTED, "speed": 1})
    quick = {"verify_s": 60.0, "backoff_first_s": 0.01}
    async with Bench(driver, config(), settings=quick) as bench:
        await until(lambda: len(driver.polls) == 2, "a snapshot, and one that the telling woke")
        driver.values["good"] = 7
        driver.fall_silent()
        await until(lambda: bench.machines.health["d"].connects == 2, "a new connection")
        await until(lambda: bench.store.pieces() == 7, "what was made meanwhile")
        assert bench.machines.health["d"].failures == {"unreachable": 1}


async def test_a_work_center_that_is_told_otherwise_is_woken_on() -> None:
    driver = TellingDriver({**COUNTED, "speed": 1})
    async with Bench(driver, config(), settings={"verify_s": 60.0}) as bench:
        await until(lambda: len(driver.polls) == 2, "a snapshot, and one that the telling woke")

        async def commit(drafts: object) -> None:
            assert drafts == ()

        device = bench.machines.supervisors["d"].settings
        await bench.machines.apply([device], [replace(bench.center, evidence_s=4.0)], commit)
        driver.change(good=3)
        await until(lambda: bench.store.pieces() == 3, "three pieces")
        assert bench.machines.health["d"].connects == 1


async def test_a_stop_that_was_over_before_the_snapshot_is_recorded_by_the_machines() -> None:
    driver = TellingDriver({**COUNTED, "speed": 1})
    async with Bench(driver, config()) as bench:
        await until(lambda: bench.machines.observation("L1") is not None, "a snapshot")
        driver.values["state"] = 11
        stopped = driver.reading("state")
        driver.values["state"] = 6
        driver.tell(stopped, driver.reading("state"))
        shown = bench.store.of
        await until(lambda: len(shown(FactKind.EQUIPMENT_STATE)) >= 3, "the stop")
        states = [one.body["state"] for one in shown(FactKind.EQUIPMENT_STATE)]
        assert states[-3:] == [6, 11, 6]
