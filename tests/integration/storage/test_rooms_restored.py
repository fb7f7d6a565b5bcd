"""What people said in every room after a restore, moved behind the facts that sync gave back.

A copy of six o'clock is put back; sync holds what happened after it. Until sync is reached the
floor goes on: people, lots, quality, maintenance, stops, the board, questions. Once it is
settled each word stands as it was said and speaks of the same facts, wherever those stand now,
and all tables are what the facts say.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from edge.domain.facts import Fact, FactKind, Source, decode
from edge.domain.jobs import About
from edge.domain.people import Person
from edge.domain.recording import Document
from edge.domain.references import REFERENCES, named, renamed
from edge.execution.orders.asking import question
from edge.execution.orders.jobs import event
from edge.execution.people.rules import PeopleRules
from edge.storage.backup import backup
from edge.storage.recovery import Order
from edge.storage.snapshots import Keeping
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.lots_on_floor import Lots, documents
from tests.integration.edge.test_api import api
from tests.integration.edge.test_inspections import plan
from tests.integration.edge.test_stops import CODES, RULES
from tests.integration.storage.sync_model import SyncModel
from tests.unit.storage.samples import state

HOUR = 60 * MINUTE
PEOPLE = PeopleRules(
    people={
        id_: Person(id=id_, name=id_, roles=frozenset({role}), badge=badge, skills={})
        for id_, badge, role in (
            ("anna", "4711", "operator"),
            ("emil", "4712", "operator"),
            ("bert", "4713", "supervisor"),
        )
    }
)
# Kinds that this story has no occasion for; tests/contract/test_references.py has them all.
NOT_TOLD = {"control_limits", "production_count", "plan_proposal", "plan_released", "promise"}


def inspected() -> list[Document]:
    made, *others = documents()
    operations = [dict(one) for one in made.content["operations"]]
    operations[0]["inspections"] = [plan()]
    return [replace(made, content={**made.content, "operations": operations}), *others]


@asynccontextmanager
async def floor(folder: Path, keys: int) -> AsyncIterator[Lots]:
    """An edge over the store in `folder`; `keys`: where its callers' keys begin."""
    async with site(folder, documents=inspected()) as here, api(here) as client:
        here.rooms.people.follow(PEOPLE)
        here.rooms.stops.follow(RULES)
        client._transport.app.state.edge.reasons["stop"] = CODES  # type: ignore[attr-defined]
        at = Lots(here, client)
        at._keys = keys
        yield at


def facts(here: Site | Store, after: int = 0) -> list[Fact]:
    store = here if isinstance(here, Store) else here.store
    return [decode(one.data) for one in store.reader.facts_after(after, 10_000)]


async def begins(at: Lots) -> None:
    """Until six: what the copy holds."""
    await at.receive("S1")
    await at.mount("S1")
    await at.start("WO1.10")
    await at.here.record(state("APT", at=SIX + 10 * MINUTE))
    await at.makes(40)


async def goes_on(at: Lots) -> None:
    """What sync holds, and the copy does not."""
    clock = at.here.clock
    clock.plant = SIX + 20 * MINUTE
    await at.act("/sign-ons", badge="4712", work_center="L1")
    await at.receive("S2")
    call = await at.act("/andon", work_center="L1", topic="quality", note="")
    await at.act(f"/andon/{call['seq']}/close", note="seen")
    await at.here.record(state("ADET", at=SIX + 20 * MINUTE))
    await at.here.record(state("APT", at=SIX + 25 * MINUTE))
    clock.plant = SIX + 30 * MINUTE
    await at.makes(30)
    await at.act("/job-orders/WO1.10/scrap", quantity=2, reason="burr")


