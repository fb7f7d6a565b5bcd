"""A running edge server for each test, and the app of its terminal."""

from collections.abc import AsyncIterator

import pytest

from edge.domain.clock import SystemClock
from terminal_ui.app import TerminalApp
from terminal_ui.client import EdgeClient
from tests.integration.terminal.edge_server import EdgeServer
from tests.integration.terminal.floor import Floor


@pytest.fixture
async def server() -> AsyncIterator[EdgeServer]:
    server = EdgeServer(Floor())
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def client(server: EdgeServer) -> AsyncIterator[EdgeClient]:
    client = EdgeClient(server.url, "L1")
    yield client
    await client.close()


@pytest.fixture
def app(server: EdgeServer) -> TerminalApp:
    return TerminalApp(EdgeClient(server.url, "L1"), SystemClock(), "en", "anna", poll_s=0.05)
