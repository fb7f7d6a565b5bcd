"""Silence is noticed whatever goes wrong while it is recorded."""

from dataclasses import dataclass

from edge.domain.facts import FactKind
from edge.domain.recording import Recorded, Recording
from tests.integration.collection.devices import ModbusDevice
from tests.integration.collection.plant import Plant, until
from tests.unit.collection.memory_store import MemoryStore


@dataclass
class FaultyStore(MemoryStore):
    """Fails `faults` times as no store should: a defect of ours."""

    faults: int = 2

    async def record(self, recording: Recording) -> Recorded:
        if self.faults:
            self.faults -= 1
            raise KeyError("a defect")
        return await super().record(recording)


async def test_a_defect_while_silence_is_recorded_is_not_the_end_of_noticing_it() -> None:
    store = FaultyStore()
    config = ModbusDevice().config("m1")  # nobody listens there
    async with Plant([config], store=store, unknown_after_s=0.3) as plant:
        await plant.begin()
        await until(lambda: bool(store.facts), "the state became unknown")
        assert store.facts[0].kind == FactKind.EQUIPMENT_STATE
        assert store.facts[0].body["state"] is None
