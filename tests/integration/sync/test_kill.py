"""Killed at any moment, the sync service loses nothing and doubles nothing."""

import itertools
import random
import threading
from pathlib import Path
from typing import Any

import httpx

from tests.integration.sync.running import Running, running, write_config
from tests.unit.erp_sync.chains import HOUR, SIX, Chain, batch

FACTS = 5_000
BATCH = 50
KILLS = 4
BATCHES_A_LIFE = 15


def made() -> tuple[Chain, int, int]:
    """A chain with good and scrap pieces of three orders, and their sums."""
    chain, dice = Chain(), random.Random(7)
    good = scrap = 0
    for at in range(FACTS):
        quantity = dice.randint(1, 4)
        job = f"WO{dice.randint(1, 3)}.10"
        moment = SIX + at * 3 * HOUR // FACTS
        if dice.random() < 0.1:
            chain.count(quantity, role="scrap", job=job, at=moment)
            scrap += quantity
        else:
            chain.count(quantity, job=job, at=moment)
            good += quantity
    return chain, good, scrap


def intake(sync: Running, chain: Chain, acknowledged: list[int], kill_in: float | None) -> bool:
    """Send from what is acknowledged on until all is, or until the service dies (False).

    With `kill_in` it is killed so many seconds after some batches, in the middle of one.
    """
    with sync.client("edge") as http:
        hello = {"store_id": "a", "epoch": 1, "last_seq": chain.seq, "last_hash": chain.last}
        answer = http.post("edges/e1/hello", json=hello)
        assert answer.status_code == 200, answer.text
        reached = answer.json()["acknowledged_seq"]
        # What was acknowledged before the kill is still there after it.
        assert reached >= acknowledged[-1]
        for number in itertools.count():
            if reached == FACTS:
                return True
            if number == BATCHES_A_LIFE and kill_in is not None:
                threading.Timer(kill_in, sync.kill).start()
            watermark = SIX + reached * 3 * HOUR // FACTS
            body = batch(chain.data[reached : reached + BATCH], watermark=watermark)
            try:
                answer = http.post("edges/e1/facts", content=body)
            except httpx.TransportError:
                return False
            assert answer.status_code == 200, answer.text
            reached = answer.json()["acknowledged_seq"]
            acknowledged.append(reached)
    raise AssertionError("unreachable")


def whole_feed(http: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    page = http.get("operations-performance", params=params).json()
    while True:
        items += page["items"]
        if page["complete"]:
            return items
        page = http.get("operations-performance", params={**params, "after": page["next"]}).json()


def test_kill_9_in_the_middle_of_intake_loses_and_doubles_nothing(tmp_path: Path) -> None:
    chain, good, scrap = made()
    config, acknowledged, dice = write_config(tmp_path), [0], random.Random(11)
    for _ in range(KILLS):
        with running(config) as sync:
            assert not intake(sync, chain, acknowledged, dice.random() * 0.03)
    with running(config) as sync:
        assert intake(sync, chain, acknowledged, None)
        check(sync, chain, good, scrap)


def check(sync: Running, chain: Chain, good: int, scrap: int) -> None:
    with sync.client("erp") as http:
        items = whole_feed(http, limit=1000)
        hours = whole_feed(http, by="hour", limit=1000)
        rows = http.get("reconciliations/2026-06-08").json()["rows"]
    assert [item["position"] for item in items] == list(range(1, FACTS + 1))
    assert [item["id"] for item in items] == [f"e1/1/{seq}" for seq in range(1, FACTS + 1)]
    effects = [effect for item in items for effect in item["effects"]]
    for name, truth in (("good", good), ("scrap", scrap)):
        assert sum(effect[name] for effect in effects) == truth
        assert sum(row["recorded"][name] for row in rows) == truth
    closed = SIX + 2 * HOUR
    early = [
        effect
        for item, effect in zip(items, effects, strict=True)
        if item["fact"]["body"]["hour"] < closed
    ]
    assert sum(one["good"] for one in hours) == sum(effect["good"] for effect in early)
    with sync.client("edge") as http:
        kept = http.get("edges/e1/facts", params={"after": FACTS - 2}).content
    assert b",".join(chain.data[-2:]) in kept
