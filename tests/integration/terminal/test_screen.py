"""What the terminal shows of a real edge, small and large, in both languages."""

import pytest
from rich.cells import cell_len

from terminal_ui.app import TerminalApp
from terminal_ui.screens.board import BoardScreen
from terminal_ui.screens.help import HelpScreen
from tests.integration.terminal.edge_server import EdgeServer
from tests.integration.terminal.floor import MINUTE
from tests.integration.terminal.seen import lines, shows, text, until

SMALL, LARGE = (80, 24), (120, 40)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_the_whole_board_is_on_the_screen(app: TerminalApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await shows(
            pilot,
            "L1 Stamping  07:42 Mon 06-08  early 06:00-14:00",
            "sync: connected",
            "▶ Producing  production  since 07:31 (11 min)",
            "07:00: 450 x HINGE-60 (WO1001.10)  ! not acknowledged, press A",
            "WO1001.10 HINGE-60 Hinge 60 mm  running, production",
            "good 312 of 800   scrap 4   left 488",
            "  06:00     300     262      3     -38     -38  Jam",
            "▶ 07:00     450      50      1     +12     -26  now",
            "  10:00       0       –      –       –       –  break",
            "  13:00     380       –      –       –       –",
            "105.1 % !",
            "OEE",
            "WO1009.20: 800 x BRACKET-90",
            "Q Quit",
            "Ready",
        )


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_chinese_fits_to_the_cell(
    app: TerminalApp, server: EdgeServer, size: tuple[int, int]
) -> None:
    server.floor.stop_machine()
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "Stamping")
        await pilot.press("l")
        await shows(
            pilot,
            "周一 06-08",
            "同步：已连接",
            "已保持  故障 204 送料卡住  延误  自 07:38 起（4 分钟）",
            "合格 312 / 800   废品 4   剩余 488",
            "故障 204：尚无原因，按 T",
            "  小时     计划    实际   废品    差异    累计  原因",
            "▶ 07:00     450      50      1     +12     -26  当前",
            "休息",
            "L English",
        )
        assert max(cell_len(line) for line in lines(pilot)) <= size[0]
        await pilot.press("l")
        await shows(pilot, "sync: connected")


async def test_an_event_refreshes_at_once_and_the_poll_would_have_been_slow(
    server: EdgeServer, app: TerminalApp
) -> None:
    app.feed._poll_s = 3600.0
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "good 312 of 800")
        await until(pilot, lambda: server.streams == 1)
        server.floor.jobs[0] |= {"good": 313, "left": 487}
        await server.floor.happen()
        await shows(pilot, "good 313 of 800")


async def test_link_lost_says_how_many_facts_wait_since_when(
    server: EdgeServer, app: TerminalApp
) -> None:
    since = server.floor.now - 9 * MINUTE
    server.floor.link = {"state": "unreachable", "waiting": 1234, "since": since}
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "sync: unreachable, 1234 facts waiting since 07:33", "operator anna")


async def test_an_alarm_of_the_edge_is_a_banner_until_it_is_over(
    server: EdgeServer, app: TerminalApp
) -> None:
    alarm = {"code": "disk_full", "since": 1, "detail": "full", "mend": "free space"}
    server.answer_instead = server.floor.board() | {"alarms": [alarm]}
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "ALARM: the edge's disk is full", "good 312 of 800")
        await pilot.press("l")
        await shows(pilot, "警报：边缘服务磁盘已满")
        await pilot.press("l")
        server.answer_instead = None
        await server.floor.happen()
        await until(pilot, lambda: "ALARM" not in text(pilot))


async def test_outside_of_the_calendar_nothing_is_missing(
    server: EdgeServer, app: TerminalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = server.floor.board() | {"shift": None, "instruction": None, "hours": [], "kpis": None}
    server.answer_instead = empty | {"job": None, "next": [], "open_stop": None, "stops": []}
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "no shift", "no instruction for this hour", "no job is open")
        await shows(pilot, "no hours are planned", "nothing is waiting", "OEE –")


async def test_edge_lost_keeps_the_data_greyed_with_its_age_and_comes_back(
    server: EdgeServer, app: TerminalApp
) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "good 312 of 800")
        await server.stop()
        await shows(pilot, "EDGE LOST: data of 07:42", "good 312 of 800", "-38  Jam")
        await until(pilot, lambda: app.feed.view.attempt >= 2)
        assert app.board.has_class("-stale")
        server.floor.jobs[0] |= {"good": 400, "left": 400}
        await server.start()
        await shows(pilot, "good 400 of 800")
        await until(pilot, lambda: "EDGE LOST" not in text(pilot))
        assert not app.board.has_class("-stale")
        await until(pilot, lambda: server.streams == 1)


async def test_the_stream_goes_on_after_the_last_event_that_was_seen(
    server: EdgeServer, app: TerminalApp
) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: server.streams == 1)
        await server.floor.happen()
        await server.floor.happen()
        await pilot.pause(0.1)
        await server.stop()
        await server.start()
        await until(pilot, lambda: server.streams == 1)
        assert server.last_event_ids[0] == ""
        assert server.last_event_ids[-1] == "1.2"


async def test_an_edge_that_is_down_at_start_is_waited_for(
    server: EdgeServer, app: TerminalApp
) -> None:
    await server.stop()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "NO EDGE at", server.url, "No data yet", "Taktline")
        await pilot.press("s")
        await shows(pilot, "No data from the edge yet")
        await server.start()
        await shows(pilot, "good 312 of 800")


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ({"work_center": "L1"}, "board.name is missing"),
        (["nonsense"], "board: expected an object"),
    ],
)
async def test_an_answer_outside_of_the_contract_is_shown_with_its_place(
    server: EdgeServer, app: TerminalApp, answer: object, seen: str
) -> None:
    server.answer_instead = answer
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "THE EDGE REFUSES", seen)
        server.answer_instead = None
        await shows(pilot, "good 312 of 800")


async def test_a_wrong_token_is_told(server: EdgeServer, app: TerminalApp) -> None:
    server.token = "secret"
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "THE EDGE REFUSES", "The token is wrong", "Set the token")


async def test_a_worker_that_fails_is_told_and_started_again(
    app: TerminalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("terminal_ui.app.RESTART_S", 0.05)
    refresh = app.feed.refresh
    failures = iter([True, False])

    async def failing() -> None:
        if next(failures, False):
            raise ZeroDivisionError("our own fault")
        await refresh()

    monkeypatch.setattr(app.feed, "refresh", failing)
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Internal error", "good 312 of 800")


async def test_help_shows_every_key_and_closes(app: TerminalApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Stamping")
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await shows(pilot, "X  Report scrap", "Q  Leave the terminal", "Escape closes")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, BoardScreen))


@pytest.mark.parametrize("current", [0, 12, 22, 23])
async def test_a_day_without_end_scrolls_to_the_current_hour_under_its_heading(
    server: EdgeServer, app: TerminalApp, current: int
) -> None:
    board = server.floor.board()
    rows = [dict(board["hours"][0], label=f"{hour:02d}:00+02:00") for hour in range(24)]
    rows[current]["status"] = "current"
    server.answer_instead = board | {"hours": rows}
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, f"▶ {current:02d}:00")
        await shows(pilot, "  Hour     Plan  Actual  Scrap    Diff   Total  Cause")
        beside = current + 1 if current < 23 else 22
        await shows(pilot, f"  {beside:02d}:00")


async def test_quit(app: TerminalApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Stamping")
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