async def says_in_all_rooms(at: Lots) -> None:
    """Until sync is reached: each room has its word, and words about words."""
    here, clock, say = at.here, at.here.clock, partial(at.act, actor="bert")
    clock.plant = SIX + 40 * MINUTE
    made = await at.makes(50)  # 40 to 90: of these, 30 are known to sync
    await at.act("/sign-ons", badge="4711", work_center="L1")
    clock.plant += MINUTE
    await at.act("/sign-ons", badge="4713", work_center="L1")
    await at.act("/sign-offs", person="anna", work_center="L1")
    await at.receive("S3")
    await at.mount("S3")
    await at.makes(20)
    used = await say("/job-orders/WO1.10/consumptions", lot="S3", quantity="1/2")
    await say(f"/facts/{used['seq']}/reversal", note="it was S1")
    halves = [{"from": "S3", "to": "S3B", "quantity": "1"}]
    split = await say("/lots/flows", how="split", flows=halves)
    await say(f"/facts/{split['seq']}/reversal", note="left whole")
    hold = await at.act("/quality/holds", scope="lot", target="S3", reason="burr")
    await say(f"/quality/holds/{hold['seq']}/release", note="fine")
    seen = [
        {"characteristic": "width", "readings": ["12.00", "12.02", "11.98"]},
        {"characteristic": "burr", "readings": ["ok", "ok", "ok"]},
    ]
    result = {"job_order_id": "WO1.10", "inspection": "DIM", "results": seen}
    done = await say("/quality/results", **result)
    await say(f"/quality/results/{done['seq']}/void", note="wrong gauge")
    suspect = await say(
        "/quality/nonconformances", job_order_id="WO1.10", reason="burr", quantity=5
    )
    path = f"/quality/nonconformances/{suspect['seq']}/decisions"
    await say(path, note="seen", decision="scrap", quantity=3)
    scrap = await say("/job-orders/WO1.10/scrap", quantity=4, reason="burr")
    await say(f"/facts/{scrap['seq']}/corrections", note="3", changes={"quantity": 3})
    await say(f"/facts/{made}/corrections", note="one less", changes={"quantity": 49})
    clock.plant = SIX + HOUR
    await here.record(state("ADET", at=clock.now(), fault=101))
    clock.plant += 20 * MINUTE
    await here.record(state("APT", at=clock.now()))
    [stop] = here.store.reader.stops("L1", SIX + HOUR, clock.now())
    await say(f"/stops/{stop.id}/reason", reason="no_material")
    await say(f"/stops/{stop.id}/split", at=SIX + 65 * MINUTE, reason="CLEAN")
    order = await say("/maintenance/orders", work_center="L1", note="screams", stop=stop.id)
    here.floor.register.reload()
    await say("/job-orders/WO1.10/interrupt", version=here.floor.job("WO1.10").version)
    await say(f"/maintenance/orders/{order['seq']}/begin")
    await say(f"/maintenance/orders/{order['seq']}/done", note="bearing")
    span = {"from": SIX + 3 * HOUR, "to": SIX + 4 * HOUR}
    planned = await say("/planned-stops", work_center="L1", reason="CLEAN", **span)
    await say(f"/planned-stops/{planned['seq']}/cancel")
    hour = f"/work-centers/L1/hours/{SIX}"
    await say(f"{hour}/cause", reason="no_material", note="coil")
    await say(f"{hour}/sign", version=1)
    call = await say("/andon", work_center="L1", topic="material", note="")
    await say(f"/andon/{call['seq']}/acknowledge")
    await asks(at)


async def asks(at: Lots) -> None:
    """A supervisor is asked whether a job with too few pieces has ended, and says no."""
    here = at.here
    here.floor.register.reload()
    job = here.floor.job("WO1.10")
    job = replace(job, version=job.version + 1)
    extra = {"question": question(About.SHORT, job)}
    draft = event(job, "asked", at=here.clock.now(), source=Source.SYSTEM, extra=extra)
    await here.record(draft)
    [asked] = (await at.get("/questions", open="true"))["items"]
    await at.act(
        f"/questions/{asked['id']}/answer", answer="as_planned", note="go on", actor="bert"
    )


def meaning(fact: Fact, among: dict[int, Fact]) -> str:
    """What a fact says, and of what, wherever it stands in the chain."""
    about = named(fact)
    body = dict(renamed(fact, dict.fromkeys(about, 0)).body)
    if fact.kind == FactKind.JOB_ORDER_EVENT:
        body.pop("version")
    if fact.kind == FactKind.PRODUCTION_COUNT:
        body = {"tag": body["tag"], "raw_to": body["raw_to"]}  # it may begin later
    if fact.kind == FactKind.CORRECTION:
        body["changes"] = sorted(body["changes"])  # of fewer pieces, if it is of a count
    said = [fact.kind, fact.occurred_at, fact.equipment_id, fact.job_order_id, fact.actor, body]
    return json.dumps([*said, [meaning(among[seq], among) for seq in about]], sort_keys=True)


def meanings(found: list[Fact], every: list[Fact]) -> Counter[str]:
    among = {one.seq: one for one in every}
    return Counter(meaning(one, among) for one in found)


@pytest.fixture
async def restored(tmp_path: Path) -> tuple[Path, SyncModel, int]:
    """A store that was put back as of six, and sync, which holds more; where the copy ends."""
    sync, copy = SyncModel(), tmp_path / "copy.sqlite"
    async with floor(tmp_path, 0) as at:
        await begins(at)
        end = at.here.store.reader.chain_end().seq
        backup(at.here.store.path, copy)
        await goes_on(at)
        await sync.meet(at.here.store)
        clock = at.here.clock
    keeping = Keeping(folder=tmp_path / "snapshots")
    order = Order(snapshot=copy)
    Store.open(tmp_path / "edge.sqlite", "e1", clock, keeping=keeping, order=order).close()
    return tmp_path, sync, end


