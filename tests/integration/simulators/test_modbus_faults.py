"""Each fault of the Modbus faces, as a bare client and as bare sockets see it."""

import asyncio
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.exceptions import ModbusIOException
from pymodbus.framer import FramerType

from tests.integration.simulators.processes import Child

Plant = tuple[Child, dict[str, Any]]
UNIT = 3
ASK = bytes([0, 9, 0, 0, 0, 6, UNIT, 3, 0, 0, 0, 2])

pytestmark = pytest.mark.xdist_group("simulated_plant")


@pytest.fixture
def child(plant: Plant) -> Iterator[Child]:
    yield plant[0]
    plant[0].ask("clear")


@pytest.fixture
def line(plant: Plant) -> Iterator[socket.socket]:
    """A connection to MB, without any library."""
    with socket.create_connection(("127.0.0.1", plant[1]["MB"]["port"]), timeout=0.4) as made:
        yield made


def answer(line: socket.socket, ask: bytes = ASK) -> bytes:
    line.sendall(ask)
    return line.recv(300)


def test_silent_takes_and_does_not_answer(child: Child, line: socket.socket) -> None:
    assert len(answer(line)) == 13
    assert child.ask("fault MB silent") == {"begun": "silent", "machine": "MB"}
    with pytest.raises(TimeoutError):
        answer(line)
    assert child.ask("clear MB silent") == {"cleared": [{"machine": "MB", "kind": "silent"}]}
    assert answer(line)[:2] == ASK[:2], "what was asked meanwhile is answered too"


def test_dropped_loses_a_share(child: Child, line: socket.socket) -> None:
    child.ask("fault MB dropped")
    with pytest.raises(TimeoutError):
        answer(line)
    child.ask("fault MB dropped share=0")
    assert len(answer(line)) == 13


def test_closed_ends_connections_and_refuses_new_ones(child: Child, line: socket.socket) -> None:
    child.ask("fault MB closed for=1.5")
    assert line.recv(1) == b""
    with socket.create_connection(line.getpeername(), timeout=2) as again:
        assert again.recv(1) == b""
    deadline = time.monotonic() + 10
    while child.ask("faults")["faults"]["MB"]:
        assert time.monotonic() < deadline
    with socket.create_connection(line.getpeername(), timeout=2) as again:
        assert len(answer(again)) == 13


def test_slow_and_late_keep_the_order_of_answers(child: Child, line: socket.socket) -> None:
    child.ask("fault MB slow delay_ms=150")
    before = time.monotonic()
    answer(line)
    assert time.monotonic() - before >= 0.15
    child.ask("clear MB")
    child.ask("fault MB late delay_ms=600")
    with pytest.raises(TimeoutError):
        answer(line)
    child.ask("clear MB")
    line.settimeout(3)
    line.sendall(bytes([0, 10]) + ASK[2:])
    seen = b""
    while len(seen) < 26:
        seen += line.recv(300)
    assert (seen[1], seen[14]) == (9, 10), "the late answer first, then that of the next question"


@pytest.mark.parametrize(
    ("fault", "at", "value"),
    [
        ("wrong_unit unit=7", 6, 7),
        ("wrong_transaction offset=2", 1, 11),
        ("exception code=6", 7, 0x83),
        ("exception code=11", 8, 11),
    ],
)
def test_answers_are_altered(
    child: Child, line: socket.socket, fault: str, at: int, value: int
) -> None:
    child.ask(f"fault MB {fault}")
    assert answer(line)[at] == value


def test_truncated(child: Child, line: socket.socket) -> None:
    child.ask("fault MB truncated bytes=4")
    assert answer(line) == bytes([0, 9, 0, 0])


def test_an_exception_writes_nothing(child: Child, line: socket.socket) -> None:
    child.ask("fault MB exception code=4")
    write = bytes([0, 9, 0, 0, 0, 6, UNIT, 6, 0, 102, 0, 77])
    assert answer(line, write)[7:9] == bytes([0x86, 4])
    child.ask("clear")
    read = bytes([0, 9, 0, 0, 0, 6, UNIT, 3, 0, 102, 0, 1])
    assert answer(line, read)[-1] != 77


def test_a_write_is_echoed_as_it_was_asked(line: socket.socket) -> None:
    command = bytes([0, 9, 0, 0, 0, 6, UNIT, 6, 0, 107, 0, 4])
    assert answer(line, command) == command, "though the machine has cleared it"


