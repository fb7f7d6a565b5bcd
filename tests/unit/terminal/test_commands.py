"""Which action makes sense on which job, and how often it is sent."""

from typing import Any

import pytest

from edge.domain.clock import ManualClock
from terminal_ui import commands
from terminal_ui.client import EdgeClient
from terminal_ui.errors import EdgeBusy, EdgeUnreachable, Problem
from terminal_ui.feed import retry_delay
from tests.unit.terminal.boards import board, job, stop

WAITING = [job("NotAllowedToStart", id="a"), job("AllowedToStart", id="b")]


@pytest.mark.parametrize(
    ("current", "possible"),
    [
        (None, {"start"}),
        (job("AllowedToStart"), {"start"}),
        (job("Running"), {"interrupt", "complete", "scrap"}),
        (job("Interrupted"), {"resume", "complete", "scrap"}),
        (job("Ended"), {"start"}),
    ],
    ids=["none", "ready", "running", "interrupted", "ended"],
)
def test_actions_of_a_job(current: dict[str, Any] | None, possible: set[str]) -> None:
    seen = board(job=current, next=WAITING, instruction=None)
    assert commands.possible(seen) == possible


def test_start_takes_the_first_job_that_is_ready() -> None:
    chosen = commands.job_for("start", board(job=None, next=WAITING))
    assert chosen is not None
    assert chosen.id == "b"
    assert commands.job_for("start", board(job=None, next=WAITING[:1])) is None


def test_without_a_board_nothing_is_possible() -> None:
    assert commands.possible(None) == frozenset()


def test_the_open_stop_comes_before_one_that_has_ended_without_a_reason() -> None:
    ended, reasoned = stop(5, 9), stop(6, 12, "jam")
    seen = board(stops=[ended, reasoned], open_stop=None)
    assert (found := commands.stop_for(seen)) is not None
    assert found.id == 5
    seen = board(stops=[ended], open_stop=stop(7, None))
    assert (found := commands.stop_for(seen)) is not None
    assert found.id == 7
    assert commands.stop_for(board(stops=[reasoned], open_stop=None)) is None


@pytest.mark.parametrize(("seconds", "fault", "asked"), [(59, None, 0), (60, None, 1), (1, 3, 1)])
def test_short_stops_without_a_fault_are_not_asked_about(
    seconds: int, fault: int | None, asked: int
) -> None:
    seen = board(stops=[stop(5, 1 + seconds * 1_000_000, fault=fault)], open_stop=None)
    assert (commands.stop_for(seen) is not None) == bool(asked)


def test_commands_say_who_acts_on_which_version() -> None:
    running = board().job
    assert running is not None
    command = commands.job_command("scrap", running, "anna", quantity=3, reason="burr")
    assert command.path == "/job-orders/WO1001.10/scrap"
    assert command.body == {"actor": "anna", "version": 3, "quantity": 3, "reason": "burr"}
    again = commands.job_command("scrap", running, "anna", quantity=3, reason="burr")
    assert command.key != again.key


def test_an_empty_note_is_not_sent() -> None:
    assert commands.stop_command(7, "anna", "jam", "").body == {"actor": "anna", "reason": "jam"}


def test_retries_wait_longer_up_to_a_limit() -> None:
    delays = [retry_delay(attempt) for attempt in (1, 2, 3, 4, 5, 500)]
    assert delays == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


IN_FLIGHT = Problem(409, "in flight", "", "")


class Deaf(EdgeClient):
    """Answers nothing for a while; each try takes a second of the clock."""

    def __init__(self, clock: ManualClock, silent: int) -> None:
        super().__init__("http://127.0.0.1:9", "L1")
        self.clock, self.silent, self.keys = clock, silent, list[str]()

    async def record(self, path: str, body: Any, key: str) -> dict[str, object]:
        self.keys.append(key)
        self.clock.advance(1)
        if len(self.keys) <= self.silent:
            raise EdgeBusy(IN_FLIGHT, 0.0) if len(self.keys) % 2 else EdgeUnreachable("refused")
        return {"seq": 42}


@pytest.fixture
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "retry_delay", lambda *_: 0.0)


@pytest.mark.usefixtures("no_delay")
async def test_a_command_keeps_its_key_until_it_is_answered() -> None:
    clock, told = ManualClock(), list[str]()
    client = Deaf(clock, silent=3)
    command = commands.Command("start", "/job-orders/a/start", {})

    def waiting(error: Exception) -> None:
        told.append(str(error))

    assert await commands.deliver(command, client, clock, waiting) == {"seq": 42}
    assert client.keys == [command.key] * 4
    assert told == [IN_FLIGHT.title, "refused", IN_FLIGHT.title]
    assert client.keys[0] != commands.Command("start", "/job-orders/a/start", {}).key
    await client.close()


@pytest.mark.usefixtures("no_delay")
async def test_after_a_minute_without_an_answer_it_is_unconfirmed() -> None:
    clock = ManualClock()
    client = Deaf(clock, silent=10_000)
    command = commands.Command("start", "/job-orders/a/start", {})
    with pytest.raises(commands.Unconfirmed, match=r"refused|in flight"):
        await commands.deliver(command, client, clock, lambda _: None)
    assert 60 <= len(client.keys) <= 62
    await client.close()
