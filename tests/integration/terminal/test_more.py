"""The More menu of a running terminal: a room's items, forms, tables and scans."""

import asyncio
from time import sleep

import pytest
from textual import events

from edge.domain.clock import SystemClock
from terminal_ui.app import TerminalApp
from terminal_ui.asking import Answers, Choice, Field, Kind
from terminal_ui.client import EdgeClient
from terminal_ui.items import Call, Item, Outcome, Room, Scan, Sight, page
from terminal_ui.scanner import GAP_S
from terminal_ui.screens.ask import AskScreen
from terminal_ui.screens.more import KEYS, MoreScreen
from terminal_ui.screens.table import TableScreen
from terminal_ui.widgets.choices import ChoiceList
from tests.integration.terminal.edge_server import EdgeServer
from tests.integration.terminal.floor import MINUTE
from tests.integration.terminal.seen import asks, lines, scan, shows, until
from tests.integration.terminal.test_actions import SIZE, back, bodies


@pytest.fixture
def slow(server: EdgeServer) -> TerminalApp:
    """A terminal whose scanner sends ~ before each code."""
    client = EdgeClient(server.url, "L1")
    return TerminalApp(client, SystemClock(), "en", "anna", poll_s=0.05, scan_start="~")


SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
TREE = (
    Choice(code="stop", text="Stop"),
    Choice(code="jam", text="Jam", parent="stop"),
    Choice(code="feeder", text="Feeder jam", parent="jam"),
)


def send(_sight: Sight, answers: Answers) -> Call:
    return Call(path="/stops/77/reason", body={"reason": answers["lot"], **answers})


SCANNED = Room(
    name="stops",
    order=1,
    items=(
        Item(
            name="reason",
            asks=(page(Field(name="lot", kind=Kind.SCAN, prefix="LOT:", text="Lot")),),
            send=send,
            then=lambda _sight, answers, _answer: Outcome(
                actor="bert", message=f"lot {answers['lot']} is in"
            ),
        ),
        Item(
            name="list",
            asks=(
                page(
                    Field(name="lot", kind=Kind.SCAN, prefix="LOT:", text="Lot"),
                    Field(name="pieces", kind=Kind.NUMBER, least=1, text="Pieces"),
                    Field(name="why", kind=Kind.CHOICE, choices=TREE, text="Why"),
                ),
            ),
            send=send,
        ),
    ),
    scans=(Scan(prefix="LOT:", item="reason", field="lot"),),
)


async def test_two_digits_at_once_go_down_and_choose(server: EdgeServer, app: TerminalApp) -> None:
    server.floor.stop_machine()
    app._further.rooms = (SCANNED,)
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "Held")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, MoreScreen))
        await pilot.press("1", "2")
        await asks(pilot, "lot")
        scan(pilot, "LOT:B7")
        await asks(pilot, "pieces")
        await pilot.press("5", "enter")
        await asks(pilot, "why")
        choices = app.screen.query_one(ChoiceList)
        for number in (1, 2, 2):
            choices.action_number(number)
        await shows(pilot, "recorded as fact 1")
    [body] = bodies(server)
    assert body["why"] == "feeder"


@SIZES
async def test_a_reason_through_the_menu_by_digits(
    server: EdgeServer, app: TerminalApp, size: tuple[int, int]
) -> None:
    server.floor.stop_machine("tool")
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "Tool broken", "M More")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, MoreScreen))
        await shows(pilot, "More", "Stops")
        place = [room.name for room in app._further.rooms].index("stops")
        await pilot.press(KEYS[place])
        await shows(pilot, "1 Stops of this shift", "2 Reason of any stop")
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        await shows(pilot, "1 07:38 - –  fault 204", "1 Jam", "2 Tool broken", "Note")
        assert len(lines(pilot)) <= size[1]
        await asks(pilot, "stop")
        await pilot.press("1")
        await asks(pilot, "reason")
        await pilot.press("1")
        await asks(pilot, "note")
        await pilot.press(*"why", "enter")
        await shows(pilot, "Reason of any stop of this shift: recorded as fact 1")
    since = server.floor.now - 4 * MINUTE
    assert bodies(server) == [{"actor": "anna", "reason": "jam", "note": "why", "part": since}]


@SIZES
async def test_a_table_over_the_board(
    server: EdgeServer, app: TerminalApp, size: tuple[int, int]
) -> None:
    server.floor.stop_machine("jam")
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "Held")
        await pilot.press("l")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, MoreScreen))
        await pilot.press(KEYS[[room.name for room in app._further.rooms].index("stops")])
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, TableScreen))
        await shows(pilot, "本班停机", "07:38", "204", "卡料")
        await pilot.press("escape")
        await back(pilot, app)


