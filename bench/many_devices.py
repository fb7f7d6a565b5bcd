"""What a dead and a slow device cost the others: the 99th percentile of a poll, beside it without.

50 Modbus devices at 10 requests a second, each with its driver in one event loop, as the edge
runs them; one takes requests and never answers, one answers after 0.9 of its time limit. Then
ten units on one serial line, one of them dead. Drivers are made anew after each failure, with the
pauses of the edge's supervisor. The sides take turns, all their polls are counted; on the serial
line after the first 16 s, in which the dead unit is found to be dead.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress

from bench.children import child
from bench.measuring import CLOCK
from bench.ratio import Ratio
from bench.servers.many import DEAD, DEAD_UNIT, SLOW
from plc_drivers.configuration import DeviceConfig, SerialConfig, TagConfig
from plc_drivers.errors import Unreachable
from plc_drivers.registry import LIBRARY_LOGGERS, create

EVERY_S = 0.1
BACKOFF_S = (1.0, 2.0, 4.0)
TIMEOUT_MS = {"tcp": 1000, "rtu": 200}
ROUNDS = {"tcp": (4, 2.5, 2.5), "rtu": (4, 3.0, 12.0)}  # how many; seconds without, with
ONSET_S = {"tcp": 2.0, "rtu": 16.0}
TAGS = tuple(TagConfig(id=f"T{at}", address=f"holding:{at}", type="uint16") for at in range(10))


class Poller:
    """One device: polled on schedule, begun anew after a pause when it is lost."""

    def __init__(self, device: DeviceConfig) -> None:
        self._device = device
        self.latencies: list[float] = []
        self._task: asyncio.Task[None] | None = None

    def start(self, offset: float) -> None:
        self._task = asyncio.create_task(self._run(offset))

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self, offset: float) -> None:
        await asyncio.sleep(offset)
        failures = 0
        while True:
            driver = create(self._device, CLOCK.now)
            try:
                await driver.connect()
                due = CLOCK.monotonic()
                while True:
                    asked = CLOCK.monotonic()
                    await driver.poll()
                    failures = 0
                    self.latencies.append(CLOCK.monotonic() - asked)
                    due = max(due + EVERY_S, CLOCK.monotonic())
                    await asyncio.sleep(due - CLOCK.monotonic())
            except Unreachable:
                failures += 1
            finally:
                await driver.close()
            await asyncio.sleep(BACKOFF_S[min(failures, len(BACKOFF_S)) - 1])


async def during(good: Sequence[Poller], seconds: float) -> list[float]:
    """Latencies of what was polled in a time."""
    for poller in good:
        poller.latencies.clear()
    await asyncio.sleep(seconds)
    return [one for poller in good for one in poller.latencies]


@asynccontextmanager
async def running(pollers: Sequence[Poller]) -> AsyncIterator[None]:
    """Polled while the block lasts, one after the other within their interval."""
    for index, poller in enumerate(pollers):
        poller.start(EVERY_S * index / len(pollers))
    try:
        yield
    finally:
        for poller in pollers:
            await poller.stop()


async def compare(kind: str, good: Sequence[DeviceConfig], bad: Sequence[DeviceConfig]) -> Ratio:
    """The good ones with the bad ones beside them, and alone."""
    rounds, alone_s, together_s = ROUNDS[kind]
    alone: list[float] = []
    together: list[float] = []
    pollers, others = [[Poller(one) for one in devices] for devices in (good, bad)]
    async with running(pollers):
        async with running(others):
            await during(pollers, ONSET_S[kind])
        for _ in range(rounds):
            alone += await during(pollers, alone_s)
            async with running(others):
                together += await during(pollers, together_s)
    names = {
        "tcp": f"{len(good)} Modbus devices, a dead and a slow one beside: p99 of a poll",
        "rtu": f"{len(good)} units of a serial line, a dead one beside: p99 of a poll",
    }
    return Ratio(
        name=names[kind],
        ours=p99(together) * 1e3,
        bare=p99(alone) * 1e3,
        unit="ms",
        target=1.2,
        at_most=True,
    )


def p99(latencies: Sequence[float]) -> float:
    """The 99th percentile."""
    return sorted(latencies)[int(len(latencies) * 0.99)]


def device(url: str, kind: str, unit: int = 1) -> DeviceConfig:
    serial = SerialConfig(parity="none") if kind == "rtu" else None
    return DeviceConfig(
        id=f"{url}/{unit}", driver="modbus", url=url, unit=unit, timeout_ms=TIMEOUT_MS[kind],
        tags=TAGS, serial=serial,
    )  # fmt: skip


def run() -> Iterable[Ratio]:
    for name in LIBRARY_LOGGERS:  # as the edge does: it tells of silence itself
        logging.getLogger(name).setLevel(logging.CRITICAL)
    slow_s = 0.9 * TIMEOUT_MS["tcp"] / 1000
    with child("many", "tcp", str(slow_s)) as server:
        at = {n: device(f"modbus.tcp://127.0.0.{n}:{server.port}", "tcp") for n in range(1, 51)}
        bad = [at.pop(DEAD), at.pop(SLOW)]
        yield asyncio.run(compare("tcp", list(at.values()), bad))
    with child("many", "rtu") as server:
        url = f"modbus.rtu:///dev/pts/{server.port}"
        units = {n: device(url, "rtu", n) for n in range(1, 11)}
        dead = [units.pop(DEAD_UNIT)]
        yield asyncio.run(compare("rtu", list(units.values()), dead))
