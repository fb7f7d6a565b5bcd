"""Machines and referee as processes: freeze, kill, silence, and who can reach the truth."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

import pytest
from asyncua.client.client import Client
from pymodbus.client import ModbusTcpClient

from simulators.clock import SystemClock, parse_time, to_datetime
from tests.integration.simulators.conftest import scenario_text
from tests.integration.simulators.processes import (
    EXAMPLE,
    Child,
    RefereeChild,
    free_ports,
    machines,
    referee,
)

UNIT = 3


@contextmanager
def connected(child: Child) -> Iterator[ModbusTcpClient]:
    """A bare client of machine MB, once the machines say that they are ready."""
    client = ModbusTcpClient("127.0.0.1", port=child.answer()["machines"]["MB"]["port"])
    assert client.connect()  # type: ignore[no-untyped-call]
    yield client
    client.close()  # type: ignore[no-untyped-call]


def counters(client: ModbusTcpClient) -> tuple[int, int]:
    """Good and reject, in one request."""
    words = client.read_holding_registers(8, count=3, device_id=UNIT).registers
    return words[0] | words[1] << 16, words[2]


def make_pieces(client: ModbusTcpClient, order: int, pieces: int) -> tuple[int, int]:
    """Load and read until so many good pieces were seen; gives what was moved since."""
    before = counters(client)
    client.write_registers(100, [order, 0, 10, 0, 0, 0, 0, 1], device_id=UNIT)
    while True:
        seen = counters(client)
        moved = ((seen[0] - before[0]) % 2**32, (seen[1] - before[1]) % 2**16)
        if moved[0] >= pieces:
            return moved


def test_freeze_thaw_status_and_quit(modbus_scenario: Path, tmp_path: Path) -> None:
    with (
        referee(tmp_path / "truth.sqlite") as judge,
        machines(
            modbus_scenario, "--truth-fd", str(judge.truth_fd), fds=(judge.truth_fd,)
        ) as child,
        connected(child) as client,
    ):
        judge.let_go()
        start = counters(client)
        make_pieces(client, 77, 10)
        frozen = child.ask("freeze")
        assert frozen["frozen"]
        seen = counters(client)
        flushed = judge.ask(f"flush {frozen['run']} {frozen['seq']}")
        assert flushed == {"flushed": True, "seq": frozen["seq"]}
        moved = ((seen[0] - start[0]) % 2**32, (seen[1] - start[1]) % 2**16)
        assert judge.totals() == {("MB", 77, 10): moved}
        status = child.ask("status")
        assert status["frozen"]
        lot = status["machines"]["MB"]
        assert (lot["order"], lot["good"], lot["scrap"]) == (77, *moved)
        assert counters(client) == seen
        assert child.ask("thaw") == {"frozen": False}
        while counters(client) == seen:
            pass
        assert child.ask("restart MB") == {"restarted": "MB"}
        assert client.read_holding_registers(4, device_id=UNIT).registers == [2]
        assert "one of freeze" in child.ask("jump")["error"]
        assert "machines: MB" in child.ask("restart X")["error"]
        last = child.ask("quit")
        assert last["quit"]
        (made,) = last["truth"]["MB"]
        assert (made["number"], made["recipe"]) == (77, 10)
        assert made["good"] + made["scrap"] > sum(moved)
        assert child.end() == (0, "")


def test_what_was_visible_is_true_after_a_kill(modbus_scenario: Path, tmp_path: Path) -> None:
    totals = {}
    with referee(tmp_path / "truth.sqlite") as judge:
        for round_ in range(3):
            with (
                machines(
                    modbus_scenario, "--truth-fd", str(judge.truth_fd), fds=(judge.truth_fd,)
                ) as child,
                connected(child) as client,
            ):
                moved = make_pieces(client, 50 + round_, 8)
                child.process.kill()
                child.process.wait(20)
            judge.ask("flush")
            good, scrap = judge.totals()["MB", 50 + round_, 10]
            assert good >= moved[0]
            assert scrap >= moved[1]
            totals = judge.totals()
    assert len(totals) == 3


def test_the_machines_end_if_nobody_keeps_the_truth(modbus_scenario: Path, tmp_path: Path) -> None:
    judge = RefereeChild(tmp_path / "truth.sqlite")
    told = ("--truth-fd", str(judge.truth_fd))
    with (
        machines(modbus_scenario, *told, fds=(judge.truth_fd,)) as child,
        connected(child) as client,
    ):
        client.write_registers(100, [5, 0, 10, 0, 0, 0, 0, 1], device_id=UNIT)
        judge.process.kill()
        judge.let_go()
        judge.end()
        child.process.wait(20)
        code, err = child.end()
    assert code == 5
    assert "the referee no longer reads" in err


def test_a_flush_that_can_never_be_is_told(tmp_path: Path) -> None:
    with referee(tmp_path / "truth.sqlite") as judge:
        judge.let_go()
        assert judge.ask("flush nobody 3") == {"flushed": False, "seq": 0}
        for nonsense in ("who are you", "flush run soon", ""):
            assert "one of flush" in judge.ask(nonsense)["error"]
        assert judge.ask("quit") == {"quit": True}


def test_the_referee_has_no_address(modbus_scenario: Path, tmp_path: Path) -> None:
    """All that it holds open are its three standard pipes, the truth's, the store, an epoll."""
    with (
        referee(tmp_path / "truth.sqlite") as judge,
        machines(
            modbus_scenario, "--truth-fd", str(judge.truth_fd), fds=(judge.truth_fd,)
        ) as child,
    ):
        child.answer()
        judge.ask("totals")
        held = descriptors(judge.process.pid)
        assert not [name for name in held if name.startswith("socket:")]
        assert len([name for name in held if name.startswith("pipe:")]) == 4
        truth = {name for name in held if name.startswith("pipe:")} & set(
            descriptors(child.process.pid)
        )
        assert len(truth) == 1, "the machines hold the other end of one pipe, and nothing else does"


