"""Writes are off by default, bounded, judged on a fresh reading, read back, and all audited."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.collection.guards import confirmed, typed
from edge.collection.settings import Guard
from edge.domain.equipment import EquipmentUnreachable, WriteRefused
from edge.domain.facts import Fact, FactKind, encode
from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.data_types import exact_decimal
from plc_drivers.errors import Refused, Unreachable
from plc_drivers.reading import Reading, Value
from tests.contract.fact_schema import check
from tests.unit.collection.fake_driver import COUNTED, Bench, FakeDriver, center, until

SPEED = TagConfig(id="speed", address="holding:1", type="float32", write=True)


def tag(id_: str, **more: object) -> TagConfig:
    known: dict[str, object] = {"id": id_, "address": "holding:0", "type": "uint16", **more}
    return TagConfig(**known)  # type: ignore[arg-type]


TAGS = (
    *(tag(id_, type="uint32") for id_ in ("good", "order")),
    tag("state"),
    tag("mode"),
    tag("recipe", write=True, write_min=Decimal(1), write_max=Decimal(99)),
    tag("speed", type="float32", write=True),
    tag("name", type="string", length=8, write=True),
    tag("lamp", type="bool", write=True),
    tag("ack", role="mailbox_acknowledge", write=True),
)
CONFIG = DeviceConfig(id="d", driver="modbus", url="", tags=TAGS, poll_ms=3_600_000 // 360)
GUARDS = {"recipe": Guard(states=frozenset({6, 16}), modes=frozenset({3}))}


def bench(driver: FakeDriver | None = None) -> Bench:
    shown = driver or FakeDriver({**COUNTED, "state": 4, "mode": 1, "recipe": 1})
    roles = center(roles=("state", "mode", "order", "recipe"))
    return Bench(shown, CONFIG, roles, settings={"guards": GUARDS})


async def ready(one: Bench) -> None:
    await until(lambda: one.machines.observation("L1") is not None, "a snapshot")


def audits(one: Bench, action: str) -> list[Fact]:
    for fact in one.store.facts:
        check(encode(fact))
    return [fact for fact in one.store.of(FactKind.AUDIT) if fact.body["action"] == action]


@pytest.mark.parametrize(
    ("id_", "value", "kept"),
    [
        ("recipe", 12, 12),
        ("recipe", "12", 12),
        ("speed", "2.5", Decimal("2.5")),
        ("speed", Decimal("0.1"), Decimal("0.1")),
        ("name", "12", "12"),
        ("lamp", True, True),
    ],
)
async def test_a_value_is_written_as_its_type_has_it_and_audited(
    id_: str, value: Value, kept: Value
) -> None:
    async with bench() as one:
        await ready(one)
        written = await one.machines.write_tag("d", id_, value, "ann")
        assert one.driver.writes == [(id_, kept)]
        assert type(one.driver.writes[0][1]) is type(kept)
        (fact,) = audits(one, "device_write")
        plain = str(kept) if isinstance(kept, Decimal) else kept
        said = {"tag": id_, "value": plain, "read_back": plain, "confirmed": True}
        assert (fact.body["detail"], fact.actor, fact.equipment_id) == (said, "ann", "L1")
        assert (written.seq, written.confirmed) == (fact.seq, True)


@pytest.mark.parametrize(
    ("id_", "value", "why"),
    [
        ("good", 1, "is not a tag with write = true"),
        ("recipe", 100, "100 is above write_max = 99"),
        ("recipe", 0, "0 is below write_min = 1"),
        ("recipe", "x", "'x' is not a value of type uint16"),
        ("recipe", True, "True is not a value of type uint16"),
        ("lamp", 1, "1 is not a value of type bool"),
        (
            "ack",
            1,
            "is written by the edge alone: it tells the machine that its message is recorded",
        ),
    ],
)
async def test_what_may_not_be_written_is_not_sent_and_audited(
    id_: str, value: Value, why: str
) -> None:
    async with bench() as one:
        await ready(one)
        with pytest.raises(WriteRefused) as refused:
            await one.machines.write_tag("d", id_, value, "ann")
        assert refused.value.reasons == {id_: why}
        assert one.driver.writes == []
        (fact,) = audits(one, "device_write_refused")
        assert fact.body["detail"] == {"tag": id_, "value": value, "why": why}
        assert fact.actor == "ann"


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ({"state": 6}, "is not written in state 6"),
        ({"state": 16}, "is not written in state 16"),
        ({"mode": 3}, "is not written in mode 3"),
        ({"state": "?"}, "is not written while the state of the machine is not known"),
    ],
)
async def test_the_state_and_mode_are_those_of_a_reading_in_the_same_turn(
    shown: Mapping[str, Value], why: str
) -> None:
    """The last snapshot still shows a machine that may be written to."""
    async with bench() as one:
        await ready(one)
        one.driver.values |= shown
        with pytest.raises(WriteRefused, match=why):
            await one.machines.write_tag("d", "recipe", 7, "ann")
        assert one.driver.writes == []
        await one.machines.write_tag("d", "speed", "1.5", "ann")
        one.driver.values |= {"state": 4, "mode": 1}
        await one.machines.write_tag("d", "recipe", 7, "ann")
        assert one.driver.writes == [("speed", Decimal("1.5")), ("recipe", 7)]


@dataclass
class Stubborn(FakeDriver):
    """Takes `fault` as its way to answer a write: keeps the old value, refuses, or goes away."""

    fault: str = ""

    async def write(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        if self.fault == "gone":
            raise Unreachable("fake", "no answer")
        if self.fault == "refuses":
            raise Refused(dict.fromkeys(values, "read only"))
        return {tag: self.values.get(tag) for tag in values}

    async def poll(self, tags: Collection[str] | None = None) -> tuple[Reading, ...]:
        return await super().poll(tags)


async def test_a_value_that_does_not_read_back_is_said_to_be_unconfirmed() -> None:
    async with bench(Stubborn({**COUNTED, "state": 4, "mode": 1, "recipe": 1})) as one:
        await ready(one)
        written = await one.machines.write_tag("d", "recipe", 7, "ann")
        assert (written.read_back, written.confirmed) == (1, False)
        assert audits(one, "device_write")[0].body["detail"]["confirmed"] is False


async def test_what_the_device_refuses_and_what_it_does_not_answer_is_audited() -> None:
    driver = Stubborn({**COUNTED, "state": 4, "mode": 1, "recipe": 1}, fault="refuses")
    async with bench(driver) as one:
        await ready(one)
        with pytest.raises(WriteRefused, match="read only"):
            await one.machines.write_tag("d", "recipe", 7, "ann")
        driver.fault = "gone"
        with pytest.raises(EquipmentUnreachable, match="no answer"):
            await one.machines.write_tag("d", "recipe", 8, "ann")
        assert audits(one, "device_write_refused")[0].body["detail"]["why"] == "read only"
        said = {"tag": "recipe", "value": 8, "read_back": None, "confirmed": None}
        assert [fact.body["detail"] for fact in audits(one, "device_write")] == [said]


async def test_a_role_that_is_not_writable_is_refused_and_audited() -> None:
    async with bench() as one:
        await ready(one)
        with pytest.raises(PermissionError):
            await one.machines.write("L1", {"recipe": 4}, actor="dispatcher")
        (fact,) = audits(one, "device_write_refused")
        assert fact.body["detail"]["why"] == "has no write = true in plant.toml"


async def test_a_write_is_audited_though_its_caller_has_gone() -> None:
    async with bench() as one:
        await ready(one)
        asked = asyncio.create_task(one.machines.write_tag("d", "recipe", 7, "ann"))
        await asyncio.sleep(0)
        asked.cancel()
        await until(lambda: bool(audits(one, "device_write")), "the audit")
        assert one.driver.writes == [("recipe", 7)]


@given(st.decimals(-(10**30), 10**30, allow_nan=False, allow_infinity=False, places=9))
def test_a_decimal_is_as_written_if_the_nearest_number_reads_back(value: Decimal) -> None:
    shown = exact_decimal(float(value), 32)
    assert confirmed(SPEED, value, shown) is True
    other = exact_decimal(float(shown) * 1.001 + 1.0, 32)
    assert confirmed(SPEED, value, other) is False
    assert confirmed(SPEED, value, None) is None
    assert typed(SPEED, str(value)) == value


def test_a_bit_may_come_as_text_and_a_text_stays_one() -> None:
    bit = TagConfig(id="b", address="coil:1", type="bool", write=True)
    text = TagConfig(id="s", address="holding:1", type="string", length=8, write=True)
    assert [typed(bit, each) for each in ("true", "false", "1")] == [True, False, "1"]
    assert typed(text, "true") == "true"
