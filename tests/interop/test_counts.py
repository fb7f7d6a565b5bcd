"""Counts are exact to the piece before devices that nobody here wrote, whatever happens."""

import asyncio
from pathlib import Path

import pytest

from edge.domain.facts import FactKind
from tests.integration.collection.plant import until
from tests.interop.edge_here import EdgeHere, rules
from tests.interop.foreign import WORD, Foreign, Truth

pytestmark = [pytest.mark.interop, pytest.mark.asyncio(loop_scope="session")]


def less(later: Truth, earlier: Truth) -> tuple[int, int]:
    """Good and reject made between two accounts."""
    return later.good - earlier.good, later.reject - earlier.reject


async def same(edge: EdgeHere, device: Foreign, before: Truth) -> None:
    """What was recorded becomes what was made, to the piece, with nothing in doubt."""
    good, reject = less(await device.truth(), before)
    await until(lambda: edge.pieces() == good, f"{good} good pieces, {edge.pieces()} recorded")
    await until(lambda: edge.pieces("scrap") == reject, f"{reject} rejects")
    assert edge.quarantined() == []
    assert not edge.flags() & {"lower_bound", "ambiguous"}


async def test_pieces_through_rollover_restart_and_lost_connections(
    device: Foreign, tmp_path: Path
) -> None:
    """Each of it with pieces before, meanwhile and after."""
    await device.show(good=WORD - 20, reject=WORD - 2)
    before = await device.truth()
    async with EdgeHere(device.config("press1"), tmp_path / "edge.db") as edge:
        await device.make(good=15, reject=1)
        await same(edge, device, before)
        await device.make(good=15, reject=3)  # both go round
        await same(edge, device, before)
        await device.drop()
        await device.make(good=7)
        await same(edge, device, before)
        await device.down()
        await until(lambda: edge.machines.observation("L1") is None, "silence")
        await device.make(good=40, reject=5)
        await device.up()
        await same(edge, device, before)
        await edge.machines.stop()
        await device.make(good=11, reject=1)
        await edge.begin()
        await same(edge, device, before)
        assert {"rollover", "recovered"} <= edge.flags()
        reasons = {one.body["reason"] for one in edge.facts(FactKind.DATA_GAP)}
        assert {"unreachable", "edge_down"} <= reasons


async def test_pieces_that_come_while_connections_are_cut_again_and_again(
    device: Foreign, tmp_path: Path
) -> None:
    before = await device.truth()
    async with EdgeHere(device.config("press1"), tmp_path / "edge.db") as edge:
        for turn in range(60):
            await device.make(good=1 + turn % 3, reject=turn % 2)
            if turn % 12 == 5:
                await device.drop()
            await asyncio.sleep(0.02)
        await same(edge, device, before)


async def test_a_cold_start_of_the_controller_is_a_reset_and_never_a_rollover(
    device: Foreign, tmp_path: Path
) -> None:
    """Counters at 65,530 and wiped: by their values alone it could be either."""
    await device.show(good=WORD - 6)
    before = await device.truth()
    async with EdgeHere(device.config("press1"), tmp_path / "edge.db") as edge:
        await device.make(good=3)
        await edge.read()
        await device.down()
        await device.boot(retentive=False)
        await device.make(good=2)
        await device.up()
        await until(lambda: edge.pieces() == 5, "5 pieces")
        assert less(await device.truth(), before)[0] == 5
        assert edge.quarantined() == []
        assert "lower_bound" in edge.flags()  # more could have been made before the start


async def test_where_reset_and_rollover_are_both_possible_nothing_is_guessed(
    device: Foreign, tmp_path: Path
) -> None:
    """Without a boot counter a true rollover and a true reset look the same: both are set aside."""
    await device.show(good=WORD - 6)
    config, path = device.config("press1"), tmp_path / "edge.db"
    async with EdgeHere(config, path, counter=rules(), boot_tag=False) as edge:
        await device.make(good=8)  # a rollover
        await until(lambda: edge.quarantined() == ["rollover_or_reset"], "a quarantine")
        assert edge.pieces() == 0
        await device.show(good=WORD - 6)
        await until(lambda: len(edge.quarantined()) == 2, "another one: a jump")
        await device.reset()
        await until(lambda: len(edge.quarantined()) == 3, "a reset")
        assert edge.quarantined()[-1] == "rollover_or_reset"
        assert edge.pieces() == 0
        await device.make(good=4)  # the plant goes on
        await until(lambda: edge.pieces() == 4, "4 pieces")


async def test_setpoints_arrive_as_written_and_are_audited(device: Foreign, tmp_path: Path) -> None:
    async with EdgeHere(device.config("press1"), tmp_path / "edge.db") as edge:
        values = {"order_setpoint": 1_002_010, "target_setpoint": 70_000, "command": 1}
        await edge.machines.write("L1", values, actor="dispatcher")
        assert await device.written() == values
        told = [one.body["detail"]["read_back"] for one in edge.facts(FactKind.AUDIT)]
        assert sorted(told) == sorted(values.values())
