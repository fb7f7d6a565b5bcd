"""Alarms of edges: shown until someone has looked, and again if they come again."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, inspect, text

from erp_sync.storage.migrate import _config
from tests.contract.sync.site import Site, config_at, site_at
from tests.unit.erp_sync.chains import HOUR, SECOND, SIX, Chain

CLOSURES = "alarms/closures"
DAY = "2026-06-08"
WHY = "a copy of the box ran in the workshop"


async def conflict(site: Site, edge: str = "e1", quantity: int = 2) -> None:
    """The edge's first fact comes with other content."""
    answer = await site.send([Chain(edge_id=edge).count(quantity)], edge=edge)
    assert answer.json()["type"] == "urn:taktline:problem:key-conflict"


async def begun(site: Site, *edges: str) -> None:
    for edge in edges:
        await site.sent([Chain(edge_id=edge).count(1)], edge=edge)


async def listed(site: Site, **params: Any) -> list[dict[str, Any]]:
    answer = await site.get("alarms", who="reader", **params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def close(site: Site, edge: str = "e1", **other: Any) -> Any:
    headers = other.pop("headers", {})
    said = {"edge_id": edge, "note": WHY, **other}
    return await site.put(CLOSURES, said, headers=headers)


async def closed(site: Site, edge: str = "e1", **other: Any) -> int:
    answer = await close(site, edge, **other)
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"closed"}
    return int(answer.json()["closed"])


async def reconciled(site: Site) -> dict[str, Any]:
    answer: dict[str, Any] = (await site.get(f"reconciliations/{DAY}")).json()
    return answer


async def test_alarms_are_listed_oldest_first_and_by_edge(site: Site) -> None:
    await begun(site, "e1", "e2")
    await conflict(site, "e2")
    site.clock.advance(5)
    await conflict(site, "e1")
    assert [item["edge_id"] for item in await listed(site)] == ["e2", "e1"]
    [item] = await listed(site, edge="e1")
    detail = item.pop("detail")
    assert detail.startswith("fact e1/1/1 has hash ")
    assert item.pop("offered") in detail
    assert item.pop("known") in detail
    assert item == {
        "edge_id": "e1",
        "kind": "key-conflict",
        "epoch": 1,
        "seq": 1,
        "at": SIX + 5 * SECOND,
        "closed_at": None,
        "closed_by": None,
        "note": None,
    }


async def test_every_kind_is_an_alarm_that_can_be_closed(site: Site) -> None:
    chain, other = Chain(), Chain()
    await site.sent([chain.count(5, raw=(100, 105)), chain.count(5, raw=(105, 110))])
    await conflict(site)
    await site.send([chain.count(10, raw=(100, 110))])
    for _ in range(2):
        other.count(3)
    said = {"store_id": "a", "epoch": 1, "last_seq": 2, "last_hash": other.last}
    await site.call("edge", "POST", "edges/e1/hello", json=said)
    await site.send([other.count(1)])
    kinds = {item["kind"] for item in await listed(site, open=True)}
    assert kinds == {"fork", "key-conflict", "chain-broken", "overlapping-range"}
    assert await closed(site) == 4


async def test_a_closed_alarm_says_who_closed_it_when_and_why(site: Site) -> None:
    await begun(site, "e1", "e2")
    await conflict(site, "e1")
    await conflict(site, "e2")
    site.clock.advance(60)
    assert await closed(site, note=f"  {WHY}\n") == 1
    [item] = await listed(site, open=False)
    told = [item[name] for name in ("edge_id", "at", "closed_at", "closed_by", "note")]
    assert told == ["e1", SIX, SIX + 60 * SECOND, "erp", WHY]
    assert [item["edge_id"] for item in await listed(site, open=True)] == ["e2"]
    site.clock.advance(60)
    assert await closed(site, note="once more") == 0
    assert (await listed(site, edge="e1"))[0] == item


async def test_what_came_after_someone_looked_stays_open(site: Site) -> None:
    await begun(site, "e1")
    await conflict(site, quantity=2)
    site.clock.advance(5)
    await conflict(site, quantity=3)
    assert await closed(site, until=SIX - 1) == 0
    assert await closed(site, until=SIX) == 1
    assert [item["at"] for item in await listed(site, open=True)] == [SIX + 5 * SECOND]
    assert await closed(site) == 1


async def test_an_alarm_that_comes_again_is_one_and_open_again(site: Site) -> None:
    await begun(site, "e1")
    await conflict(site)
    site.clock.advance(1)
    await conflict(site)
    [item] = await listed(site)
    assert item["at"] == SIX + SECOND
    assert await closed(site, until=SIX) == 0
    assert await closed(site) == 1
    site.clock.advance(1)
    await conflict(site)
    assert await listed(site) == [item | {"at": SIX + 2 * SECOND}]
    assert len((await reconciled(site))["findings"]) == 3  # not posted, no books, the alarm


