"""Counts that are alike are folded as one: the tables are those of facts that came one by one."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.domain.corrections import CORRECTABLE
from edge.domain.facts import FactDraft, FactKind
from edge.storage import fact_rows
from edge.storage.chain import append, load_tail
from edge.storage.projections import PROJECTED
from edge.storage.rebuild import project
from edge.storage.schema import prepare
from tests.unit.storage.samples import CALENDAR, HOUR, count, draft, job_event, state

TOOL = {"id": "T1", "pieces_per_stroke": "2"}
OTHERWISE: tuple[tuple[str, Any], ...] = (
    ("role", "scrap"),
    ("role", "energy"),
    ("hour", HOUR),
    ("flags", ["setup"]),
    ("flags", ["split"]),
    ("flags", ["released"]),
    ("flags", ["reported", "split"]),
    ("run_time_per_item", None),
    ("calendar", {**CALENDAR, "shift": "late"}),
    ("calendar", None),
    ("tool", TOOL),
    ("tool", {**TOOL, "id": "T2"}),
    ("pieces_per_pulse", "1/2"),
    ("rest", "1/2"),
    ("quarantine", 1),
)


def otherwise(name: str, value: object, at: int = 0) -> FactDraft:
    """A count that differs in one thing from the plain ones, and in its time."""
    plain = count(0, 1, at=at)
    body = {**plain.body, "hour": 0, name: value}
    return draft(plain.kind, body, at=at, job=plain.job_order_id)


def mounted(center: str, lot: str, at: int) -> FactDraft:
    body: dict[str, Any] = {
        "event": "mounted",
        "lot": lot,
        "material": "M",
        "replaces": None,
        "raw": {},
    }
    one = {"material": "M", "lot": lot, "revision": "A", "made_by": ""}
    out = {"job_order_id": "WO1.10", "lot": "OUT"}
    body |= {"certain": True, "mounted": [one], "open": [out]}
    return draft(FactKind.MATERIAL_CONSUMED, body, at=at, work_center=center)


def corrected(seq: int, changes: dict[str, Any]) -> FactDraft:
    body = {"corrects": seq, "changes": changes, "note": ""}
    return draft(FactKind.CORRECTION, body)


def scrapped(job: str, quantity: int, hour: int) -> FactDraft:
    body = {"quantity": quantity, "reason": "dent", "effect": "reclassify", "hour": hour}
    body |= {"run_time_per_item": "2.5", "calendar": CALENDAR}
    return draft(FactKind.SCRAP, body, at=hour, job=job)


RELEASED = [otherwise("flags", ["released"], at) for at in (HOUR // 2, 2 * HOUR)]
COUNTS = (
    count(0, 1),
    count(1, 3),
    count(4, 0),
    count(4, -1),
    count(4, 2, at=2 * HOUR),
    count(0, 1, work_center="L2"),
    count(0, 1, job="WO2.10"),
    count(0, 1, job=None),
    *(otherwise(name, value) for name, value in OTHERWISE),
    *RELEASED,
)
OTHERS = (
    state("APT", at=0),
    state("ADET", at=HOUR),
    job_event("running", 1),
    scrapped("WO1.10", 1, 0),
    mounted("L1", "A", 0),
    mounted("L1", "B", HOUR),
    *(corrected(seq, {"quantity": 5}) for seq in (1, 2, 3)),
    *(corrected(seq, {"job_order_id": None}) for seq in (1, 2)),
)
# Few of them, so that plain counts stand before and behind whatever differs.
drafts = st.lists(
    st.one_of(st.sampled_from(COUNTS[:4]), st.sampled_from(COUNTS), st.sampled_from(OTHERS)),
    max_size=14,
)


def possible(made: list[FactDraft]) -> list[FactDraft]:
    """Without corrections of what is not there, or is of a kind that these do not correct."""
    found: list[FactDraft] = []
    for one in made:
        before = found[: one.body["corrects"]] if one.kind == FactKind.CORRECTION else []
        if one.kind != FactKind.CORRECTION or (
            len(before) == one.body["corrects"] and before[-1].kind in CORRECTABLE
        ):
            found.append(one)
    return found


def new_store() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    prepare(conn, edge_id="e1", store_id="s")
    return conn


@pytest.fixture(scope="module")
def stores() -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    one, other = new_store(), new_store()
    yield one, other
    one.close()
    other.close()


def tables(conn: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    found = {}
    for table in PROJECTED:
        rows = conn.execute(f'SELECT * FROM "{table}"').fetchall()
        found[table] = sorted(rows, key=repr)
    return found


def left_by(conn: sqlite3.Connection, groups: list[list[FactDraft]]) -> tuple[object, ...]:
    """The facts, the tables and the fold's state that recordings leave; the store is as before."""
    conn.execute("BEGIN")
    try:
        tail = load_tail(conn)
        for group in groups:
            tail, _ = append(conn, tail, group, 0)
        facts = [row.data for row in fact_rows.every(conn)]
        live = tables(conn)
        project(conn, conn)
        assert tables(conn) == live
        return facts, live, tail.state, load_tail(conn).state
    finally:
        conn.execute("ROLLBACK")


@settings(max_examples=150)
@given(made=drafts)
@example(made=[mounted("L1", "A", 0), mounted("L1", "B", HOUR), *RELEASED])
def test_facts_at_once_leave_what_facts_one_by_one_leave(
    stores: tuple[sqlite3.Connection, sqlite3.Connection], made: list[FactDraft]
) -> None:
    made = possible(made)
    at_once, one_by_one = (
        left_by(conn, groups)
        for conn, groups in zip(stores, ([made], [[one] for one in made]), strict=True)
    )
    assert at_once == one_by_one
