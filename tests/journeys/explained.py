"""A figure down to the machine's own counter: its explanation adds up to it, its pieces are those
of the job orders, and the readings behind them are a chain from the counter's first to its last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.integration.edge.test_explain import reckoned
from tests.journeys.company import ORIGIN, Company

FIRST_READING = 100  # of the company's machine
START = int(datetime.fromisoformat(ORIGIN).timestamp()) * 1_000_000
Pieces = tuple[int, int, int]


@dataclass(frozen=True)
class Explained:
    """`pieces`: good, scrap and rework by job order; `times`: microseconds by time class."""

    value: Fraction | None
    pieces: Mapping[str | None, Pieces]
    times: Mapping[str, int]
    corrected: int


async def explained(here: Company, name: str = "oee", **of: Any) -> Explained:
    """The explanation of a figure since the start; its pieces are held against the counter.

    `of`: what it is asked of, work center L1 unless named; a figure of an order needs no time.
    """
    now = (await here.edge.status())["plant_now"]
    span = {} if "order" in of else {"from": START, "to": now, "by": "span"}
    where = of or {"work_center": "L1"}
    (told,) = (await here.edge.get(f"/kpis/{name}/explanation", **where, **span))["items"]
    assert told["facts_shown"] is True
    value = None if told["value"] is None else Fraction(told["value"])
    if value is not None:
        assert reckoned(told["arithmetic"]["numbers"]) == value
    rows = [row for unit in told["units"] for row in unit["pieces"]]
    facts = {fact["seq"]: fact for row in rows for fact in row["facts"]}
    if rows and "order" not in of:
        await down_to_the_counter(here, facts)
    return Explained(
        value=value,
        pieces=pieces_of(rows),
        times=times_of(told),
        corrected=sum(len(fact["corrections"]) for fact in facts.values()),
    )


def pieces_of(rows: list[dict[str, Any]]) -> dict[str | None, Pieces]:
    """By job order; each row is what its facts count now."""
    sums: dict[str | None, Pieces] = {}
    for row in rows:
        said = (row["good"], row["scrap"], row["rework"])
        counts = [fact["counts"] for fact in row["facts"]]
        names = ("good", "scrap", "rework")
        assert said == tuple(sum(one.get(name, 0) for one in counts) for name in names)
        good, scrap, rework = sums.get(row["job_order_id"], (0, 0, 0))
        sums[row["job_order_id"]] = (good + said[0], scrap + said[1], rework + said[2])
    return {job: pieces for job, pieces in sums.items() if any(pieces)}


async def down_to_the_counter(here: Company, facts: Mapping[int, dict[str, Any]]) -> None:
    """The counts go from the counter's first reading to the last without a gap or twice."""
    ends = sorted(
        (fact["raw_from"], fact["raw_to"]) for fact in facts.values() if fact.get("tag") == "good"
    )
    starts = [FIRST_READING, *(last for _, last in ends)]
    assert starts == [*(first for first, _ in ends), here.machine.values["good"]]


def times_of(told: dict[str, Any]) -> dict[str, int]:
    """By time class; no two intervals overlap, and what is planned down is none of them."""
    sums: dict[str, int] = {}
    for unit in told["units"]:
        rows = unit["intervals"]
        for one, following in pairwise(rows):
            assert one["to"] <= following["from"]
        for one in rows:
            sums[one["time_class"]] = sums.get(one["time_class"], 0) + one["us"]
    return sums
