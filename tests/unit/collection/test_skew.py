"""A device's clock is compared with ours, alarmed once, and dates nothing."""

from collections.abc import Sequence

import structlog.testing
from hypothesis import given
from hypothesis import strategies as st

from edge.collection.skew import Skew, SkewAlarm
from edge.domain.clock import MICROS
from edge.domain.facts import FactKind, encode
from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.reading import Quality, Reading
from tests.contract.fact_schema import check
from tests.unit.collection.fake_driver import COUNTED, Bench, FakeDriver, until

DAY_S = 86_400


def answered(skew: Skew, offset: float, delays: Sequence[float], begin: float = 0.0) -> None:
    """One answer a second; each time stamp is `offset` off and came so late."""
    for at, delay in enumerate(delays):
        now = begin + at
        edge = round(now * MICROS)
        stamp = edge + round((offset - delay) * MICROS)
        skew.take([Reading("a", at, Quality.GOOD, None, stamp, edge)], now)


@given(
    offset=st.floats(-DAY_S, DAY_S),
    delays=st.lists(st.floats(0.01, 3.0), min_size=20, max_size=120),
)
def test_the_estimate_is_late_by_no_more_than_the_quickest_answers(
    offset: float, delays: list[float]
) -> None:
    skew = Skew()
    answered(skew, offset, delays)
    assert skew.estimate is not None
    late = offset - skew.estimate / MICROS
    quickest = [min(delays[at : at + 10]) for at in range(0, len(delays), 10)]
    assert 0.009 <= late <= max(quickest) + 1e-3


@given(
    before=st.floats(-DAY_S, DAY_S),
    step=st.floats(-DAY_S, DAY_S),
    jitter=st.lists(st.floats(0.0, 0.5), min_size=200, max_size=200),
)
def test_a_step_of_the_clock_is_believed_within_a_minute(
    before: float, step: float, jitter: list[float]
) -> None:
    skew = Skew()
    answered(skew, before, jitter[:100])
    answered(skew, before + step, jitter[100:160], begin=100.0)
    assert skew.estimate is not None
    assert abs(before + step - skew.estimate / MICROS) <= 0.51


@given(wild=st.floats(-1e9, 1e9), at=st.integers(0, 59))
def test_one_wild_time_stamp_moves_nothing(wild: float, at: int) -> None:
    skew = Skew()
    answered(skew, 2.0, [0.1] * at)
    answered(skew, wild, [0.0], begin=float(at))
    answered(skew, 2.0, [0.1] * (60 - at), begin=at + 1.0)
    assert skew.estimate == 1_900_000


def test_a_time_stamp_that_stands_still_says_nothing() -> None:
    skew = Skew()
    for now in range(100):
        skew.take([Reading("a", 1, Quality.GOOD, 5, None, now * MICROS)], float(now))
    assert skew.estimate is None


def test_the_alarm_is_raised_once_and_ends_well_below_its_limit() -> None:
    def told(alarm: SkewAlarm, offset: float) -> str:
        skew = Skew()
        answered(skew, offset, [0.0] * 20)
        return alarm.judge(skew)

    alarm = SkewAlarm(60.0)
    assert told(alarm, 59.0) == ""
    assert told(alarm, -61.0) == "raise"
    alarm.raised = True
    assert [told(alarm, off) for off in (61.0, 55.0, 47.0)] == ["", "", "end"]
    assert told(SkewAlarm(0.0), 1e6) == ""


async def test_a_clock_off_by_a_day_is_alarmed_once_and_dates_nothing() -> None:
    driver = FakeDriver({**COUNTED}, skew=DAY_S * MICROS)
    tags = tuple(TagConfig(id=tag, address="holding:0", type="uint32") for tag in COUNTED)
    config = DeviceConfig(id="d", driver="modbus", url="", tags=tags, poll_ms=10)
    with structlog.testing.capture_logs() as logs:
        async with Bench(driver, config, settings={"skew_alarm_s": 60.0}) as bench:
            await until(lambda: bool(bench.store.of(FactKind.AUDIT)), "the alarm")
            driver.values["good"] = 5
            await until(lambda: bench.store.pieces() == 5, "five pieces")
            polls = len(driver.polls)
            await until(lambda: len(driver.polls) > polls + 60, "more looks at the clock")
            (audit,) = bench.store.of(FactKind.AUDIT)
            check(encode(audit))
            assert audit.body["action"] == "clock_skew"
            assert abs(float(audit.body["detail"]["seconds"]) - DAY_S) < 1
            status = bench.machines.status()[0]
            assert status.clock_skew_s is not None
            assert abs(status.clock_skew_s - DAY_S) < 1
            now = driver.clock.now()
            assert all(abs(fact.occurred_at - now) < 60 * MICROS for fact in bench.store.facts)
            count = bench.store.of(FactKind.PRODUCTION_COUNT)[0].body
            assert abs(count["to"] - now) < 60 * MICROS
    assert [one["event"] for one in logs].count("clock_skew") == 1