async def test_what_every_room_was_told_stands_as_it_was_said(
    restored: tuple[Path, SyncModel, int],
) -> None:
    folder, sync, end = restored
    async with floor(folder, 1000) as at:
        at.raw["L1"] = 40
        await says_in_all_rooms(at)
        before = facts(at.here)
        said = before[end:]
        came = len(sync.facts) - end
        speaking = {str(one.kind) for one in said if named(one)}
        assert speaking == {*REFERENCES} - NOT_TOLD
        await sync.meet(at.here.store)
        [done] = at.here.store.recovery.all()
        assert (done.taken_back, done.rechained, done.held) == (came, len(said), 0)
        after = facts(at.here)
        assert meanings(after[end + came :], after) == meanings(said, before)
        at.here.floor.register.reload()
        made = at.here.floor.job("WO1.10")
        assert made.good + made.scrap + made.rework == 40 + 30 + 19 + 20  # one was said to be less
        [call] = (await at.get("/andon"))["items"][-1:]
        assert call["acknowledged_by"] == "bert"
    assert verify(folder / "edge.sqlite").whole


@pytest.mark.parametrize(("read", "apart"), [(30, 0), (20, 1)])
async def test_no_word_about_a_count_is_dropped_with_it(
    restored: tuple[Path, SyncModel, int], read: int, apart: int
) -> None:
    """Sync knows 30 pieces: a count of 30 came back as it was, one of 20 is for a person."""
    folder, sync, _ = restored
    async with floor(folder, 1000) as at:
        at.raw["L1"], at.here.clock.plant = 40, SIX + 40 * MINUTE
        made = await at.makes(read)
        await at.act("/sign-ons", badge="4713", work_center="L1")
        path, said_less = f"/facts/{made}/corrections", {"quantity": read - 3}
        await at.act(path, note="three less", changes=said_less, actor="bert")
        await sync.meet(at.here.store)
        [done] = at.here.store.recovery.all()
        assert (done.held, done.apart) == (apart, apart)
        said = [one for one in facts(at.here) if one.body.get("action") == "word_apart"]
        assert [one.body["detail"]["said"]["note"] for one in said] == ["three less"] * apart
        at.here.floor.register.reload()
        job = at.here.floor.job("WO1.10")
        assert job.good + job.scrap == 40 + 30 - 3 * (not apart)
    assert verify(folder / "edge.sqlite").whole


async def test_scrap_that_was_said_meanwhile_goes_with_its_pieces(
    restored: tuple[Path, SyncModel, int],
) -> None:
    """50 pieces were read at seven, of which sync knows 30 of six: of 45 that were said to be
    scrap 20 stay at seven, 25 go to six, and no hour has fewer than none."""
    folder, sync, _ = restored
    async with floor(folder, 1000) as at:
        at.raw["L1"], at.here.clock.plant = 40, SIX + HOUR + 5 * MINUTE
        await at.makes(50)
        scrap = await at.act("/job-orders/WO1.10/scrap", quantity=45, reason="burr")
        before = [one for one in facts(at.here) if one.kind == FactKind.SCRAP]
        assert [one.body["hour"] for one in before] == [SIX + HOUR]
        await sync.meet(at.here.store)
        rows = at.here.store.reader.hour_quantities("L1", 0, SIX + 2 * HOUR)
        found = {row.hour: (row.good, row.scrap) for row in rows if row.job_order_id == "WO1.10"}
        assert found == {SIX: (40 + 30 - 2 - 25, 2 + 25), SIX + HOUR: (0, 20)}
        again = await at.act("/job-orders/WO1.10/scrap", quantity=43, reason="burr")
        assert again["seq"] > scrap["seq"]
    assert verify(folder / "edge.sqlite").whole


async def test_what_is_counted_for_a_job_that_had_ended_is_of_the_job_that_was_on(
    tmp_path: Path,
) -> None:
    """The copy knows WO1 only, sync that WO2 came on: all that the machine made since is WO2's."""
    sync, copy = SyncModel(), tmp_path / "copy.sqlite"
    async with floor(tmp_path, 0) as at:
        await begins(at)
        backup(at.here.store.path, copy)
        at.here.clock.plant = SIX + 20 * MINUTE
        await at.complete("WO1.10")
        await at.start("WO2.10")
        await at.makes(30, "WO2.10")
        await sync.meet(at.here.store)
        clock = at.here.clock
    keeping, order = Keeping(folder=tmp_path / "snapshots"), Order(snapshot=copy)
    Store.open(tmp_path / "edge.sqlite", "e1", clock, keeping=keeping, order=order).close()
    async with floor(tmp_path, 1000) as at:
        at.raw["L1"], at.here.clock.plant = 40, SIX + 40 * MINUTE
        await at.makes(50)
        await at.makes(25)
        await sync.meet(at.here.store)
        at.here.floor.register.reload()
        made = {job: at.here.floor.job(job).good for job in ("WO1.10", "WO2.10")}
        assert made == {"WO1.10": 40, "WO2.10": 30 + 20 + 25}
        [*_, last] = [one for one in facts(at.here) if one.kind == FactKind.PRODUCTION_COUNT]
        assert "order_changed" in last.body["flags"]
    assert verify(tmp_path / "edge.sqlite").whole
