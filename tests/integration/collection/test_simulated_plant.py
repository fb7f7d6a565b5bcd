"""The simulated machines at 240 x, the real store, and an edge that restarts: exact per order."""

import asyncio
from collections import Counter as Tally
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from edge.collection.counters import CounterRules
from edge.collection.equipment import Machines
from edge.collection.settings import CounterTag, DeviceSettings, WorkCenterSettings
from edge.domain.calendars import WorkCalendar
from edge.domain.clock import PlantClock, SystemClock, parse_time
from edge.domain.equipment import Observation
from edge.domain.facts import FactKind, decode
from edge.domain.vocabulary import MachineState
from edge.storage.store import Store
from plc_drivers.configuration import DeviceConfig, TagConfig
from simulators.blueprint import MachineSpec, Recipe, Spread, StopKind
from simulators.counter import Counter
from simulators.machine import Machine, Pieces
from simulators.packml import State
from simulators.rig import Rig
from simulators.station import Station
from simulators.tags import tags_of
from tests.integration.collection.plant import until
from tests.unit.collection.memory_store import MemoryJobs, job

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("collection")]
SPEED = 240
SCHEMES = {"modbus": "modbus.tcp", "opcua": "opc.tcp"}
ORDERS = {1001010: 70, 1002010: 90, 1003010: 50}
RECIPE = Recipe(number=1010, name="Stamp", cycle=2_000_000, setup=60_000_000, scrap=90_000)
SETTABLE = ("order_setpoint", "recipe_setpoint", "target_setpoint", "limit_setpoint", "command")


@dataclass
class Truths:
    """What the machine made, by order: the test's referee."""

    run: str = "test"
    sequence: int = 0
    good: Tally[int] = field(default_factory=Tally)
    scrap: Tally[int] = field(default_factory=Tally)

    def tell(self, pieces: Sequence[Pieces]) -> None:
        for one in pieces:
            self.good[one.order] += one.good
            self.scrap[one.order] += one.scrap


def machine_spec(protocol: str) -> MachineSpec:
    return MachineSpec(
        id="L1",
        name="Stamping",
        scheme=SCHEMES[protocol],
        host="127.0.0.1",
        port=0,
        unit=1,
        word_order="CDAB",
        crew=None,
        good=Counter(start=(1 << 16) - 60, bits=16),
        reject=Counter(start=(1 << 16) - 3, bits=16),
        boot=3,
        retentive=True,
        cycle_spread=Spread(low=900_000, high=1_200_000),
        setup_spread=Spread(low=900_000, high=1_200_000),
        recipes={
            1010: Recipe(number=1010, name="r", cycle=2_000_000, setup=60_000_000, scrap=90_000)
        },
        stops=(
            StopKind(
                code=101,
                name="jam",
                state=State.HELD,
                every=90_000_000,
                shortest=10_000_000,
                longest=30_000_000,
            ),
        ),
    )


def settings(spec: MachineSpec, url: str) -> tuple[DeviceSettings, WorkCenterSettings]:
    opcua = spec.protocol == "opcua"
    tags = tuple(
        TagConfig(
            id=tag.id,
            address=f"ns=2;s=L1.{tag.node}" if opcua else f"holding:{tag.register}",
            type=f"uint{tag.bits}",
            order="CDAB" if tag.bits == 32 and not opcua else "ABCD",
            write=tag.write,
        )
        for tag in tags_of(spec)
    )
    config = DeviceConfig(
        id="press1", driver=spec.protocol, url=url, insecure=opcua, tags=tags, poll_ms=50
    )
    rules = CounterRules(max_rate=Fraction(1), modulus=1 << 16)
    center = WorkCenterSettings(
        id="L1",
        device="press1",
        calendar=WorkCalendar("always", "Europe/Berlin", always=True),
        zone=ZoneInfo("Europe/Berlin"),
        counters=(
            CounterTag(tag="good", role="good", rules=rules),
            CounterTag(tag="reject", role="reject", rules=rules),
        ),
        tags={tag.id: tag.id for tag in tags_of(spec) if tag.id not in ("good", "reject")},
        writable=frozenset(SETTABLE),
    )
    return DeviceSettings(config=config), center


