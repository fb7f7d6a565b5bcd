"""Tags are read by group, each group in its own time; what counts is one batch."""

from hypothesis import given
from hypothesis import strategies as st

from edge.collection.schedule import Batch, Reads, Timeline, reads_of
from plc_drivers.configuration import DeviceConfig, GroupConfig, TagConfig
from tests.unit.collection.fake_driver import COUNTED, Bench, FakeDriver, center, until

SLOW = GroupConfig(id="slow", poll_ms=10_000)
TOLD = GroupConfig(id="told", mode="subscribe", poll_ms=200)


def tag(id_: str, group: str = "", **more: str) -> TagConfig:
    return TagConfig(id=id_, address="holding:0", type="uint16", group=group, **more)  # type: ignore[arg-type]


def reads(*tags: TagConfig, counting: tuple[str, ...] = ("good", "state")) -> Reads:
    config = DeviceConfig(
        id="d", driver="modbus", url="", tags=tags, poll_ms=500, groups=(SLOW, TOLD)
    )
    return Reads(config=config, counting=frozenset(counting), verify_s=2.0)


def shape(batches: tuple[Batch, ...]) -> list[tuple[str, set[str], float, bool]]:
    return [(one.id, set(one.tags), one.interval_s, one.counts) for one in batches]


def test_tags_without_a_group_are_one_poll_with_what_counts() -> None:
    found = reads(tag("good"), tag("state"), tag("speed")).batches()
    assert shape(found) == [("#counts", {"good", "state", "speed"}, 0.5, True)]


def test_a_slow_group_is_a_poll_of_its_own() -> None:
    found = reads(tag("good"), tag("energy", "slow"), tag("state")).batches()
    assert shape(found) == [
        ("#counts", {"good", "state"}, 0.5, True),
        ("slow", {"energy"}, 10.0, False),
    ]


def test_what_the_device_tells_of_is_verified_and_what_it_does_not_is_polled() -> None:
    tags = (tag("good", "told"), tag("state", "told"), tag("a", "told"), tag("b", "told"))
    found = reads(*tags).batches(frozenset({"b"}))
    assert shape(found) == [("#counts", {"good", "state"}, 2.0, True), ("told", {"b"}, 0.2, False)]


def test_one_counting_tag_that_is_not_told_has_all_that_counts_polled() -> None:
    found = reads(tag("good", "told"), tag("state", "told"), tag("a", "told")).batches(
        frozenset({"state"})
    )
    assert shape(found) == [("#counts", {"good", "state"}, 0.2, True)]


def test_a_method_is_never_read_and_a_device_that_counts_nothing_is_still_asked() -> None:
    tags = (tag("start", method_of="i=1"), tag("a", "told"), tag("b", "told"))
    found = reads(*tags, counting=()).batches(frozenset())
    assert shape(found) == [("#counts", {"a"}, 0.5, True)]


def test_verifying_leaves_time_to_see_silence() -> None:
    config = DeviceConfig(id="d", driver="modbus", url="")
    assert reads_of(config, [center()], 2.0).verify_s == 2.0
    assert reads_of(config, [center(unknown_after_s=1.0)], 2.0).verify_s == 0.4


@given(
    interval=st.floats(0.01, 10),
    steps=st.lists(st.floats(0.0, 30.0), min_size=1, max_size=40),
)
def test_times_that_passed_are_left_out_and_counted(interval: float, steps: list[float]) -> None:
    """Reads and missed times together are the times that were due, however slow reads are."""
    batch = Batch(id="x", tags=frozenset(), interval_s=interval)
    timeline, now, begun, missed = Timeline(), 0.0, 0, 0
    for slow in steps:
        now += timeline.wait([batch], now) + 1e-9
        assert timeline.due([batch], now) == batch
        begun += 1
        now += slow
        missed += timeline.done(batch, now)
    assert abs((begun + missed) - (now / interval + 1)) <= 2


def test_hurried_reads_keep_their_distance() -> None:
    batch, timeline = Batch(id="x", tags=frozenset(), interval_s=2.0), Timeline()
    assert timeline.due([batch], 10.0) == batch
    timeline.begun(batch, 10.0)
    timeline.done(batch, 10.01)
    timeline.hurry(batch, 0.1)
    assert timeline.due([batch], 10.05) is None
    assert timeline.due([batch], 10.11) == batch


async def test_a_slow_group_costs_the_fast_one_nothing_and_is_kept() -> None:
    driver = FakeDriver({**COUNTED, "energy": 7})
    config = DeviceConfig(
        id="d",
        driver="modbus",
        url="",
        poll_ms=10,
        groups=(SLOW,),
        tags=(tag("good"), tag("state"), tag("order"), tag("energy", "slow")),
    )
    async with Bench(driver, config) as bench:
        await until(lambda: len(driver.polls) > 20, "twenty polls")
        counted = frozenset({"good", "state", "order"})
        assert driver.polls.count(frozenset({"energy"})) == 1
        assert set(driver.polls) == {counted, frozenset({"energy"})}
        driver.values["good"] = 5
        await until(lambda: bench.store.pieces() == 5, "five pieces")
        readings = bench.machines.readings("d")
        assert (readings["energy"].value, readings["good"].value) == (7, 5)
        assert readings["energy"].edge_time < readings["good"].edge_time
        assert bench.machines.rates("d").get("energy") is None
        shown = await bench.machines.force_reading("L1")
        assert shown.raws == {"good": 5}
