"""Machines go on with other settings: as one whole, and what is told the same untouched."""

from dataclasses import replace
from typing import Any

import pytest

from edge.collection.settings import DeviceSettings
from edge.domain.facts import FactDraft, FactKind
from edge.domain.recording import Recording, StoreUnavailable
from plc_drivers.configuration import DeviceConfig
from tests.integration.collection.devices import ModbusDevice, OpcUaDevice
from tests.integration.collection.plant import Plant, until, work_center


async def begun(plant: Plant, *names: str) -> None:
    await plant.begin()
    for name in names:
        await until(lambda name=name: plant.machines.observation(name) is not None, name)  # type: ignore[misc]


async def apply(plant: Plant, *configs: DeviceConfig, **centers: str) -> None:
    """Go on with these devices, and with work centers by device."""

    async def commit(drafts: tuple[FactDraft, ...]) -> None:
        await plant.store.record(Recording(drafts=drafts))

    devices = [DeviceSettings(config=one, backoff_first_s=0.1) for one in configs]
    settings = [work_center(id_, device, 0.8) for id_, device in centers.items()]
    await plant.machines.apply(devices, settings, commit)


async def test_nothing_has_changed_if_the_store_refuses() -> None:
    server = ModbusDevice()
    await server.start()
    async with Plant([server.config("a")]) as plant:
        await begun(plant, "L1")
        before = dict(plant.machines.supervisors), dict(plant.machines.collectors)
        plant.store.down = True
        with pytest.raises(StoreUnavailable):
            await apply(plant, replace(server.config("a"), poll_ms=20), L2="a")
        plant.store.down = False
        assert (dict(plant.machines.supervisors), dict(plant.machines.collectors)) == before
        await server.show(good=7)
        await until(lambda: plant.store.pieces() == 7, "the old one goes on")
    await server.stop()


async def test_a_work_center_that_goes_away_is_off_and_what_it_made_meanwhile_is_recovered() -> (
    None
):
    server = ModbusDevice()
    await server.start()
    async with Plant([server.config("a")]) as plant:
        await begun(plant, "L1")
        await server.show(good=5)
        await apply(plant, server.config("a"))
        assert plant.store.pieces() == 5  # read once more before it is closed
        last = plant.store.of(FactKind.EQUIPMENT_STATE)[-1].body
        assert (last["time_class"], last["reason"], last["state"]) == ("OFF", "removed", None)
        await server.show(good=12)
        await apply(plant, server.config("a"), L1="a")
        await until(lambda: plant.store.pieces() == 12, "what it made meanwhile")
        counts: list[Any] = [one.body for one in plant.store.of(FactKind.PRODUCTION_COUNT)]
        assert "recovered" in counts[-1]["flags"]
        gap = plant.store.of(FactKind.DATA_GAP)[-1].body
        assert gap["reason"] == "not_configured"
    await server.stop()


@pytest.mark.parametrize("make", [ModbusDevice, OpcUaDevice])
async def test_what_was_made_is_counted_before_a_connection_is_closed(
    make: type[ModbusDevice | OpcUaDevice],
) -> None:
    server = make()
    await server.start()
    rarely = replace(server.config("a"), poll_ms=10_000)
    async with Plant([rarely], unknown_after_s=30.0) as plant:
        await begun(plant, "L1")
        await server.show(good=5, reject=2)
        await apply(plant, replace(rarely, poll_ms=20), L1="a")
        assert (plant.store.pieces(), plant.store.pieces("scrap")) == (5, 2)
        await server.show(good=8)
        await until(lambda: plant.store.pieces() == 8, "the new connection counts")
        assert plant.machines.health["a"].connects == 2
    await server.stop()


async def test_a_device_that_does_not_answer_keeps_its_pieces_over_the_change() -> None:
    server, still = ModbusDevice(), ModbusDevice()
    await server.start()
    await still.start()
    async with Plant([server.config("a"), still.config("b")]) as plant:
        await begun(plant, "L1", "L2")
        untouched = plant.machines.supervisors["b"], plant.machines.collectors["L2"]
        await server.show(good=3)
        await until(lambda: plant.store.pieces() == 3, "three")
        await server.stop()
        server.values["good"] = 9
        changed = replace(server.config("a"), poll_ms=20)
        same = plant.machines.supervisors["b"].settings.config

        async def commit(drafts: tuple[FactDraft, ...]) -> None:
            assert not drafts

        devices = [
            DeviceSettings(config=changed, backoff_first_s=0.1),
            plant.machines.supervisors["b"].settings,
        ]
        assert devices[1].config == same
        centers = [one.settings for one in plant.machines.collectors.values()]
        await plant.machines.apply(devices, centers, commit)
        now = plant.machines.supervisors["b"], plant.machines.collectors["L2"]
        assert now == untouched
        await server.start()
        await until(lambda: plant.store.pieces() == 9, "what it made meanwhile")
    await server.stop()
    await still.stop()
