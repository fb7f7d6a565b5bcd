"""What goes wrong on the way to sync never ends the edge, and never parts the chains."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edge.domain.chain import ChainConflict, StoredFact
from edge.domain.clock import ManualClock
from edge.domain.facts import FactKind
from edge.domain.recording import StoreUnavailable
from edge.link import link as links
from edge.link.link import Link
from edge.storage.store import Store
from erp_sync.inbox import chain, intake
from erp_sync.service import Service
from tests.integration.edge.sync_between import link_of, sync_at
from tests.unit.erp_sync.chains import SIX, Chain

FACTS = 1600


def open_store(folder: Path) -> Store:
    return Store.open(folder / "edge.sqlite", "e1", ManualClock(SIX))


async def hold(service: Service, facts: list[bytes]) -> None:
    """Let sync hold facts of edge e1."""
    arrivals = chain.read("e1", facts)
    zone = ZoneInfo("Europe/Berlin")
    await service.store.write(lambda db: intake.take_in(db, "e1", 1, arrivals, None, zone, SIX))


@asynccontextmanager
async def kept_up(link: Link) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(link.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await link.client.close()


async def until(what: Callable[[], bool], task: asyncio.Task[None]) -> None:
    async with asyncio.timeout(20):
        while not what():
            assert not task.done(), task
            await asyncio.sleep(0.01)


async def test_a_restore_is_awaited_however_long_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "RESTORE_PAUSE_S", 0.05, raising=False)
    facts = Chain()
    for _ in range(FACTS):
        facts.count()
    async with sync_at(tmp_path) as sync:
        await hold(sync.service, facts.data)
        sync.between.slow, sync.between.broken = 0.2, 1
        with open_store(tmp_path) as store:
            link = link_of(store, sync.url)
            await link.greet(0.5)
            await link.client.close()
            end = store.reader.chain_end()
        assert (end.seq, end.hash) == (FACTS, facts.last)
        assert end.epoch > 1
        assert link.status.state == "connected"


async def test_whoever_answers_in_the_place_of_sync_does_not_end_the_link(tmp_path: Path) -> None:
    async with sync_at(tmp_path) as sync:
        with open_store(tmp_path) as store:
            link = link_of(store, sync.url)
            sync.between.portal = True
            await link.greet(1.0)
            assert link.status.state == "unreachable"
            async with kept_up(link) as task:
                await until(lambda: len(sync.between.asked) > 1, task)
                sync.between.portal = False
                await until(lambda: link.status.state == "connected", task)
                sync.between.portal = True
                await until(lambda: link.status.state == "unreachable", task)
                assert "Please log in" in link.status.detail


@pytest.mark.parametrize("refusal", [StoreUnavailable, ChainConflict])
async def test_a_store_that_cannot_take_it_now_does_not_end_the_link(
    tmp_path: Path, refusal: type[Exception]
) -> None:
    chain_ = Chain()
    chain_.add(FactKind.CONFIGURATION_APPLIED, {"sha256": "", "taktline": "1"}, equipment="s1")
    async with sync_at(tmp_path) as sync:
        with open_store(tmp_path) as store:
            await store.adopt(1, chain_.data)
            refused: list[int] = []

            class Full:
                """The store's side of the link, on a full disk twice."""

                acknowledged, adopt = store.acknowledged, store.adopt
                standing, settle = store.standing, store.settle

                async def acknowledge(self, seq: int, hash_: str) -> None:
                    if len(refused) < 2:
                        refused.append(seq)
                        raise refusal("the disk is full")
                    await store.acknowledge(seq, hash_)

            link = link_of(store, sync.url)
            link.store = Full()
            await link.greet(1.0)
            async with kept_up(link) as task:
                await until(lambda: store.acknowledged()[0] == 1, task)
            assert len(refused) == 2


async def test_while_facts_wait_sync_is_not_told_that_their_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watermark beyond facts that are still to come would close their hours without them."""
    monkeypatch.setattr(links, "BATCH", 2)
    facts = Chain()
    for minute in range(5):
        facts.count(at=SIX - (10 - minute) * 60_000_000)
    told: list[tuple[int, int]] = []
    async with sync_at(tmp_path) as sync:
        with open_store(tmp_path) as store:
            await store.adopt(1, facts.data)
            link = link_of(store, sync.url)
            send = link.client.send

            async def listened(epoch: int, batch: Sequence[StoredFact], watermark: int) -> Any:
                told.append((batch[-1].seq if batch else 0, watermark))
                return await send(epoch, batch, watermark)

            monkeypatch.setattr(link.client, "send", listened)
            async with kept_up(link) as task:
                await until(lambda: store.acknowledged()[0] == 5, task)
    begun = [SIX - minutes * 60_000_000 for minutes in (10, 8)]
    assert told[:3] == [(2, begun[0]), (4, begun[1]), (5, SIX)]
