"""Versions of a plan at sync: as their facts say them, and nothing is written."""

import json
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from edge.commands import plan_history
from edge.domain.facts import FactKind
from edge.execution.orders.unmade import Unmade
from tests.contract.sync.site import Site
from tests.unit.erp_sync.chains import HOUR, SIX, Chain

Json = dict[str, Any]
WHY = {"code": "plan.because_down", "params": {}, "detail": "L1 is down", "mend": ""}


def row(id_: str, completion: int | None, late_s: int = 0) -> Json:
    return {
        "id": id_,
        "completion": completion,
        "due": SIX + 10 * HOUR,
        "tardiness_s": late_s,
        "reasons": [{"type": "CAPACITY", "work_center": "L1"}] if late_s else [],
    }


def released(chain: Chain, plan: int, *orders: Json, actor: str | None = None) -> bytes:
    body = {
        "plan": plan,
        "input_hash": f"{plan:02}",
        "valid_from": SIX + plan * HOUR,
        "orders": [*orders],
        "made_at": SIX,
        "as_of": 1,
        "replaces": plan - 1,
        "why": WHY,
        "proposal": 4 if actor else None,
        "note": "they wait" if actor else "",
        "difference": {"moved_s": 3600, "moved": 1, "moves": []} if plan > 1 else None,
        "told": [],
    }
    return chain.add(FactKind.PLAN_RELEASED, body, at=SIX + plan * HOUR, actor=actor)


async def sent(site: Site) -> None:
    """Three versions: A becomes late and is on time again, B comes and goes."""
    chain = Chain()
    facts = [
        released(chain, 1, row("A", SIX + 8 * HOUR), row("B", SIX + 9 * HOUR)),
        chain.count(3),
        released(chain, 2, row("A", SIX + 12 * HOUR, 7200), row("B", SIX + 9 * HOUR)),
        released(chain, 3, row("A", SIX + 9 * HOUR), row("C", SIX + 5 * HOUR), actor="eva"),
    ]
    await site.sent(facts, watermark=SIX + 4 * HOUR)


async def between(site: Site, first: int, last: int) -> httpx.Response:
    params: Json = {"from": first, "to": last}
    return await got(site, "plan-versions/difference", **params)


async def got(site: Site, path: str, **params: Any) -> httpx.Response:
    """Of the edge that has sent them: the site has two."""
    return await site.get(path, **{"edge": "e1", **params})


async def test_versions_are_told_the_newest_first(site: Site) -> None:
    await sent(site)
    items = (await got(site, "plan-versions")).json()["items"]
    assert [(one["plan"], one["released_by"], one["late"]) for one in items] == [
        (3, "eva", 0),
        (2, None, 1),
        (1, None, 0),
    ]
    assert items[0]["why"] == WHY
    assert (items[0]["proposal"], items[0]["note"]) == (4, "they wait")
    assert items[0]["released_at"] == SIX + 3 * HOUR
    page = (await got(site, "plan-versions", before=3, limit=1)).json()["items"]
    assert [one["plan"] for one in page] == [2]


async def test_one_version_says_when_each_order_is_done(site: Site) -> None:
    await sent(site)
    found = (await got(site, "plan-versions/2")).json()
    assert [(one["id"], one["tardiness_s"]) for one in found["orders"]] == [("A", 7200), ("B", 0)]
    unknown = await got(site, "plan-versions/9")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:taktline:problem:not-found")
    assert unknown.json()["mend"]


async def test_a_difference_is_of_any_two_versions(site: Site) -> None:
    await sent(site)
    newest = (await got(site, "plan-versions/difference")).json()
    assert (newest["from"], newest["to"], newest["on_time"]) == (2, 3, ["A"])
    assert [one["order"] for one in newest["orders"]] == ["A", "B", "C"]
    far = (await between(site, 1, 3)).json()
    assert (far["became_late"], far["on_time"]) == ([], [])
    assert [one["plan"] for one in far["steps"]] == [3, 2]
    assert far["orders"][0] == {
        "order": "A",
        "before": SIX + 8 * HOUR,
        "after": SIX + 9 * HOUR,
        "due": SIX + 10 * HOUR,
        "late_s_before": 0,
        "late_s_after": 0,
        "reasons": [],
    }
    wrong = await between(site, 3, 1)
    assert wrong.status_code == 422
    gone = await between(site, 1, 9)
    assert gone.status_code == 404


async def test_they_are_only_read_and_by_who_may(site: Site) -> None:
    await sent(site)
    before = await site.feed()
    assert (await got(site, "plan-versions", who="nobody")).status_code in {401, 403}
    for path in ("plan-versions", "plan-versions/1", "plan-versions/difference"):
        assert (await got(site, path)).status_code == 200
    assert await site.feed() == before
    assert (await got(site, "plan-versions", edge="e9")).status_code == 422


async def test_the_command_tells_them(site: Site, monkeypatch: Any) -> None:
    await sent(site)
    answers = {
        path: (await got(site, path)).json()
        for path in ("plan-versions", "plan-versions/2", "plan-versions/difference")
    }
    monkeypatch.setattr(plan_history, "_got", lambda _s, _t, path, _q: answers[path[1:]])

    def run(*words: str) -> str:
        done = CliRunner().invoke(plan_history.plan_history, [*words, "--sync", "http://x:1"])
        assert done.exit_code == 0, done.output
        return done.output

    assert run().splitlines()[0].endswith("eva  1.0 h  L1 is down  (they wait)")
    assert "A  2026-06-08T18:00:00+02:00  +2.0 h" in run("2")
    assert "A  2026-06-08T18:00:00+02:00 -> 2026-06-08T15:00:00+02:00  +2.0 h" in run(
        "3", "--against", "2"
    )
    assert json.loads(run("--json")) == answers["plan-versions"]


@pytest.mark.parametrize(
    ("tongue", "told"),
    [
        ("en", "WO7  -  200 of 600 pieces are made by nobody: the order was raised after"),
        ("zh", "WO7  -  600 件中有 200 件无人生产"),
    ],
)
async def test_a_version_says_why_an_order_has_no_finish_in_each_language(
    site: Site, monkeypatch: Any, tongue: str, told: str
) -> None:
    unmade = Unmade(
        order="WO7", operation=10, work_center="L1", good=400, comes=400, wanted=600
    ).remark()
    chain = Chain()
    await site.sent([released(chain, 1, row("WO7", None) | {"unmade": unmade.said.view()})])
    answer = (await got(site, "plan-versions/1")).json()
    monkeypatch.setattr(plan_history, "_got", lambda *_: answer)
    words = ["1", "--sync", "http://x:1", "--language", tongue]
    done = CliRunner().invoke(plan_history.plan_history, words)
    assert told in done.output
    assert ("order 400 of it" in done.output) == (tongue == "en")
