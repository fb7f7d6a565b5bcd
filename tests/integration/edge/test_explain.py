"""Every figure can be explained: what is printed adds up to it, down to the counter's readings."""

import ast
import json
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.domain.facts import FactDraft, FactKind, Source
from edge.kpi.registry import KPIS
from edge.kpi.scopes import Level, Period
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_kpis import EARLY, HOUR, count, state

JOB = "WO1.10"
THING = {
    Level.UNIT: {"work_center": "L1"},
    Level.LINE: {"line": "L1"},
    Level.AREA: {"area": "s1"},
    Level.SITE: {"level": "site"},
    Level.ORDER: {"order": "WO1"},
    Level.PRODUCT: {"product": "HINGE"},
}
WINDOW = {
    Period.HOUR: {"hour": "2026-06-08T06"},
    Period.SHIFT: {"shift": "2026-06-08/early"},
    Period.DAY: {"day": "2026-06-08"},
    Period.WEEK: {"week": "2026-W24"},
    Period.SPAN: {"from": str(SIX), "to": str(SIX + 2 * HOUR), "by": "span"},
    Period.ORDER: {},
}
SIGNS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda one, other: Fraction(one) / Fraction(other),
}


def reckoned(text: str) -> Fraction:
    """What an arithmetic of integers comes to, exactly."""

    def of(node: ast.expr) -> Fraction:
        if isinstance(node, ast.BinOp):
            return Fraction(SIGNS[type(node.op)](of(node.left), of(node.right)))
        if isinstance(node, ast.UnaryOp):
            return -of(node.operand)
        assert isinstance(node, ast.Constant)
        assert isinstance(node.value, int)
        return Fraction(node.value)

    return of(ast.parse(text, mode="eval").body)


def of_pieces(told: dict[str, Any], element: str) -> Fraction | None:
    rows = [row for unit in told["units"] for row in unit["pieces"]]
    made = [(row, row["good"] + row["scrap"] + row["rework"]) for row in rows]
    micros = [Fraction(row["run_time_per_item"] or 0) * 1_000_000 for row in rows]
    found: dict[str, Fraction] = {
        "produced_quantity": Fraction(sum(n for _, n in made)),
        "good_quantity": Fraction(sum(row["good"] for row in rows)),
        "scrap_quantity": Fraction(sum(row["scrap"] for row in rows)),
        "rework_quantity": Fraction(sum(row["rework"] for row in rows)),
        "standard_time_produced": sum(
            (rate * n for rate, (_, n) in zip(micros, made, strict=True)), Fraction(0)
        ),
        "standard_time_good": sum(
            (rate * row["good"] for rate, row in zip(micros, rows, strict=True)), Fraction(0)
        ),
    }
    return found.get(element)


def recomputed(told: dict[str, Any], element: str) -> Fraction:
    """An element from what an explanation prints of intervals, pieces and records."""
    if element == "order_execution_time":
        return Fraction(told["to"] - told["from"])
    if (made := of_pieces(told, element)) is not None:
        return made
    total = Fraction(0)
    for unit in told["units"]:
        total += sum(row["us"] for row in unit["intervals"] if element in row["counts_into"])
        for row in unit["records"]:
            total += Fraction(row["amounts"].get(element, 0))
    return total


def check(told: dict[str, Any]) -> None:
    """The figure follows from its elements, these from the records, and pieces from facts."""
    for element in told["elements"]:
        if element["value"] is not None:
            assert recomputed(told, element["element"]) == Fraction(element["value"]), element
    if told["value"] is not None:
        assert reckoned(told["arithmetic"]["numbers"]) == Fraction(told["value"])
        assert abs(Fraction(told["shown"]) - Fraction(told["value"])) <= Fraction(1, 2_000_000)
    else:
        assert told["absent"]
    for unit in told["units"]:
        for row in unit["pieces"]:
            for role in ("good", "scrap", "rework"):
                assert sum(fact["counts"].get(role, 0) for fact in row["facts"]) == row[role]
            for fact in row["facts"]:
                if fact["kind"] == "production_count":
                    assert fact["raw_to"] - fact["raw_from"] == fact["quantity"]


def said(kind: FactKind, at: int, body: dict[str, Any], equipment: str = "L1") -> FactDraft:
    return FactDraft(
        kind=kind, occurred_at=at, equipment_id=equipment, source=Source.OPERATOR,
        actor="ann", body=body,
    )  # fmt: skip


def signed(event: str, at: int, equipment: str) -> FactDraft:
    kind = "attendance" if event == "came" else "work"
    body = {"event": event, "person": "p1", "kind": kind, "at": at, "crew": "", "split": "equal"}
    return said(FactKind.LABOUR, at, body, equipment)