@dataclass
class Floor:
    """Gives the machine its orders, one after the other, as a dispatcher would."""

    jobs: MemoryJobs
    done: list[int] = field(default_factory=list)

    def due(self, shown: Observation | None) -> int | None:
        """The order to write now, if any."""
        if shown is None or shown.command:
            return None
        waiting = [number for number in ORDERS if number not in self.done]
        idle = shown.state in (MachineState.IDLE, MachineState.COMPLETE)
        return waiting[0] if idle and waiting and shown.order != waiting[0] else None

    async def run(self, machines: Machines) -> None:
        """Until the machine has completed the last order."""
        while True:
            shown = machines.observation("L1")
            if shown is not None and shown.state == MachineState.COMPLETE and shown.order:
                if shown.order not in self.done:
                    await machines.force_reading("L1")
                    self.done.append(shown.order)
                if len(self.done) == len(ORDERS):
                    return
            if number := self.due(shown):
                self.jobs.on = self.jobs.numbers[number]
                await machines.reclassify("L1")
                await machines.write("L1", setpoints(number), actor="dispatcher")
            await asyncio.sleep(0.02)


def setpoints(number: int) -> Mapping[str, int]:
    values = (number, 1010, ORDERS[number], 0, 1)
    return dict(zip(SETTABLE, values, strict=True))


@pytest_asyncio.fixture(loop_scope="module", params=["modbus", "opcua"])
async def line(
    request: pytest.FixtureRequest,
) -> AsyncIterator[tuple[MachineSpec, Rig, Truths, PlantClock]]:
    spec, truths = machine_spec(request.param), Truths()
    origin = parse_time("2026-06-08T06:00:00+02:00")
    clock = PlantClock(origin, SPEED, SystemClock().monotonic())
    station = Station(Machine(spec, 7, clock.now()), clock, truths)
    face = Rig(station, clock)
    await face.start()
    yield spec, face, truths, clock
    await face.stop()


async def test_exact_per_order_over_wraps_changeovers_and_restarts(
    line: tuple[MachineSpec, Rig, Truths, PlantClock], tmp_path: Path
) -> None:
    spec, face, truths, clock = line
    device, center = settings(spec, face.url)
    jobs = MemoryJobs(numbers={number: job(number) for number in ORDERS})
    floor = Floor(jobs)
    with Store.open(tmp_path / "edge.db", "e1", clock) as store:

        async def begin() -> Machines:
            machines = Machines(
                [device], [center], writer=store, evidence=store.reader, jobs=jobs, clock=clock
            )
            await machines.start()
            await until(lambda: machines.observation("L1") is not None, "a snapshot")
            return machines

        machines = await begin()
        for made in (30, 110):  # pieces after which the edge restarts, in the midst of a run
            work = asyncio.create_task(floor.run(machines))
            await until(lambda made=made: truths.good.total() >= made, f"{made} pieces")  # type: ignore[misc]
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await machines.stop()
            machines = await begin()
        await floor.run(machines)
        await machines.force_reading("L1")
        await machines.stop()
        facts = [decode(one.data) for one in store.reader.facts_after(0, 10_000)]
    counts = [one for one in facts if one.kind == FactKind.PRODUCTION_COUNT]
    assert not [one for one in facts if one.kind == FactKind.QUARANTINE]
    for role, truth in (("good", truths.good), ("scrap", truths.scrap)):
        recorded: Tally[str] = Tally()
        for one in counts:
            if one.body["role"] == role:
                recorded[str(one.job_order_id)] += one.body["quantity"]
        by_job = {jobs.numbers[number].job_order_id: made for number, made in truth.items()}
        assert +recorded == Tally({name: made for name, made in by_job.items() if made})
    assert {number: truths.good[number] for number in ORDERS} == ORDERS
    flags = {flag for one in counts for flag in one.body["flags"]}
    assert {"rollover", "recovered"} <= flags
    assert not flags & {"order_changed", "unassigned", "lower_bound", "ambiguous"}