async def test_what_makes_no_sense_now_says_why(app: TerminalApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, MoreScreen))
        await pilot.press(KEYS[[room.name for room in app._further.rooms].index("stops")])
        await pilot.press("2")
        await shows(pilot, "No stop in this shift")
        await pilot.press("escape", "escape")
        await back(pilot, app)


async def test_a_scan_acts_wherever_the_focus_is_and_only_once(
    server: EdgeServer, app: TerminalApp
) -> None:
    server.floor.stop_machine()
    app._further.rooms = (SCANNED,)
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "Held")
        scan(pilot, "LOT:A1")
        await shows(pilot, "lot A1 is in", "operator bert", "A1")
        scan(pilot, "LOT:A1")
        scan(pilot, "LOT:A2")
        await shows(pilot, "lot A2 is in")
    assert [(body["actor"], body["lot"]) for body in bodies(server)] == [
        ("anna", "A1"),
        ("bert", "A2"),
    ]


async def test_a_scan_is_one_however_busy_the_screen_is(
    server: EdgeServer, app: TerminalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that wait while something is drawn came in time: none is a person's."""
    take = app._key

    async def busy(event: events.Key) -> None:
        await take(event)
        await asyncio.sleep(0)  # the wait for the next key begins
        sleep(1.2 * GAP_S)  # drawing takes the loop
        for _ in range(5):
            await asyncio.sleep(0)  # whatever else is due has its turn before the next key

    server.floor.stop_machine()
    app._further.rooms = (SCANNED,)
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "Held")
        monkeypatch.setattr(app, "_key", busy)
        scan(pilot, "LOT:SIX")
        await shows(pilot, "lot SIX is in")
    assert [body["lot"] for body in bodies(server)] == ["SIX"]


SLOW_S = 10 * GAP_S


async def test_a_slow_scan_is_one_by_its_start_character(
    server: EdgeServer, slow: TerminalApp
) -> None:
    server.floor.stop_machine()
    slow._further.rooms = (SCANNED,)
    async with slow.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "Held")
        scan(pilot, "~LOT:A1", SLOW_S)
        await shows(pilot, "lot A1 is in")
        scan(pilot, "~sxr", SLOW_S)
        await shows(pilot, "The scanned code sxr begins with nothing that is known")
    assert [body["lot"] for body in bodies(server)] == ["A1"]


async def test_a_code_that_does_not_end_is_told_and_presses_no_keys(
    server: EdgeServer, slow: TerminalApp
) -> None:
    server.floor.stop_machine()
    slow._further.rooms = (SCANNED,)
    async with slow.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "Held")
        scan(pilot, "~icsq", SLOW_S, end="escape")
        await shows(pilot, "The scan icsq did not end: scan it again")
        scan(pilot, "~LOT:A~LOT:A3", SLOW_S)
        await shows(pilot, "lot A3 is in")
    assert [body["lot"] for body in bodies(server)] == ["A3"]


async def test_a_slow_code_that_nobody_knows_is_text_in_a_text_field(
    server: EdgeServer, slow: TerminalApp
) -> None:
    server.floor.stop_machine()
    slow._further.rooms = (SCANNED,)
    async with slow.run_test(size=SIZE) as pilot:
        await shows(pilot, "Held")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(slow.screen, MoreScreen))
        await pilot.press("1")
        await pilot.press("1")
        await asks(pilot, "lot")
        scan(pilot, "~x9", SLOW_S)
        await shows(pilot, "lot x9 is in")
    assert [body["lot"] for body in bodies(server)] == ["x9"]


async def test_an_unknown_code_presses_no_keys(server: EdgeServer, app: TerminalApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "running")
        scan(pilot, "icsxar4711")
        await shows(pilot, "The scanned code icsxar4711 begins with nothing that is known")
    assert server.floor.requests == []


async def test_a_form_takes_a_scan_and_asks_the_rest(server: EdgeServer, app: TerminalApp) -> None:
    server.floor.stop_machine()
    app._further.rooms = (SCANNED,)
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "Held")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, MoreScreen))
        await pilot.press("1")
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        scan(pilot, "LOT:B7")
        await pilot.press("0", "enter")
        await shows(pilot, "Pieces: 0: at least 1")
        await pilot.press("backspace", "5", "enter")
        await pilot.press("1")
        await shows(pilot, "1 Stop", "2 Jam ›")
        await pilot.press("2")
        await shows(pilot, "2 Feeder jam")
        await pilot.press("backspace")
        await shows(pilot, "2 Jam ›")
        await pilot.press("2")
        await pilot.press("2")
        await shows(pilot, "recorded as fact 1")
    [body] = bodies(server)
    assert (body["lot"], body["pieces"], body["why"]) == ("B7", 5, "feeder")
