"""3,000 notifications a second from a server that is not Python: none is lost, none waits long."""

from pathlib import Path

import pytest

from edge.domain.clock import SystemClock
from plc_drivers.driver import Subscriber
from plc_drivers.registry import create
from tests.interop.flood import Seen, begun, flood, flooded
from tests.interop.node_opcua import NodeOpcua

pytestmark = [pytest.mark.interop, pytest.mark.asyncio(loop_scope="session")]
RATE, SECONDS, VARIABLES = 3000, 10, 600
LATE_S = 5  # on a machine that does other things besides


async def test_three_thousand_notifications_a_second_for_ten_seconds(folder: Path) -> None:
    server, seen = NodeOpcua(pki=folder / "load", variables=VARIABLES), Seen()
    await server.open()
    driver = create(flooded(server), SystemClock().now)
    assert isinstance(driver, Subscriber)
    try:
        await begun(driver, seen, VARIABLES)
        await flood(server, driver, seen, rate=RATE, seconds=SECONDS)
    finally:
        await driver.close()
        await server.close()
    assert (seen.came, seen.lost, seen.missed) == (RATE * SECONDS, 0, [])
    assert seen.at_once < RATE * LATE_S
    assert seen.late_us < LATE_S * 1_000_000
