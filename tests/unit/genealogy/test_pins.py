"""A job order keeps the revisions that it was started by, and its materials follow its pieces."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import ManualClock
from edge.domain.facts import FactDraft, FactKind
from edge.domain.recording import Document, Recording
from edge.execution.orders import intake
from edge.storage.readers.genealogy import Genealogy
from edge.storage.store import Store
from tests.unit.execution.floor_parts import definition, order, schedule
from tests.unit.execution.test_jobs import Bench
from tests.unit.storage.samples import count, draft

STEEL = {"material": "STEEL-15", "quantity": "1/8", "unit": "kg", "tracked": "lot"}


def made_of(revision: str, quantity: str = "1/8", **head: Any) -> Document:
    plain = definition()
    operations = [dict(one) for one in plain.content["operations"]]
    operations[0]["materials"] = [{**STEEL, "quantity": quantity, "revision": revision}]
    return replace(
        plain, revision=revision, content={**plain.content, **head, "operations": operations}
    )


def wants(revision: str, number: int, id_: str = "WO1") -> dict[str, Any]:
    return {**order(id_, number), "product_revision": revision}


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.take(made_of("A", bom_revision="7"), made_of("B", "1/4"))
    bench.take(schedule(1, wants("A", 1)))
    return bench


def test_the_created_fact_says_all_revisions_and_materials(bench: Bench) -> None:
    body = _created(bench, "WO1.10").body
    assert (body["revision"], body["bom_revision"], body["routing_revision"]) == ("A", "7", "A")
    assert body["materials"] == [{**STEEL, "revision": "A"}]
    assert "materials" not in _created(bench, "WO1.20").body


def _created(bench: Bench, job: str) -> FactDraft:
    return next(
        one
        for one in bench.progress.drafts
        if one.job_order_id == job and one.body["event"] == "created"
    )


def test_a_job_that_was_not_started_follows_the_plan(bench: Bench) -> None:
    bench.take(schedule(2, wants("B", 1)))
    job = bench.register.jobs["WO1.10"]
    assert (job.revision, job.needs.materials[0].quantity) == ("B", Fraction(1, 4))
    assert job.wanted_revision == ""


def test_a_job_that_was_started_keeps_its_revision_and_says_that_another_is_wanted(
    bench: Bench,
) -> None:
    bench.do("WO1.10", "start")
    before, wanted = bench.data, schedule(2, wants("B", 1))
    bench.take(wanted)
    job = bench.register.jobs["WO1.10"]
    assert (job.revision, job.needs.bom_revision, job.wanted_revision) == ("A", "7", "HINGE B")
    made = intake.recording(
        bench.data, [wanted], bench.progress.jobs(), site="s1", at=1, before=before
    )
    said = [one for one in made.drafts if one.kind == FactKind.AUDIT]
    assert [one.body["detail"] for one in said] == [{"kept": "HINGE A", "wanted": "HINGE B"}]
    again = intake.recording(
        bench.data, [wanted], bench.progress.jobs(), site="s1", at=1, before=bench.data
    )
    assert not [one for one in again.drafts if one.kind == FactKind.AUDIT]
    assert bench.register.jobs["WO1.20"].revision == "B"


def created(job: str, *materials: tuple[str, Fraction]) -> FactDraft:
    order_id, _, operation = job.partition(".")
    body = {
        "event": "created",
        "order": order_id,
        "operation": int(operation),
        "product": "HINGE",
        "revision": "A",
        "number": 1,
        "quantity": 100,
        "run_time_per_item": "2.5",
        "work_center": "L1",
        "state": "AllowedToStart",
        "version": 1,
        "phase": "",
        "bom_revision": "A",
        "routing_revision": "A",
        "materials": [
            {
                "material": name,
                "revision": "",
                "quantity": str(much),
                "unit": "kg",
                "tracked": "lot",
            }
            for name, much in materials
        ],
    }
    return draft(FactKind.JOB_ORDER_EVENT, body, job=job)


STEPS = st.lists(st.tuples(st.integers(1, 50), st.booleans(), st.integers(0, 60)), max_size=6)


@settings(max_examples=15)
@given(per_piece=st.fractions(Fraction(1, 1000), 50, max_denominator=1000), steps=STEPS)
async def test_pieces_times_what_is_in_a_piece_is_consumed_whatever_is_corrected(
    tmp_path_factory: pytest.TempPathFactory,
    per_piece: Fraction,
    steps: list[tuple[int, bool, int]],
) -> None:
    folder = tmp_path_factory.mktemp("store")
    with Store.open(folder / "edge.db", "e1", ManualClock(plant=1_000)) as store:
        await store.record(Recording(drafts=(created("WO1.10", ("STEEL", per_piece)),)))
        raw, pieces = 0, 0
        for quantity, corrects, instead in steps:
            counted = await store.record(Recording(drafts=(count(raw, quantity),)))
            raw += quantity
            pieces += instead if corrects else quantity
            if corrects:
                body = {"corrects": counted.last_seq, "changes": {"quantity": instead}}
                await store.record(Recording(drafts=(draft(FactKind.CORRECTION, body),)))
        found = Genealogy(store.rows).material_hours("L1", 0, 10**15)
        assert sum(one.consumed for one in found) == pieces * per_piece
        await store.rebuild()
        assert Genealogy(store.rows).material_hours(None, 0, 10**15) == found
