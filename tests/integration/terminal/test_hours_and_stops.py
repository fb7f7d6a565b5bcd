"""Red and signed hours, calls for help, split stops and the Pareto at a running terminal."""

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from terminal_ui.app import TerminalApp
from terminal_ui.screens.more import KEYS, MoreScreen
from terminal_ui.screens.table import TableScreen
from tests.integration.terminal.edge_server import EdgeServer
from tests.integration.terminal.floor import HOUR, MINUTE, SHIFT_START
from tests.integration.terminal.seen import asks, lines, shows, until
from tests.integration.terminal.test_actions import bodies

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
SIGNED = {"by": "eva", "good": 262, "scrap": 0, "difference": -38, "changed": True}


async def choose(pilot: Pilot[None], app: TerminalApp, room: str, item: str) -> None:
    """Through the menu by digits."""
    rooms = [one.name for one in app._further.rooms]
    items = [one.name for one in app._further.rooms[rooms.index(room)].items]
    await pilot.press("m")
    await until(pilot, lambda: isinstance(app.screen, MoreScreen))
    await pilot.press(KEYS[rooms.index(room)])
    await pilot.press(KEYS[items.index(item)])


def paths(server: EdgeServer) -> list[str]:
    return [path for path, _ in server.floor.requests]


@SIZES
async def test_marks_of_hours_the_required_rate_and_what_is_asked(
    server: EdgeServer, app: TerminalApp, size: tuple[int, int]
) -> None:
    server.floor.required = {"pieces": 2500, "time": 6 * HOUR, "per_hour_up": 417}
    call = {"id": 9, "topic": "material", "note": "no coil", "called_by": "anna"}
    call |= {"called_at": server.floor.now - MINUTE, "acknowledged_at": None}
    server.floor.andon = [call | {"acknowledged_by": ""}]
    server.floor.hour_changes[0] = {"signature": SIGNED, "data_gaps": ["edge_down"], "data_gap": 5}
    server.floor.hour_changes[1] = {"asks_cause": True}
    async with app.run_test(size=size) as pilot:
        await shows(
            pilot,
            "need 417/h",
            "06:00     300     262      3     -38     -38  ✓≠? Jam",
            "-26  ! now",
            "Help      ! Material, called at 07:41, nobody comes yet: no coil",
            "Red       ! no cause said of 07:00: press M, 1, 1",
        )
        await pilot.press("l")
        await shows(
            pilot, "需 417/小时", "! 物料，07:41 呼叫，尚无人应答: no coil", "07:00 尚无原因"
        )
        assert max(cell_len(line) for line in lines(pilot)) <= size[0]
        assert len(lines(pilot)) == size[1]


async def test_a_red_hour_gets_its_cause_in_five_keys(server: EdgeServer, app: TerminalApp) -> None:
    server.floor.hour_changes[0] = {"asks_cause": True, "version": 4}
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "! no cause said of 06:00")
        await choose(pilot, app, "board", "cause")
        await asks(pilot, "hour")
        await shows(pilot, "06:00  plan 300  actual 262  -38  !")
        await pilot.press("1")
        await asks(pilot, "reason")
        await pilot.press("2")
        await asks(pilot, "note")
        await pilot.press("enter")
        await shows(pilot, "Cause of a red hour: recorded as fact 1")
    assert paths(server) == [f"/work-centers/L1/hours/{SHIFT_START}/cause"]
    assert bodies(server) == [{"actor": "anna", "reason": "tool", "version": 4}]


async def test_an_hour_is_signed_and_the_signed_ones_are_listed(
    server: EdgeServer, app: TerminalApp
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "running")
        await choose(pilot, app, "board", "sign")
        await asks(pilot, "hour")
        await pilot.press("1")
        await asks(pilot, "note")
        await pilot.press("enter")
        await shows(pilot, "Sign an hour (supervisor): recorded as fact 1")
        server.floor.hour_changes[0] = {"signature": SIGNED, "actual": 250, "scrap": 12}
        app.feed.wake()
        await shows(pilot, "✓≠")
        await choose(pilot, app, "board", "signed")
        await until(pilot, lambda: isinstance(app.screen, TableScreen))
        await shows(pilot, "06:00", "eva", "262", "250", "12")
    assert bodies(server) == [{"actor": "anna", "version": 0}]


@SIZES
async def test_a_stop_is_split_at_a_time_of_day(
    server: EdgeServer, app: TerminalApp, size: tuple[int, int]
) -> None:
    server.floor.stop_machine("jam")
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "Held")
        await choose(pilot, app, "stops", "split")
        await asks(pilot, "stop")
        await pilot.press("1")
        await asks(pilot, "at")
        await pilot.press(*"25:00", "enter")
        await shows(pilot, "'25:00' is", "write 06:42")
        await pilot.press(*["backspace"] * 5, *"07:40", "enter")
        await asks(pilot, "reason")
        await shows(pilot, "(the same as before)", "Tool broken")
        await pilot.press("3")
        await asks(pilot, "note")
        await pilot.press("enter")
        await shows(pilot, "Split a stop: it became something else: recorded as fact 1")
    at = server.floor.now - 2 * MINUTE
    assert paths(server) == ["/stops/77/split"]
    assert bodies(server) == [{"actor": "anna", "reason": "tool", "at": at, "version": 0}]


@SIZES
async def test_the_pareto_of_the_shift(
    server: EdgeServer, app: TerminalApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "running")
        await pilot.press("l")
        await choose(pilot, app, "stops", "pareto")
        await asks(pilot, "by")
        await pilot.press("1")
        await asks(pilot, "order")
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, TableScreen))
        await shows(pilot, "帕累托", "卡料", "10 分钟", "75.0 %", "（尚无原因）")
        assert max(cell_len(line) for line in lines(pilot)) <= size[0]


async def test_help_is_called(server: EdgeServer, app: TerminalApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "running")
        await choose(pilot, app, "board", "call")
        await asks(pilot, "topic")
        await pilot.press("2")
        await asks(pilot, "note")
        await pilot.press(*"no coil", "enter")
        await shows(pilot, "Call for help: recorded as fact 1")
    assert paths(server) == ["/andon"]
    assert bodies(server) == [
        {"actor": "anna", "work_center": "L1", "topic": "material", "note": "no coil"}
    ]
