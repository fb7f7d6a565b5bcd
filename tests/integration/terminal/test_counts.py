"""What operators say of counts at the terminal: pieces by hour, and readings in doubt."""

from terminal_ui.app import TerminalApp
from terminal_ui.screens.confirm import ConfirmScreen
from terminal_ui.screens.judge import JudgeScreen
from terminal_ui.screens.quantities import QuantitiesScreen
from tests.integration.terminal.edge_server import EdgeServer
from tests.integration.terminal.floor import HOUR, SHIFT_START
from tests.integration.terminal.seen import shows, until
from tests.integration.terminal.test_actions import SIZE, back, bodies, kinds


async def test_pieces_are_reported_for_the_hour_that_is_on(
    server: EdgeServer, app: TerminalApp
) -> None:
    server.floor.counting = "manual"
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running, production", "P Pieces")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, QuantitiesScreen))
        await shows(pilot, "Pieces of WO1001, operation 10", "06:00  good 262  scrap 3", "Burr")
        await pilot.press("enter", "enter")
        await shows(pilot, "enter good pieces or scrap")
        await pilot.press("shift+tab", "4", "x", "enter", "enter")
        await shows(pilot, "'4x' is not a whole number")
        await pilot.press("shift+tab", *"40", "enter", "2", "enter")
        await pilot.press("down", "enter")
        await shows(pilot, "Pieces: recorded as fact 1", "good 352 of 800   scrap 6")
    assert bodies(server) == [
        {
            "actor": "anna",
            "version": 3,
            "hour": SHIFT_START + HOUR,
            "good": 40,
            "scrap": 2,
            "reason": "size",
        }
    ]


async def test_an_earlier_hour_is_corrected_by_the_difference(
    server: EdgeServer, app: TerminalApp
) -> None:
    server.floor.counting = "manual"
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running, production")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, QuantitiesScreen))
        await pilot.press("shift+tab", "up", "enter", *"-12", "enter", "enter")
        await shows(pilot, "Pieces: recorded as fact 1", "good 300 of 800")
    [body] = bodies(server)
    assert (body["hour"], body["good"], "reason" in body) == (SHIFT_START, -12, False)


async def test_what_can_hardly_be_is_asked_back(server: EdgeServer, app: TerminalApp) -> None:
    server.floor.counting = "manual"
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running, production")
        for answer in ("n", "y"):
            await pilot.press("p")
            await until(pilot, lambda: isinstance(app.screen, QuantitiesScreen))
            await pilot.press(*"451", "enter", "enter")
            await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
            await shows(pilot, "the hour has room for 450. Is it so?")
            await pilot.press(answer)
            await back(pilot, app)
            await shows(pilot, "Nothing was sent" if answer == "n" else "recorded as fact 1")
    assert [body["confirm"] for body in bodies(server)] == [True]


async def test_an_end_with_nothing_reported_is_asked_once(
    server: EdgeServer, app: TerminalApp
) -> None:
    server.floor.counting = "manual"
    server.floor.jobs[0] |= {"good": 0, "left": 800}
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running, production")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await shows(pilot, "0 good pieces of WO1001, operation 10", "complete all the same?")
        await pilot.press("n")
        await back(pilot, app)
        await pilot.press("l", "c")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await shows(pilot, "仍要结束工单吗")
        await pilot.press("y")
        await shows(pilot, "已记录，记录号 1")
    assert [body["confirm"] for body in bodies(server)] == [True]


async def test_an_answer_that_is_lost_reports_pieces_once(
    server: EdgeServer, app: TerminalApp
) -> None:
    server.floor.counting, server.cut = "manual", 2
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running, production")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, QuantitiesScreen))
        await pilot.press("7", "enter", "enter")
        await shows(pilot, "Pieces: recorded as fact 1", "good 319")
    assert kinds(server) == ["production_count"]
    assert len({key for _, key in server.floor.requests}) == 1
    assert len(server.floor.requests) == 3


async def test_where_a_machine_counts_there_is_nothing_to_report(
    server: EdgeServer, app: TerminalApp
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running, production")
        await pilot.press("p")
        await shows(pilot, "No pieces to report: the machine counts them")
        await pilot.press("d")
        await shows(pilot, "No counter reading waits")


async def test_a_doubt_is_shown_and_decided_with_pieces_and_a_note(
    server: EdgeServer, app: TerminalApp
) -> None:
    server.floor.doubt(42)
    server.floor.doubt(43)
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "! Readings in doubt: 2, press D")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, JudgeScreen))
        await shows(pilot, "07:00 good 60 to 100: 40 (difference) or 100 (counter began anew)")
        await pilot.press("enter", *"101", "enter", *"why", "enter")
        await shows(pilot, "'101': enter 0 to 100")
        await pilot.press("shift+tab", *"40", "enter")
        await pilot.press("enter")
        await shows(pilot, "Doubts: recorded as fact 1", "! Readings in doubt: 1")
        await pilot.press("l", "d")
        await until(pilot, lambda: isinstance(app.screen, JudgeScreen))
        await shows(pilot, "存疑的计数读数")
        await pilot.press("enter", "0", "enter", *"test", "enter")
        await shows(pilot, "存疑读数：已记录，记录号 2")
    paths = [path for path, _ in server.floor.requests]
    assert paths == ["/quarantines/42/release", "/quarantines/43/discard"]
    assert bodies(server) == [
        {"actor": "anna", "note": "why", "quantity": 40},
        {"actor": "anna", "note": "test"},
    ]


async def test_a_lost_edge_is_told_when_doubts_are_asked_for(
    server: EdgeServer, app: TerminalApp
) -> None:
    server.floor.doubt(42)
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "press D")
        await server.stop()
        await pilot.press("d")
        await shows(pilot, "Doubts refused")
        await server.start()
