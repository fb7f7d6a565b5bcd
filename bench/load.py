"""10,000 OPC UA notifications a second for a minute, from a server that is not Python.

One driver, as many sessions as it asks for by itself; each value is a number, so that a lost one
is seen. What waits is bounded if the most that is ever taken at once stays small. The bare side is
what the server sent, its own CPU, and what it tells in one interval.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bench.foreign import install, opcua_server
from bench.measuring import CLOCK
from bench.processes import Usage
from bench.ratio import Ratio
from plc_drivers.driver import Subscriber
from plc_drivers.registry import LIBRARY_LOGGERS, create
from tests.interop.flood import GROUP, Seen, begun, flood, flooded
from tests.interop.node_opcua import NodeOpcua

VARIABLES, RATE, SECONDS = 1000, 10_000, 60
WAITING_S = 2  # more than this must never wait to be taken


class Outcome(NamedTuple):
    seen: Seen
    told: Mapping[str, int]
    sessions: int
    ours: float
    theirs: float


async def _flooded() -> Outcome:
    async with opcua_server(VARIABLES) as server:
        seen = Seen()
        driver = create(flooded(server), CLOCK.now)
        assert isinstance(driver, Subscriber)
        await begun(driver, seen, VARIABLES)
        sessions = await _sessions(server)
        ours, theirs = Usage.mine().cpu(), await _cpu(server)
        told = await flood(server, driver, seen, rate=RATE, seconds=SECONDS)
        ours, theirs = Usage.mine().cpu() - ours, await _cpu(server) - theirs
        await driver.close()
        return Outcome(seen, told, sessions, ours, theirs)


async def _cpu(server: NodeOpcua) -> float:
    return float((await server.ask("cpu"))["cpu"])


async def _sessions(server: NodeOpcua) -> int:
    return int((await server.ask("sessions"))["sessions"])


def run() -> Iterable[Ratio]:
    install()
    for name in LIBRARY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    seen, told, sessions, ours, theirs = asyncio.run(_flooded())
    over = f"{RATE:,}/s for {SECONDS} s, sessions: {sessions}"
    if seen.missed:
        print(f"told as missed: {seen.missed}")
    yield Ratio(
        name=f"OPC UA, {over}: received beside sent",
        ours=seen.came,
        bare=told["changes"],
        unit="",
        target=1.0,
    )
    yield Ratio(
        name="the same, CPU of a second beside the server's",
        ours=ours / SECONDS * 1e3,
        bare=theirs / SECONDS * 1e3,
        unit="ms",
    )
    yield Ratio(
        name="the same, most taken at once beside one interval",
        ours=seen.at_once,
        bare=RATE * GROUP.publishing_ms / 1000,
        unit="",
        limit=RATE * WAITING_S,
    )
    yield Ratio(
        name="the same, longest way from change to reading beside one interval",
        ours=seen.late_us / 1000,
        bare=GROUP.publishing_ms,
        unit="ms",
    )