def test_restart_closes_the_port(child: Child, line: socket.socket) -> None:
    boot = child.ask("status")["machines"]["MB"]
    child.ask("fault MB restart for=1")
    assert line.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(line.getpeername(), timeout=2)
    deadline = time.monotonic() + 10
    while child.ask("faults")["faults"]["MB"]:
        assert time.monotonic() < deadline
    with socket.create_connection(line.getpeername(), timeout=2) as again:
        assert len(answer(again)) == 13
    assert child.ask("status")["machines"]["MB"]["good_raw"] == boot["good_raw"]


def test_counters_are_set_and_the_truth_stays(child: Child, line: socket.socket) -> None:
    truth = child.ask("truth")
    child.ask("fault MB rollover counter=good left=3")
    child.ask("fault MB preset counter=reject value=12")
    seen = child.ask("status")["machines"]["MB"]
    assert (seen["good_raw"], seen["reject_raw"]) == (2**32 - 3, 12)
    child.ask("fault MB wiped boot=true")
    seen = child.ask("status")["machines"]["MB"]
    assert (seen["good_raw"], seen["reject_raw"]) == (0, 0)
    assert child.ask("truth") == truth
    assert child.ask("faults")["faults"]["MB"] == []
    child.ask(f"fault MB preset value={2**32 - 20}")  # as the other tests expect it
    child.ask("fault MB preset counter=reject value=65530")


def test_the_heartbeat_stands(child: Child, line: socket.socket) -> None:
    beat = bytes([0, 9, 0, 0, 0, 6, UNIT, 3, 0, 3, 0, 1])
    child.ask("fault MB heartbeat")
    stands = answer(line, beat)
    until = time.monotonic() + 1.2
    while time.monotonic() < until:
        assert answer(line, beat) == stands
    child.ask("clear MB heartbeat")
    assert answer(line, beat) != stands


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("fault MB sillent", "is no kind of fault; mend: one of silent"),
        ("fault MB quality", "is not possible on modbus.tcp"),
        ("fault MB slow delay=3", "is an unknown key; mend: one of delay_ms"),
        ("fault MB slow delay_ms=soon", "a whole number from 1 to 60000"),
        ("fault MB exception code=9", "one of 1, 2, 3"),
        ("fault MB wiped for=3", "is done at once"),
        ("fault MB slow fast", "has no ="),
        ("fault MB", "is no kind of fault"),
        ("fault NOBODY silent", "machines: UA, MB"),
        ("clear MB nothing", "one of freeze"),
        ("fault UA quality status=Good", "is no bad or uncertain status"),
        ("fault UA quality tags=good,goood", "a list of different ones of state"),
    ],
)
def test_what_is_wrong_with_a_command_is_said(child: Child, words: str, error: str) -> None:
    assert error in child.ask(words)["error"]
    assert not any(child.ask("faults")["faults"].values())


def test_rtu_over_tcp(plant: Plant, child: Child) -> None:
    client = ModbusTcpClient(
        "127.0.0.1", port=plant[1]["RT"]["port"], framer=FramerType.RTU, retries=0, timeout=0.5
    )
    assert client.connect()  # type: ignore[no-untyped-call]
    assert client.read_holding_registers(8, count=2, device_id=UNIT).registers == [65_535, 65_516]
    child.ask("fault RT garbled")
    with pytest.raises(ModbusIOException):
        client.read_holding_registers(8, count=2, device_id=UNIT)
    client.close()  # type: ignore[no-untyped-call]


def test_rtu_on_a_pty_over_a_restart(plant: Plant, child: Child) -> None:
    url = plant[1]["PT"]["url"]
    assert url.startswith("modbus.rtu:///dev/")
    client = ModbusSerialClient(url.removeprefix("modbus.rtu://"), retries=0, timeout=0.5)
    assert client.connect()
    assert client.read_holding_registers(8, count=2, device_id=UNIT).registers == [65_535, 65_516]
    child.ask("fault PT restart")
    with pytest.raises(ModbusIOException):
        client.read_holding_registers(8, count=2, device_id=UNIT)
    child.ask("clear PT")
    assert client.read_holding_registers(8, count=2, device_id=UNIT).registers == [65_535, 65_516]
    client.close()  # type: ignore[no-untyped-call]
    assert client.connect(), "another client after it"
    assert not client.write_register(102, 10, device_id=UNIT).isError()
    client.close()  # type: ignore[no-untyped-call]


async def test_many_clients_at_once(plant: Plant) -> None:
    async def one() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", plant[1]["MB"]["port"])
        writer.write(ASK)
        length = len(await reader.readexactly(13))
        writer.close()
        return length

    assert await asyncio.gather(*(one() for _ in range(20))) == [13] * 20
