"""Materials at a terminal of a real edge: scans, refusals, what is mounted, where a lot is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge.api.app import application
from edge.domain.clock import SystemClock
from edge.domain.gs1 import encoded
from terminal_ui.app import TerminalApp
from terminal_ui.client import EdgeClient
from terminal_ui.screens.more import KEYS, MoreScreen
from tests.integration.edge.floor_on_store import SIX
from tests.integration.edge.lots_on_floor import Lots, lots
from tests.integration.edge.served import served
from tests.integration.edge.test_api import edge_of
from tests.integration.terminal.seen import scan, shows, text, until

SIZE = (120, 40)
STEEL_GTIN = "04012345000016"


@asynccontextmanager
async def terminal(here: Lots, language: str = "en") -> AsyncIterator[TerminalApp]:
    """An app over HTTP to the edge of these lots."""
    async with served(application(edge_of(here.here))) as url:
        yield TerminalApp(EdgeClient(url, "L1"), SystemClock(), language, "anna", poll_s=0.05)


async def test_a_scanned_lot_is_mounted_or_refused_with_its_reason(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1", expires=SIX)
        await here.receive("S2")
        async with terminal(here) as app, app.run_test(size=SIZE) as pilot:
            await shows(pilot, "not yet: no lot of STEEL is m")
            scan(pilot, "LOT:S1")
            await shows(pilot, "lot S1 of STEEL expired")
            scan(pilot, "LOT:S2")
            await shows(pilot, "Scan a lot in: recorded as fact", "ready to start")
            await pilot.press("m")
            await until(pilot, lambda: isinstance(app.screen, MoreScreen))
            place = [room.name for room in app._further.rooms].index("materials")
            await pilot.press(KEYS[place], "2")
            await shows(pilot, "Mounted lots", "STEEL", "1/8 kg", "S2", "100 kg")
        assert (await here.get("/work-centers/L1/materials"))["mounted"][0]["lot"] == "S2"


async def test_where_a_lot_is_and_another_drawing_in_chinese(tmp_path: Path) -> None:
    label = encoded([("01", STEEL_GTIN), ("10", "S/2")])
    async with lots(tmp_path) as here:
        await here.receive("S2", code=label)
        await here.mount("S2")
        await here.start("WO1.10")
        await here.makes(30)
        async with terminal(here, "zh") as app, app.run_test(size=SIZE) as pilot:
            await shows(pilot, "WO1")
            scan(pilot, "DOC:DRW-60/B")
            await shows(pilot, "装的是图纸 DRW-60 版本 B", "请扫描 DRW-60")
            await pilot.press("m")
            await until(pilot, lambda: isinstance(app.screen, MoreScreen))
            place = [room.name for room in app._further.rooms].index("materials")
            await pilot.press(KEYS[place], "9")
            await until(pilot, lambda: "装上托盘" not in text(pilot))  # the menu has that line, too
            await shows(pilot, "这个批次在哪里？", "批次")
            scan(pilot, label)
            await shows(pilot, "WO1.10：第 1 至 30 件", "工单")


async def test_labels_of_gs1_are_received_mounted_and_packed(tmp_path: Path) -> None:
    """As scanners send them: with FNC1 as GS between elements, without any prefix."""
    steel = encoded([("01", STEEL_GTIN), ("10", "C7"), ("3100", "000850")])
    async with lots(tmp_path) as here:
        async with terminal(here) as app, app.run_test(size=SIZE) as pilot:
            await shows(pilot, "WO1")
            scan(pilot, steel)
            await shows(pilot, "no lot C7 of STEEL on this edge")
            await pilot.press("m")
            await until(pilot, lambda: isinstance(app.screen, MoreScreen))
            place = [room.name for room in app._further.rooms].index("materials")
            await pilot.press(KEYS[place])
            await pilot.press(*["down"] * 11, "enter")
            await shows(pilot, "Receive a lot", "Label or id")
            scan(pilot, encoded([("01", STEEL_GTIN), ("3100", "000850"), ("10", "C7")]))
            await shows(pilot, f"(01){STEEL_GTIN}")
            await pilot.press("enter", "B", "enter", "enter", "enter")
            await shows(pilot, "C7: 850 kg of STEEL received")
            await pilot.press("escape")
            scan(pilot, f"]C101{STEEL_GTIN}10C7")
            await shows(pilot, "Scan a lot in: recorded as fact")
        assert (await here.get("/work-centers/L1/materials"))["mounted"][0]["lot"] == "C7"
