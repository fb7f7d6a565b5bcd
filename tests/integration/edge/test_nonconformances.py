"""Suspect pieces: out of the good ones in their hour, and moved once it is decided, none lost."""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.vocabulary import MachineState
from edge.storage.verify import verify
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.unit.storage.samples import HOUR
from tests.unit.storage.samples import count as counted

SUSPECT = {"job_order_id": "WO1.10", "reason": "burr", "cause": "worn die", "place": "left edge"}


def as_folded(folder: Path) -> bool:
    """All tables are what the facts say; the counts here move no baseline."""
    return set(verify(folder / "edge.sqlite").differing) <= {"baselines"}


async def begin(here: Site, client: httpx.AsyncClient, *quantities: int) -> None:
    """WO1.10 is started at six and makes these pieces in its first hours."""
    here.machine.show("L1", MachineState.EXECUTE, 1010)
    started = await act(client, "/job-orders/WO1.10/start", "k1", version=1)
    assert started.status_code == 201, started.text
    raw = 0
    for at, quantity in enumerate(quantities):
        if quantity:
            await here.record(counted(raw, quantity, at=SIX + at * HOUR))
        raw += quantity
    here.clock.plant = SIX + len(quantities) * HOUR


def hours(here: Site) -> dict[int, tuple[int, int, int]]:
    """Good, scrap and rework by hour after six."""
    rows = here.store.reader.hour_quantities("L1", 0, here.clock.now() + 1)
    return {(row.hour - SIX) // HOUR: (row.good, row.scrap, row.rework) for row in rows}


async def suspect(client: httpx.AsyncClient, key: str, quantity: int, **more: Any) -> Any:
    answer = await act(
        client, "/quality/nonconformances", key, **SUSPECT, quantity=quantity, **more
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["seq"]


async def decide(
    client: httpx.AsyncClient, id_: int, key: str, decision: str, quantity: int | None = None
) -> httpx.Response:
    said: dict[str, Any] = {"actor": "bert", "note": "looked at", "decision": decision}
    said |= {"quantity": quantity} if quantity is not None else {}
    return await act(client, f"/quality/nonconformances/{id_}/decisions", key, **said)


async def test_late_decisions_move_pieces_in_the_hour_they_were_made(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await begin(here, client, 40, 30, 20)
        id_ = await suspect(client, "n1", 25)  # the latest ones: all of hour 2, 5 of hour 1
        assert hours(here) == {0: (40, 0, 0), 1: (25, 0, 5), 2: (0, 0, 20)}
        here.floor.register.reload()
        assert here.floor.job("WO1.10").good == 65
        older = await suspect(client, "n2", 10, hour=SIX + 5)
        assert hours(here)[0] == (30, 0, 10)
        here.clock.plant += 9 * HOUR
        assert (await decide(client, id_, "d1", "scrap", 22)).status_code == 201
        assert hours(here) == {0: (30, 0, 10), 1: (25, 2, 3), 2: (0, 20, 0)}
        assert (await decide(client, id_, "d2", "use")).status_code == 201
        assert hours(here)[1] == (28, 2, 0)
        assert (await decide(client, older, "d3", "rework", 8)).status_code == 201
        assert hours(here)[0] == (30, 0, 10)  # they wait: neither good nor scrap
        assert (await decide(client, older, "d4", "return")).status_code == 201
        assert (await decide(client, older, "d5", "rework_good", 7)).status_code == 201
        done = await decide(client, older, "d6", "rework_scrap")
        assert done.status_code == 201
        assert hours(here)[0] == (37, 3, 0)
        assert (await decide(client, older, "d6", "rework_scrap")).json() == done.json()
        assert (await decide(client, older, "d7", "use")).status_code == 422
        shown = (await client.get(f"{API}/quality/nonconformances")).json()["items"]
        second = {name: shown[1][name] for name in ("returned", "reworked_good", "reworked_scrap")}
        assert second == {"returned": 2, "reworked_good": 7, "reworked_scrap": 1}
        assert (await client.get(f"{API}/quality/nonconformances?open=true")).json()["items"] == []
        rework = here.store.rows.query("SELECT hour, held, sent, good, scrap FROM rework_hour")
        told = {(row[0] - SIX) // HOUR: tuple(row)[1:] for row in rework}
        assert told == {0: (0, 8, 7, 1), 1: (0, 0, 0, 0), 2: (0, 0, 0, 0)}
        for fact in here.store.reader.facts_after(id_ - 1, 100):
            check(fact.data)
    assert as_folded(tmp_path)


async def test_a_signed_hour_keeps_its_figure_beside_what_is_decided_later(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await begin(here, client, 40)
        here.clock.plant += HOUR // 2
        sign = await act(client, f"/work-centers/L1/hours/{SIX}/sign", "s1", version=0)
        assert sign.status_code == 201, sign.text
        id_ = await suspect(client, "n1", 10)
        await decide(client, id_, "d1", "scrap", 4)
        hour = (await client.get(f"{API}/work-centers/L1/board")).json()["hours"][0]
        assert (hour["actual"], hour["scrap"]) == (30, 4)
        kept = hour["signature"]
        assert (kept["good"], kept["scrap"], kept["changed"]) == (40, 0, True)


async def test_bad_pieces_add_up_by_reason_and_place(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await begin(here, client, 40)
        job = "/job-orders/WO1.10"
        left = {"reason": "burr", "place": "left edge"}
        scrap = await act(client, f"{job}/scrap", "s1", quantity=3, **left)
        assert scrap.status_code == 201, scrap.text
        await act(client, f"{job}/scrap", "s2", quantity=1, reason="burr")
        await act(client, f"{job}/rework", "s3", quantity=5, **left)
        id_ = await suspect(client, "n1", 10)
        await decide(client, id_, "d1", "scrap", 4)
        await decide(client, id_, "d2", "use")
        seq = scrap.json()["seq"]
        said = {"changes": {"quantity": 2}, "note": "one was fine"}
        assert (await act(client, f"/facts/{seq}/corrections", "c1", **said)).status_code == 201
        check(here.store.reader.facts_after(seq - 1, 1)[0].data)
        found = (await client.get(f"{API}/quality/defects?work_center=L1")).json()["items"]
        told = [(one["kind"], one["reason"], one["place"], one["quantity"]) for one in found]
        assert told == [
            ("scrap", "burr", "left edge", 6),
            ("rework", "burr", "left edge", 5),
            ("scrap", "burr", "", 1),
        ]
    assert as_folded(tmp_path)


async def test_held_pieces_are_not_passed_on(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await begin(here, client, 100)
        id_ = await suspect(client, "n1", 30)
        here.machine.show("L1", MachineState.COMPLETE, 1010)
        version = here.floor.job("WO1.10").version
        done = await act(client, "/job-orders/WO1.10/complete", "k2", version=version)
        assert done.status_code == 201, done.text
        after = here.floor.job("WO1.20")
        assert here.floor.register.limit(after) == 70
        await decide(client, id_, "d1", "use", 10)
        here.floor.register.reload()
        assert here.floor.register.limit(here.floor.job("WO1.20")) == 80


async def test_pieces_that_are_used_after_all_begin_the_next_operation(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await begin(here, client, 30)
        id_ = await suspect(client, "n1", 30)
        here.machine.show("L1", MachineState.COMPLETE, 1010)
        version = here.floor.job("WO1.10").version
        await act(client, "/job-orders/WO1.10/complete", "k2", version=version, confirm=True)
        here.floor.register.reload()
        assert here.floor.job("WO1.20").state == "Aborted"
        await decide(client, id_, "d1", "use")
        here.floor.register.reload()
        assert here.floor.job("WO1.20").state == "AllowedToStart"


async def test_pieces_that_the_next_operation_has_used_are_not_taken_from_it(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await begin(here, client, 100)
        here.machine.show("L1", MachineState.COMPLETE, 1010)
        version = here.floor.job("WO1.10").version
        await act(client, "/job-orders/WO1.10/complete", "k2", version=version)
        version = here.floor.job("WO1.20").version
        await act(client, "/job-orders/WO1.20/start", "k3", version=version)
        used = counted(0, 90, job="WO1.20", work_center="L2", at=SIX)
        await here.record(used)
        said = {**SUSPECT, "quantity": 11}
        refused = await act(client, "/quality/nonconformances", "n1", **said)
        assert refused.status_code == 409
        assert "WO1.20 has already used 90" in refused.json()["detail"]
        await suspect(client, "n2", 10)


async def test_rework_that_is_declared_takes_no_piece_that_is_kept_apart(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await begin(here, client, 40)
        await suspect(client, "n1", 10)
        job = "/job-orders/WO1.10"
        said = await act(client, f"{job}/rework", "w1", quantity=5, reason="burr")
        assert said.status_code == 201, said.text
        assert hours(here) == {0: (25, 0, 15)}
        much = await act(client, f"{job}/rework-done", "w2", quantity=6, result="good")
        assert much.status_code == 422, much.text
        assert "only 5 pieces" in much.json()["detail"]
        done = await act(client, f"{job}/rework-done", "w3", quantity=5, result="good")
        assert done.status_code == 201, done.text
        assert hours(here) == {0: (30, 0, 10)}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"quantity": 101}, "only 100 good pieces"),
        ({"quantity": 0}, "at least 1"),
        ({"quantity": 5, "hour": SIX + 5 * HOUR}, "only 0 good pieces of WO1.10 in that hour"),
        ({"quantity": 5, "reason": "moths"}, "not known"),
        ({"quantity": 5, "job_order_id": "WO9.10"}, "no job order"),
    ],
)
async def test_what_cannot_be_suspect_is_refused(
    tmp_path: Path, said: dict[str, Any], why: str
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await begin(here, client, 100)
        answer = await act(client, "/quality/nonconformances", "n1", **{**SUSPECT, **said})
        assert answer.status_code in {404, 422}
        assert why in answer.json()["detail"]
        assert hours(here) == {0: (100, 0, 0)}


decisions = st.tuples(
    st.sampled_from(["use", "scrap", "return", "rework", "rework", "rework_good", "rework_scrap"]),
    st.integers(1, 12),
    st.integers(0, 3),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("make"), st.integers(1, 30), st.just(0)),
        st.tuples(st.just("suspect"), st.integers(1, 40), st.just(0)),
        decisions,
        decisions,
        decisions,
    ),
    min_size=8,
    max_size=14,
)


@settings(max_examples=12, deadline=None)
@given(STEPS)
def test_no_disposition_makes_or_loses_a_piece(steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(conserve(Path(folder), steps))


async def conserve(folder: Path, steps: list[tuple[str, int, int]]) -> None:
    """Plays the steps: all that was made is good, scrap or rework, of the hours and of the job."""
    async with site(folder) as here, api(here) as client:
        await begin(here, client, 30, 20)
        made, opened = 50, [await suspect(client, "first", 25)]
        for at, (what, quantity, which) in enumerate(steps):
            if what == "make":
                here.clock.plant = max(here.clock.plant, SIX + at * HOUR)
                await here.record(counted(made, quantity, at=here.clock.plant))
                made += quantity
            elif what == "suspect":
                body = {**SUSPECT, "quantity": quantity}
                answer = await act(client, "/quality/nonconformances", f"s{at}", **body)
                if answer.status_code == 201:
                    opened.append(answer.json()["seq"])
            else:
                await decide(client, opened[which % len(opened)], f"s{at}", what, quantity)
            here.floor.register.reload()
            job = here.floor.job("WO1.10")
            assert job.good + job.scrap + job.rework == made
            assert [sum(one) for one in zip(*hours(here).values(), strict=True)] == [
                job.good, job.scrap, job.rework,
            ]  # fmt: skip
            rows = (await client.get(f"{API}/quality/nonconformances")).json()["items"]
            assert all(_adds_up(row) for row in rows)
            assert job.rework == sum(row["held"] + row["waiting"] for row in rows)
    assert as_folded(folder)


def _adds_up(row: Mapping[str, Any]) -> bool:
    stands = ("held", "used", "scrapped", "returned", "waiting", "reworked_good", "reworked_scrap")
    return all(row[name] >= 0 for name in stands) and row["quantity"] == sum(
        row[name] for name in stands
    )