async def test_a_day_is_complete_again_once_its_alarms_are_closed(site: Site) -> None:
    chain = Chain()
    facts = [chain.count(10), chain.state("OFF", at=SIX + 8 * HOUR, calendar=None, job=None)]
    await site.sent(facts, watermark=SIX + 48 * HOUR)
    away = Chain(edge_id="e2").state("OFF", at=SIX, calendar=None, job=None)
    await site.sent([away], edge="e2", watermark=SIX + 48 * HOUR)
    posted = {"id": "e1/1/1", "status": "posted", "document": "1"}
    await site.put("consumers/erp/acknowledgements", {"items": [posted]})
    line = {"order": "WO1", "operation": 10, "good": 10, "scrap": 0}
    await site.put(f"consumers/erp/books/{DAY}", {"items": [line]})
    assert (await reconciled(site))["complete"]
    await conflict(site)
    found = await reconciled(site)
    assert (found["complete"], found["difference"]) == (False, 0)
    [finding] = found["findings"]
    assert finding["place"] == "edge e1"
    assert CLOSURES in finding["mend"]
    assert await closed(site) == 1
    found = await reconciled(site)
    assert (found["complete"], found["findings"]) == (True, [])


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        (None, "GET", "alarms", 401),
        ("planner", "GET", "alarms", 403),
        ("edge", "GET", "alarms", 403),
        ("reader", "GET", "alarms", 200),
        (None, "PUT", CLOSURES, 401),
        ("reader", "PUT", CLOSURES, 403),
        ("edge", "PUT", CLOSURES, 403),
        ("erp", "PUT", CLOSURES, 200),
    ],
)
async def test_readers_see_and_bookkeepers_close(
    site: Site, who: str | None, method: str, path: str, status: int
) -> None:
    said = {"edge_id": "e1", "note": WHY} if method == "PUT" else None
    assert (await site.call(who, method, path, json=said)).status_code == status


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ({"edge_id": "e9"}, ["edge_id"]),
        ({"note": ""}, ["note"]),
        ({"note": " \n"}, ["note"]),
        ({"edge_id": "", "note": ""}, ["edge_id", "note"]),
        ({"note": None}, []),
        ({"note": "x" * 2001}, []),
        ({"until": -1}, []),
        ({"until": 2**63}, []),
        ({"until": 1.5}, []),
        ({"colour": "red"}, []),
    ],
)
async def test_a_closure_that_is_not_valid_closes_nothing(
    site: Site, said: dict[str, Any], places: list[str]
) -> None:
    await begun(site, "e1")
    await conflict(site)
    answer = await close(site, **{"edge": said.pop("edge_id", "e1"), **said})
    assert (answer.status_code, answer.json()["type"][21:]) == (422, "invalid"), answer.text
    assert [fault["place"] for fault in answer.json().get("errors", [])] == places
    assert len(await listed(site, open=True)) == 1


@pytest.mark.parametrize("query", [{"edge": "e9"}, {"open": "maybe"}, {"colour": "red"}])
async def test_a_list_of_what_is_not_there_is_refused(site: Site, query: dict[str, str]) -> None:
    assert (await site.get("alarms", **query)).status_code == 422


async def test_a_repeated_key_gets_the_first_answer(site: Site) -> None:
    await begun(site, "e1")
    await conflict(site)
    key = {"idempotency-key": "k1"}
    assert [await closed(site, headers=key) for _ in range(2)] == [1, 1]
    assert await closed(site) == 0
    assert (await close(site, note="other", headers=key)).json()["type"][21:] == "key-reused"


async def test_the_gauge_follows_what_is_open(site: Site) -> None:
    await begun(site, "e1")
    await conflict(site)
    await conflict(site, quantity=3)
    gauge = 'taktline_sync_open_alarms{edge="e1"} '
    assert f"{gauge}2.0" in (await site.get("/metrics")).text
    await closed(site)
    assert f"{gauge}0.0" in (await site.get("/metrics")).text


ROW = text(
    "INSERT INTO alarm (edge_id, kind, epoch, seq, offered, known, detail, at) "
    "VALUES ('gone', 'fork', 1, 7, 'aa', 'bb', 'an old one', 42)"
)


def old_store(folder: Path) -> None:
    """A store of the schema before alarms could be closed, with an alarm of an edge that left."""

    def make(db: Connection) -> None:
        command.upgrade(_config(db), "0002")
        db.execute(ROW)

    at_once(folder, make)


def at_once(folder: Path, work: Any) -> Any:
    engine = create_engine(config_at(folder).store_url)
    try:
        with engine.begin() as db:
            return work(db)
    finally:
        engine.dispose()


async def test_alarms_of_an_older_store_are_open_and_can_be_closed(tmp_path: Path) -> None:
    old_store(tmp_path)
    async with site_at(tmp_path) as site:
        [item] = await listed(site, edge="gone")
        assert item == {
            "edge_id": "gone",
            "kind": "fork",
            "epoch": 1,
            "seq": 7,
            "offered": "aa",
            "known": "bb",
            "detail": "an old one",
            "at": 42,
            "closed_at": None,
            "closed_by": None,
            "note": None,
        }
        assert await closed(site, "gone") == 1
        assert await listed(site, open=True) == []


def test_the_migration_can_be_taken_back(tmp_path: Path) -> None:
    old_store(tmp_path)

    def there_and_back(db: Connection) -> tuple[set[str], int]:
        command.upgrade(_config(db), "head")
        command.downgrade(_config(db), "0002")
        names = {column["name"] for column in inspect(db).get_columns("alarm")}
        return names, int(db.scalar(text("SELECT count(*) FROM alarm")) or 0)

    names, rows = at_once(tmp_path, there_and_back)
    assert rows == 1
    assert names == {"edge_id", "kind", "epoch", "seq", "offered", "known", "detail", "at"}
