"""What operators do at machines that take a while, do not answer, or were stopped by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from edge.domain.equipment import EquipmentUnreachable, Observation
from edge.domain.recording import Request
from edge.domain.sentences import say
from edge.domain.vocabulary import JobState, MachineState
from edge.execution.desk import Asked
from edge.execution.orders import actions
from edge.execution.orders.actions import Actions
from tests.integration.edge.floor_on_store import Site, StillMachine, site

NUMBER = 1010


@dataclass
class SlowMachine(StillMachine):
    """Takes its commands in order, each only after it was looked at `looks` times."""

    looks: int = 3
    deaf: bool = False  # takes no command to complete, as PackML in Stopped
    cut: int = 0  # writes that do not arrive
    waiting: list[tuple[str, Mapping[str, int], int]] = field(default_factory=list)

    async def write(self, work_center: str, values: Mapping[str, int], *, actor: str) -> None:
        if self.cut:
            self.cut -= 1
            raise EquipmentUnreachable(
                say("machine.silent", "{id} does not answer", id=work_center)
            )
        self.waiting.append((work_center, values, self.looks))
        shown = self.shown[work_center]
        self.shown[work_center] = replace(shown, command=values["command"])

    async def force_reading(self, work_center: str) -> Observation:
        if self.waiting:
            center, values, looks = self.waiting.pop(0)
            if looks:
                self.waiting.insert(0, (center, values, looks - 1))
            else:
                await self._taken(center, values)
        return await super().force_reading(work_center)

    async def _taken(self, work_center: str, values: Mapping[str, int]) -> None:
        if not (self.deaf and values == {"command": 2}):
            await super().write(work_center, values, actor="")
        self.shown[work_center] = replace(self.shown[work_center], command=0)


def slow(here: Site, **options: object) -> SlowMachine:
    """Put a slow machine in the place of the still one."""
    machine = SlowMachine(shown=here.machine.shown, **options)  # type: ignore[arg-type]
    here.machine = here.floor.equipment = machine
    return machine


def asked(key: str) -> Asked:
    return Asked(actor="ann", request=Request(key=key, fingerprint=key))


async def test_a_job_is_not_ended_while_its_machine_is_taking_it_over(tmp_path: Path) -> None:
    async with site(tmp_path, automatic=True) as here:
        machine, act = slow(here), Actions(here.floor)
        await act.change_job("WO1.10", "start", asked("k1"))
        assert machine.shown["L1"].order == 0
        await act.change_job("WO1.10", "complete", asked("k2"))
        shown = machine.shown["L1"]
        assert (shown.order, shown.state) == (NUMBER, MachineState.COMPLETE)
        assert here.floor.job("WO1.10").state == JobState.ENDED


async def test_a_machine_that_missed_a_start_is_told_when_the_request_is_repeated(
    tmp_path: Path,
) -> None:
    async with site(tmp_path, automatic=True) as here:
        machine, act = slow(here, looks=0, cut=1), Actions(here.floor)
        with pytest.raises(EquipmentUnreachable):
            await act.change_job("WO1.10", "start", asked("k1"))
        assert here.floor.job("WO1.10").state == JobState.RUNNING
        again = await act.change_job("WO1.10", "start", asked("k1"))
        assert again.version == 2
        await machine.force_reading("L1")
        assert machine.shown["L1"].order == NUMBER


async def test_a_machine_that_a_person_has_stopped_can_be_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "SECONDS_TO_STOP", 0.5)
    async with site(tmp_path, automatic=True) as here:
        machine, act = slow(here, looks=0, deaf=True), Actions(here.floor)
        await act.change_job("WO1.10", "start", asked("k1"))
        await machine.force_reading("L1")
        machine.show("L1", MachineState.EXECUTE, NUMBER)
        with pytest.raises(EquipmentUnreachable):
            await act.change_job("WO1.10", "complete", asked("k2"))
        machine.show("L1", MachineState.STOPPED, NUMBER)
        await act.change_job("WO1.10", "complete", asked("k3"))
        assert here.floor.job("WO1.10").state == JobState.ENDED
