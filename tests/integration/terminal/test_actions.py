"""The operator's actions against a real edge: recorded once, or told why not."""

from functools import partial

import pytest
from textual.pilot import Pilot

from terminal_ui import commands
from terminal_ui.app import TerminalApp
from terminal_ui.screens.board import BoardScreen
from terminal_ui.screens.confirm import ConfirmScreen
from terminal_ui.screens.help import HelpScreen
from terminal_ui.screens.scrap import ScrapScreen
from terminal_ui.screens.stop_reason import StopScreen
from tests.integration.terminal.edge_server import EdgeServer
from tests.integration.terminal.seen import shows, until

SIZE = (80, 24)


def kinds(server: EdgeServer) -> list[str]:
    return [fact["kind"] for fact in server.floor.facts]


def bodies(server: EdgeServer) -> list[dict[str, object]]:
    return [fact["body"] for fact in server.floor.facts]


async def back(pilot: Pilot[None], app: TerminalApp) -> None:
    await until(pilot, lambda: isinstance(app.screen, BoardScreen))


async def test_a_job_is_interrupted_resumed_completed_and_the_next_started(
    server: EdgeServer, app: TerminalApp
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running, production")
        await pilot.press("i")
        await shows(pilot, "Interrupt: recorded as fact 1", "interrupted, production")
        await pilot.press("r")
        await shows(pilot, "Resume: recorded as fact 2", "running, production")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await shows(pilot, "488 good pieces of WO1001, operation 10 are left")
        await pilot.press("n")
        await back(pilot, app)
        assert len(server.floor.facts) == 2
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await shows(pilot, "Complete: recorded as fact 3", "no job is open")
        await pilot.press("s")
        await shows(pilot, "Start: recorded as fact 4", "WO1004.10 HINGE-80 Hinge 80 mm  running")
    assert [body["version"] for body in bodies(server)] == [3, 4, 5, 1]
    assert {body["actor"] for body in bodies(server)} == {"anna"}


async def test_the_keys_work_as_they_are_written_on_the_buttons_and_with_caps_lock(
    server: EdgeServer, app: TerminalApp
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running, production")
        await pilot.press("I")
        await shows(pilot, "Interrupt: recorded as fact 1")
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("N")
        await back(pilot, app)
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("Y")
        await shows(pilot, "Complete: recorded as fact 2")
        await pilot.press("H")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("H")
        await back(pilot, app)


async def test_ctrl_c_tells_in_the_operators_language_how_to_leave(
    server: EdgeServer, app: TerminalApp
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running, production")
        await pilot.press("ctrl+c")
        await shows(pilot, "Press Q to leave")
        await pilot.press("l", "ctrl+c")
        await shows(pilot, "按 Q 退出")


async def test_buttons_do_the_same_as_keys(server: EdgeServer, app: TerminalApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "! not acknowledged")
        await pilot.click("#do-acknowledge")
        await shows(pilot, "Acknowledge: recorded as fact 1", "✓ acknowledged")
        assert app.board.query_one("#do-acknowledge").disabled
        await pilot.click("#do-interrupt")
        await shows(pilot, "Interrupt: recorded as fact 2")
    assert bodies(server)[0]["plan"] == 4


async def test_scrap_is_checked_before_it_is_sent(server: EdgeServer, app: TerminalApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, ScrapScreen))
        await shows(pilot, "Scrap: WO1001, operation 10", "Burr", "Out of size")
        await pilot.press(*"1.5", "enter")
        await shows(pilot, "'1.5' is not a whole number; enter 1 to 316")
        await pilot.press("backspace", "backspace", "backspace", *"317", "enter")
        await shows(pilot, "317 pieces: enter 1 to 316")
        assert server.floor.facts == []
        await pilot.press("backspace", "backspace", "enter", "down", "enter")
        await shows(pilot, "Scrap: recorded as fact 1", "good 309 of 800   scrap 7")
    assert bodies(server) == [{"actor": "anna", "version": 3, "quantity": 3, "reason": "size"}]


async def test_escape_from_a_form_does_nothing(server: EdgeServer, app: TerminalApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, ScrapScreen))
        await pilot.press("5", "escape")
        await back(pilot, app)
    assert server.floor.requests == []


async def test_a_stop_gets_its_reason_in_the_operators_language(
    server: EdgeServer, app: TerminalApp
) -> None:
    server.floor.stop_machine()
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "■ Held  fault 204 Feeder jam", "no reason yet, press T")
        await pilot.press("l", "t")
        await until(pilot, lambda: isinstance(app.screen, StopScreen))
        await shows(pilot, "自 07:38 起停机的原因", "卡料", "刀具损坏")
        await pilot.press("down", "tab", *"M8", "enter")
        await shows(pilot, "停机原因：已记录，记录号 1", "故障 204：刀具损坏")
    assert bodies(server) == [{"actor": "anna", "reason": "tool", "note": "M8"}]
    assert server.floor.requests[0][0] == "/stops/77/reason"


async def test_an_action_that_makes_no_sense_says_why_and_sends_nothing(
    server: EdgeServer, app: TerminalApp
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running")
        for key, told in {
            "s": "Nothing to start",
            "r": "No interrupted job",
            "t": "No stop without a reason",
        }.items():
            await pilot.press(key)
            await shows(pilot, told)
        assert app.board.query_one("#do-start").disabled
    assert server.floor.requests == []


async def test_an_old_version_is_told_and_the_board_refreshed(
    server: EdgeServer, app: TerminalApp
) -> None:
    app.feed._poll_s = 3600.0
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "good 312")
        server.floor.jobs[0] |= {"version": 9, "good": 350}
        await pilot.press("i")
        await shows(
            pilot,
            "Interrupt not done, the board has changed: The job has changed",
            "WO1001.10 is at version 9, not 3",
            "good 350",
        )
    assert server.floor.facts == []


async def test_an_answer_that_is_lost_is_asked_for_again_with_the_same_key(
    server: EdgeServer, app: TerminalApp
) -> None:
    server.cut, server.busy = 1, 1
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running")
        await pilot.press("i")
        await shows(pilot, "Interrupt: recorded as fact 1")
    assert kinds(server) == ["job_order_event"]
    keys = [key for _, key in server.floor.requests]
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_while_one_action_is_sent_no_other_begins(
    server: EdgeServer, app: TerminalApp
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running")
        await server.stop()
        await pilot.press("i")
        await shows(pilot, "Interrupt: no answer yet")
        await pilot.press("a")
        await shows(pilot, "Interrupt is still being sent")
        await server.start()
        await shows(pilot, "Interrupt: recorded as fact 1", "interrupted")
    assert kinds(server) == ["job_order_event"]


async def test_what_nobody_confirms_is_not_sent_for_ever(
    server: EdgeServer, app: TerminalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "deliver", partial(commands.deliver, give_up_s=0.1))
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running")
        await server.stop()
        await pilot.press("i")
        await shows(pilot, "Interrupt not confirmed", "before you repeat it")
        await server.start()
        await shows(pilot, "good 312")
        await pilot.press("i")
        await shows(pilot, "Interrupt: recorded as fact 1")
