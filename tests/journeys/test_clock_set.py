"""A real edge while its computer's clock is set back and forth by an hour (by libfaketime)."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from edge.domain.clock import MICROS, SystemClock
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.integration.collection.devices import ModbusDevice
from tests.integration.storage.in_order import holds_its_order
from tests.journeys.processes import Api, api, taktline, until
from tests.journeys.test_edge_process import counted_in, plant
from tests.needs import faketime
from tests.ports import free_port

HOUR_S, NEAR_S, EXECUTE, ABORTED = 3600, 600, 6, 9
JUMPS = (-HOUR_S, 0, HOUR_S, 0, HOUR_S, -HOUR_S)  # offsets from the true time, one after the other
pytestmark = [
    pytest.mark.needs("libfaketime"),
    pytest.mark.xdist_group("edge_process"),
    pytest.mark.longer,
]


@dataclass
class SetClock:
    """The clock of the edge's computer, and one machine that goes on whatever it shows."""

    folder: Path
    machine: ModbusDevice = field(default_factory=ModbusDevice)
    made: int = 0
    offset_s: int = 0

    def env(self) -> dict[str, str]:
        """Only the time of day is another; what measures durations goes on, as on a real one."""
        return {
            "LD_PRELOAD": str(faketime()),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "offset"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def set(self, offset_s: int) -> None:
        """At once, as a person or a time server does."""
        draft = self.folder / "offset.new"
        draft.write_text(f"{offset_s:+d}\n")
        draft.replace(self.folder / "offset")
        self.offset_s = offset_s

    async def make(self, pieces: int, state: int) -> None:
        self.made += pieces
        await self.machine.show(good=self.made, state=state)

    async def seen(self, edge: Api) -> bool:
        """Whether the edge reads its machine at the time that the clock shows."""
        [device] = (await edge.status())["devices"]
        shown = time.time() + self.offset_s
        return device["read_at"] is not None and abs(device["read_at"] / MICROS - shown) < NEAR_S

    def sees(self, edge: Api) -> Callable[[], Awaitable[bool]]:
        return lambda: self.seen(edge)

    def counts(self, edge: Api) -> Callable[[], Awaitable[bool]]:
        return lambda: counted_in(edge, self.made)


async def quarantines(edge: Api) -> list[dict[str, Any]]:
    return list((await edge.get("/quarantines", open="true"))["items"])


async def test_a_clock_that_is_set_back_and_forth_keeps_order_and_pieces(tmp_path: Path) -> None:
    """A stop begins before each jump and ends after. What is made while the edge is dead, and its
    clock is behind what it has recorded, waits for a person: for how long it was dead nobody knows.
    """
    here, port = SetClock(tmp_path), free_port()
    command = ("edge", "--config", str(plant(tmp_path, here.machine, port)))
    await here.machine.start()
    here.set(0)
    with taktline(tmp_path / "log", *command, env=here.env()) as process:
        async with api(port) as edge:
            await until(here.sees(edge))
            for offset in JUMPS:
                await here.make(5, ABORTED)
                await until(here.counts(edge))
                here.set(offset)
                await until(here.sees(edge))
                await here.make(3, EXECUTE)
                await until(here.counts(edge))
        process.kill()
    running = here.made
    await here.make(4, EXECUTE)
    here.set(0)
    with taktline(tmp_path / "log", *command, env=here.env()) as process:
        async with api(port) as edge:
            [held] = await until(lambda: quarantines(edge))
            assert (held["reason"], held["raw_from"], held["raw_to"]) == (
                "jump",
                running,
                here.made,
            )
            answer = await edge.client.post(
                f"/api/v1/quarantines/{held['id']}/release",
                json={"actor": "anna", "note": "seen", "quantity": here.made - running},
                headers={"Idempotency-Key": "release"},
            )
            assert answer.status_code == 201, answer.text
            await until(here.counts(edge))
            assert (await edge.client.get("/api/v1/work-centers/L1/board")).is_success
        assert process.end() == 0
    await here.machine.stop()
    assert verify(tmp_path / "edge.sqlite").whole
    with Store.open(tmp_path / "edge.sqlite", "e1", SystemClock()) as store:
        assert holds_its_order(store) == here.made
    assert "Traceback" not in (tmp_path / "log").read_text()