async def a_morning(here: Site, client: httpx.AsyncClient) -> None:
    """Two hours of L1 with set-up, a breakdown, energy, people, scrap and a correction."""
    await act(client, f"/job-orders/{JOB}/start", "k1", version=1)
    energy = count(SIX, 2500, 0, role="energy")
    await here.record(
        signed("came", SIX, "s1"),
        signed("signed_on", SIX + 5 * MINUTE, "L1"),
        signed("signed_on", SIX + 15 * MINUTE, "L2"),
        state(SIX, "ASUT"),
        state(SIX + 7 * MINUTE, "APT"),
        count(SIX, 1111, 0),
        count(SIX, 7, 0, role="scrap"),
        energy,
        state(SIX + 61 * MINUTE, "ADET"),
        state(SIX + 77 * MINUTE, "APT"),
        count(SIX + HOUR, 321, 1111),
    )
    here.clock.advance(100 * 60)
    stop = here.store.reader.stops("L1", SIX, SIX + 2 * HOUR)[0].id
    reason = {"stop": stop, "reason": "belt", "note": "", "class": "breakdown", "planned": False}
    await here.record(said(FactKind.STOP_REASON, SIX + 80 * MINUTE, reason))
    answer = await act(client, f"/job-orders/{JOB}/scrap", "k2", quantity=5, reason="burr")
    assert answer.status_code == 201, answer.text
    counted = next(
        row["seq"]
        for row in await explained(client, "scrap_ratio", WINDOW[Period.HOUR], Level.UNIT)
        if row["role"] == "good" and row["quantity"] == 1111
    )
    body = {"note": "two were test pieces", "changes": {"quantity": 1109}}
    answer = await act(client, f"/facts/{counted}/corrections", "k3", **body)
    assert answer.status_code == 201, answer.text


async def explained(
    client: httpx.AsyncClient, name: str, window: Mapping[str, str], level: Level
) -> list[dict[str, Any]]:
    """The facts behind the pieces of one window."""
    query = {**THING[level], **window}
    answer = await client.get(f"{API}/kpis/{name}/explanation", params=query)
    [told] = answer.json()["items"]
    return [fact for unit in told["units"] for row in unit["pieces"] for fact in row["facts"]]


async def test_every_figure_at_every_level_follows_from_its_explanation(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await a_morning(here, client)
        shown = 0
        for name, kpi in KPIS.items():
            for level, thing in THING.items():
                for period, window in WINDOW.items():
                    if kpi.where.refusal(level, period):
                        continue
                    query = {**thing, **window}
                    path = f"{API}/kpis/{name}/explanation"
                    answer = await client.get(path, params=query)
                    assert answer.status_code == 200, (name, query, answer.text)
                    for told in answer.json()["items"]:
                        check(told)
                        shown += told["value"] is not None
        assert shown > 300


async def test_an_explanation_names_facts_raw_readings_and_what_a_correction_changed(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await a_morning(here, client)
        facts = await explained(client, "oee", WINDOW[Period.HOUR], Level.UNIT)
        [corrected] = [fact for fact in facts if fact["corrections"]]
        assert (corrected["tag"], corrected["raw_from"], corrected["raw_to"]) == ("good", 0, 1111)
        assert (corrected["recorded"]["good"], corrected["counts"]["good"]) == (1111, 1109)
        assert corrected["corrections"][0]["note"] == "two were test pieces"


async def test_a_figure_and_its_explanation_are_the_same(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await a_morning(here, client)
        query = {**THING[Level.UNIT], **WINDOW[Period.HOUR]}
        [report] = (await client.get(f"{API}/kpis", params=query)).json()["items"]
        for name, value in report["kpis"].items():
            path = f"{API}/kpis/{name}/explanation"
            [told] = (await client.get(path, params=query)).json()["items"]
            assert (told["shown"], told["absent"]) == (value, report["absent"].get(name)), name
        json.dumps(report)


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ({"work_center": "L1", "hour": "2026-06-08T99"}, 422, "2026-11-03T10"),
        ({"work_center": "L1", "shift": "2026-06-08"}, 422, "names no shift"),
        ({"work_center": "L9", "hour": "2026-06-08T06"}, 404, "no work center"),
        ({"order": "WO1"}, 422, "planned busy time"),
        ({"work_center": "L1", "hour": "2030-06-08T06"}, 404, "not in the record"),
    ],
)
async def test_what_cannot_be_explained_is_refused_with_the_reason(
    tmp_path: Path, query: dict[str, str], status: int, word: str
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        answer = await client.get(f"{API}/kpis/oee/explanation", params=query)
        assert answer.status_code == status, answer.text
        assert word in answer.text
    assert EARLY["shift"] == "early"
