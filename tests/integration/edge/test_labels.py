"""Labels go to a real socket; each copy is a fact, and a printer that is away is said so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge.domain.gs1 import is_valid
from edge.execution.genealogy.labels import BuiltIn
from tests.integration.edge.lots_on_floor import lots
from tests.ports import free_port


@asynccontextmanager
async def printer() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A printer's raw port, and what came there."""
    came: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", came


async def test_a_label_is_printed_and_a_reprint_has_its_number(tmp_path: Path) -> None:
    async with lots(tmp_path) as here, printer() as (address, came):
        await here.receive("S1", supplier_lot="a^b_c")
        first = await here.act("/lots/S1/labels", printer=address)
        again = await here.act("/lots/S1/labels", printer=address)
        assert (first["copy"], again["copy"]) == (1, 2)
        assert [one.decode() for one in came] == [first["zpl"], again["zpl"]]
        assert "^FH^FDS1^FS" in first["zpl"]
        assert "^CI28" in first["zpl"]


async def test_a_printer_that_is_away_records_nothing(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        away = f"127.0.0.1:{free_port()}"
        problem = await here.act("/lots/S1/labels", 503, printer=away)
        assert problem["type"].endswith("printer-unreachable")
        assert "print again" in problem["mend"]
        assert (await here.act("/lots/S1/labels", printer=""))["copy"] == 1


async def test_a_customer_has_a_label_of_its_own(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        labels = here.here.rooms.materials.labels
        labels.labels = [
            BuiltIn(id="plain", of="lot"),
            BuiltIn(id="acme", of="lot", customer="ACME", dpi=300),
        ]
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        await here.act("/job-orders/WO1.10/lots", lot="P1")
        assert "^PW1181" in (await here.act("/lots/P1/labels"))["zpl"]
        assert "^PW799" in (await here.act("/lots/S1/labels"))["zpl"]


async def test_a_pallet_has_an_sscc_and_says_what_is_on_it(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        here.here.rooms.materials.producing.gs1_prefix = "4012345"
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        await here.makes(20)
        pallet = (await here.act("/lots/pallets"))["lot"]
        assert is_valid(pallet)
        assert len(pallet) == 18
        flows = [{"from": "WO1.10", "to": pallet, "quantity": "12"}]
        await here.act("/lots/flows", how="packed", flows=flows)
        zpl = (await here.act(f"/lots/{pallet}/labels"))["zpl"]
        assert f">;>800{pallet}" in zpl
        assert "WO1.10: 12" in zpl
        assert "ACME" in zpl
