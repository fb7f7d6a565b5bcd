"""A machine with tags for it is told the instruction of each hour, and again until it has it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from edge.domain.equipment import EquipmentUnreachable, Observation
from edge.domain.facts import decode
from edge.domain.sentences import say
from edge.domain.vocabulary import MachineState
from edge.execution.plans.setpoints import HOUR_ROLES, ORDER, RATE, TARGET, HourSetpoints
from plc_drivers.configuration import DeviceConfig, TagConfig
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, StillMachine
from tests.integration.edge.replanned import HOUR
from tests.integration.edge.test_plan_versions import Planner, planner
from tests.unit.collection.fake_driver import COUNTED, Bench, FakeDriver, center, until


@dataclass
class Stubborn:
    """A machine that takes nothing while it `refuses`."""

    machine: StillMachine
    refuses: bool = False
    asked: int = 0

    def observation(self, work_center: str) -> Observation | None:
        return self.machine.observation(work_center)

    async def force_reading(self, work_center: str) -> Observation:
        return await self.machine.force_reading(work_center)

    async def write(self, work_center: str, values: Mapping[str, int], *, actor: str) -> None:
        self.asked += 1
        if self.refuses:
            raise EquipmentUnreachable(
                say("machine.silent", "{id} does not answer", id=work_center)
            )
        await self.machine.write(work_center, values, actor=actor)

    async def reclassify(self, work_center: str) -> None:
        pass


def with_tags(here: Site, *roles: str) -> tuple[HourSetpoints, Stubborn]:
    """L1 takes these setpoints."""
    machine = Stubborn(here.machine)
    here.floor.equipment = machine
    centers = dict(here.floor.work_centers)
    centers["L1"] = replace(centers["L1"], hour_setpoints=frozenset(roles))
    here.floor.work_centers = centers
    return here.rooms.setpoints, machine


def planned(it: Planner, hour: int) -> int:
    rows = it.here.store.reader.instructions("L1", hour, hour + 1)
    return next(one.quantity for one in rows if one.quantity)


async def test_the_instruction_of_the_hour_is_written_once_and_with_the_next_hour(
    tmp_path: Path,
) -> None:
    async with planner(tmp_path, ask_above_s=10**6) as it:
        await it.replanner.replan(documents=True)
        setpoints, _ = with_tags(it.here, *HOUR_ROLES)
        for _ in range(3):
            await setpoints.tend("L1")
        written = it.here.machine.written
        number = it.here.floor.job("WO0.10").number
        assert written == [("L1", {ORDER: number, TARGET: planned(it, SIX), RATE: 1_440})]
        assert (await it.got("/work-centers/L1/board"))["setpoints"]["written"] is True
        it.here.clock.plant = SIX + HOUR + MINUTE
        await it.replanner.replan(documents=False)
        await setpoints.tend("L1")
        assert written[-1][1][TARGET] == planned(it, SIX + HOUR)
        assert len(written) == 2


async def test_without_tags_nothing_is_written_and_with_one_only_that(tmp_path: Path) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        assert (await it.got("/work-centers/L1/board"))["setpoints"] is None
        setpoints, machine = with_tags(it.here, TARGET)
        assert setpoints._taking() == ["L1"]
        await setpoints.tend("L1")
        assert [*it.here.machine.written[0][1]] == [TARGET]
        assert machine.asked == 1


async def test_a_machine_that_refuses_gets_it_later_and_the_board_says_so(tmp_path: Path) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        setpoints, machine = with_tags(it.here, *HOUR_ROLES)
        machine.refuses = True
        for _ in range(5):
            await setpoints.tend("L1")
        assert machine.asked == 1  # not again before it is time
        board = await it.got("/work-centers/L1/board")
        assert board["setpoints"]["written"] is False
        assert board["setpoints"]["why"]["code"] == "machine.silent"
        [alarm] = board["alarms"]
        assert alarm["code"] == "setpoints"
        assert "does not answer" in alarm["detail"]
        for seconds, asked in ((2, 2), (2, 2), (2, 3)):
            it.here.clock.advance(seconds)
            await setpoints.tend("L1")
            assert machine.asked == asked
        machine.refuses = False
        it.here.clock.advance(300)
        await setpoints.tend("L1")
        board = await it.got("/work-centers/L1/board")
        assert (board["setpoints"]["written"], board["alarms"]) == (True, [])


async def test_a_machine_that_was_away_is_told_again_at_once(tmp_path: Path) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        setpoints, machine = with_tags(it.here, *HOUR_ROLES)
        await setpoints.tend("L1")
        it.here.machine.away = True
        await setpoints.tend("L1")
        assert machine.asked == 1
        it.here.machine.away = False
        it.here.machine.show("L1", MachineState.IDLE)
        await setpoints.tend("L1")
        first, second = it.here.machine.written
        assert first == second
        # An edge that was started anew writes again what the machine does not show.
        anew = HourSetpoints(it.here.floor)
        await anew.tend("L1")
        assert machine.asked == 3


async def test_a_machine_that_does_not_keep_what_is_written_has_not_been_told(
    tmp_path: Path,
) -> None:
    """By way of the real writing, with its audit and its reading back."""
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        setpoints, _ = with_tags(it.here, TARGET)
        driver = FakeDriver({**COUNTED, "hour_target": 0}, clock=it.here.clock, deaf=True)
        tags = (
            *(TagConfig(id=id_, address="holding:0", type="uint32") for id_ in COUNTED),
            TagConfig(id="hour_target", address="holding:9", type="uint16", write=True),
        )
        told = replace(center(), tags={TARGET: "hour_target"}, writable=frozenset({TARGET}))
        config = DeviceConfig(id="d", driver="modbus", url="", tags=tags, poll_ms=50)
        bench = Bench(driver, config, told, store=it.here.store, evidence=it.here.store.reader)
        async with bench:
            await until(lambda: bench.machines.observation("L1") is not None, "a snapshot")
            it.here.floor.equipment = bench.machines
            await setpoints.tend("L1")
            found = setpoints.of("L1")
            assert found is not None
            assert found["why"]["code"] == "machine.setpoints"
            driver.deaf = False
            it.here.clock.advance(2)
            await setpoints.tend("L1")
            found = setpoints.of("L1")
            assert found is not None
            assert (found["written"], driver.values["hour_target"]) == (True, planned(it, SIX))
        facts = [decode(one.data) for one in it.here.store.reader.facts_after(0, 500)]
        writes = [one for one in facts if one.body.get("action") == "device_write"]
        assert [one.actor for one in writes] == ["plan", "plan"]
        assert [one.body["detail"]["confirmed"] for one in writes] == [False, True]
