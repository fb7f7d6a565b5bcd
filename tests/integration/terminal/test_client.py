"""The client's errors are named by what the terminal does about them."""

import asyncio

import pytest

from terminal_ui.client import EdgeClient
from terminal_ui.errors import (
    AccessDenied,
    AnswerInvalid,
    EdgeBusy,
    EdgeUnreachable,
    OutOfDate,
    Refused,
)
from tests.integration.terminal.edge_server import EdgeServer


async def test_board_and_reasons(client: EdgeClient) -> None:
    assert (await client.board()).name == "Stamping"
    assert [reason.code for reason in (await client.reasons()).scrap] == ["burr", "size"]


async def test_the_same_key_is_the_same_action(server: EdgeServer, client: EdgeClient) -> None:
    body = {"actor": "anna", "version": 3}
    path = "/job-orders/WO1001.10/interrupt"
    assert await client.post(path, body, "k1") == await client.post(path, body, "k1") == 1
    with pytest.raises(OutOfDate, match="version 4, not 3"):
        await client.post(path, body, "k2")
    with pytest.raises(Refused, match="used before"):
        await client.post(path, body | {"version": 4}, "k1")


async def test_no_such_work_center(server: EdgeServer) -> None:
    client = EdgeClient(server.url, "L/9 ")
    with pytest.raises(Refused) as caught:
        await client.board()
    assert caught.value.problem.status == 404
    await client.close()


async def test_a_token_is_sent_as_bearer(server: EdgeServer, client: EdgeClient) -> None:
    server.token = "secret"
    with pytest.raises(AccessDenied, match="Set the token"):
        await client.board()
    allowed = EdgeClient(server.url, "L1", "secret")
    assert (await allowed.board()).work_center == "L1"
    await allowed.close()


async def test_busy_says_when_to_come_back(server: EdgeServer, client: EdgeClient) -> None:
    server.busy = 1
    with pytest.raises(EdgeBusy, match="The disk is full") as caught:
        await client.post("/job-orders/WO1001.10/interrupt", {"version": 3}, "k1")
    assert caught.value.seconds == 0


async def test_an_answer_that_breaks_off_is_unreachable(
    server: EdgeServer, client: EdgeClient
) -> None:
    server.cut = 1
    with pytest.raises(EdgeUnreachable):
        await client.post("/job-orders/WO1001.10/interrupt", {"version": 3}, "k1")


async def test_a_connection_that_is_closed_as_it_is_used_again_is_asked_anew() -> None:
    connections = 0

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The first two connections answer one request; each is closed as another comes."""
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        if connections <= 2:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
            await writer.drain()
            await reader.readuntil(b"\r\n\r\n")
        writer.close()

    edge = await asyncio.start_server(once, "127.0.0.1", 0)
    async with edge:
        client = EdgeClient(f"http://127.0.0.1:{edge.sockets[0].getsockname()[1]}", "L1")
        assert await client.get("/lots") == {}
        assert await client.get("/lots") == {}
        assert connections == 2
        with pytest.raises(EdgeUnreachable):
            await client.get("/lots")
        assert connections == 3
        await client.close()


async def test_nobody_there_is_unreachable(server: EdgeServer, client: EdgeClient) -> None:
    await server.stop()
    with pytest.raises(EdgeUnreachable):
        await client.board()
    with pytest.raises(EdgeUnreachable):
        await anext(client.events(""))


async def test_events_go_on_after_the_last_that_was_seen(
    server: EdgeServer, client: EdgeClient
) -> None:
    for kind in ("production_count", "scrap", "stop_reason"):
        await server.floor.happen(kind)
    events = client.events("1.1")
    seen = [await anext(events), await anext(events)]
    assert [(event.id, event.kind, event.equipment_id) for event in seen] == [
        ("1.2", "scrap", "L1"),
        ("1.3", "stop_reason", "L1"),
    ]
    await events.aclose()


async def test_an_answer_that_is_no_board(server: EdgeServer, client: EdgeClient) -> None:
    server.answer_instead = {"work_center": 7}
    with pytest.raises(AnswerInvalid, match=r"board.work_center: expected str, not 7"):
        await client.board()