def descriptors(pid: int) -> list[str]:
    folder = Path(f"/proc/{pid}/fd")
    return [str(entry.readlink()) for entry in folder.iterdir()]


@pytest.mark.parametrize("machine", ["MB", "UA"])
def test_a_taken_port_is_named(tmp_path: Path, machine: str) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(scenario_text(machine), encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        text = scenario.read_text(encoding="utf-8")
        scenario.write_text(text.replace(":0", f":{port}"), encoding="utf-8")
        child = Child("-m", "taktline", "simulate", str(scenario))
        code, err = child.end()
    assert code == 4
    assert f"127.0.0.1:{port}" in err
    assert "mend" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--plant-clock", "noon"), 2, "expected ORIGIN,SPEED,ANCHOR"),
        (("--truth-fd", "987"), 2, "--truth-fd"),
        (("--seed", "-1"), 2, "--seed"),
    ],
)
def test_wrong_use(modbus_scenario: Path, options: tuple[str, ...], code: int, words: str) -> None:
    child = Child("-m", "taktline", "simulate", str(modbus_scenario), *options)
    found, err = child.end()
    assert found == code
    assert words in err


def test_an_invalid_scenario_is_named(modbus_scenario: Path) -> None:
    modbus_scenario.write_text("seed = 1.5\n", encoding="utf-8")
    code, err = Child("-m", "taktline", "simulate", str(modbus_scenario)).end()
    assert code == 3
    assert "seed = 1.5" in err
    assert "format" in err


def test_from_a_terminal_it_runs_until_interrupted(modbus_scenario: Path) -> None:
    """Without a pipe at its input it takes no commands, and Ctrl-C ends it."""
    with machines(modbus_scenario, "--no-control") as child, connected(child) as client:
        assert child.process.stdin is not None
        child.process.stdin.close()
        child.process.stdin = None
        make_pieces(client, 3, 2)
        child.process.send_signal(2)
        child.process.wait(20)
        assert child.process.returncode == 130
        assert child.end()[1] == ""


def test_the_end_of_the_input_ends_it(modbus_scenario: Path) -> None:
    with machines(modbus_scenario) as child:
        child.answer()
        assert child.end() == (0, "")


async def test_the_example_runs_before_its_origin(tmp_path: Path) -> None:
    """With the anchor ahead machines stand idle, at 240 times the speed of life."""
    origin, anchor = parse_time("2026-06-08T06:00:00+02:00"), SystemClock().monotonic() + 600
    clock = f"2026-06-08T06:00:00+02:00,240,{anchor}"
    with machines(free_ports(EXAMPLE, tmp_path), "--plant-clock", clock, "--seed", "9") as child:
        ready = child.answer()
        assert ready["seed"] == 9
        assert set(ready["machines"]) == {"L1", "L2", "L3"}
        status = child.ask("status")
        assert status["plant_time"].startswith("2026-06-0")
        assert {each["state"] for each in status["machines"].values()} == {"IDLE"}
        async with Client(ready["machines"]["L1"]["url"]) as client:
            for name in ("Good", "Order", "Fault", "Command"):
                value = await client.get_node(f"ns=2;s=L1.{name}").read_data_value()
                assert value.SourceTimestamp is not None
                assert value.SourceTimestamp.replace(tzinfo=UTC) < to_datetime(origin), name
