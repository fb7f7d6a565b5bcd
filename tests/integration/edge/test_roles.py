"""Whoever lacks the role that a decision needs is refused, and nothing is recorded."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.domain.jobs import ToolLife
from edge.domain.sentences import say
from edge.execution.authority import MAINTENANCE, QUALITY, SUPERVISOR
from edge.execution.errors import NotAuthorized
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_completion import complete, started, version
from tests.integration.edge.test_quarantines import jump
from tests.integration.restating.moved import count

HOUR = 60 * MINUTE
NOTE: dict[str, Any] = {"note": "found out later"}
PLACE = {"work_center": "L1", "product": "HINGE", "operation": 10, "characteristic": "width"}
DECISIONS: dict[str, tuple[str, dict[str, Any]]] = {
    f"/work-centers/L1/hours/{SIX}/sign": (SUPERVISOR, {"version": 0}),
    f"/work-centers/L1/hours/{SIX}/unsign": (SUPERVISOR, {"version": 0, **NOTE}),
    "/planned-stops": (
        SUPERVISOR,
        {
            "work_center": "L1",
            "from": SIX + 2 * HOUR,
            "to": SIX + 3 * HOUR,
            "reason": "no_material",
        },
    ),
    "/work-centers/L1/boundaries": (
        SUPERVISOR,
        {"between": [None, "WO1.10"], "at": SIX, **NOTE},
    ),
    "/facts/{count}/corrections": (SUPERVISOR, {"changes": {"quantity": 19}, **NOTE}),
    "/work-centers/L1/assignments": (
        SUPERVISOR,
        {"job_order_id": None, "taken_from": "WO2.10", "hour": SIX, **NOTE},
    ),
    "/quarantines/{quarantine}/release": (SUPERVISOR, {"quantity": 40, **NOTE}),
    "/quarantines/{quarantine}/discard": (SUPERVISOR, NOTE),
    "/opening": (
        SUPERVISOR,
        {"rows": [{"row": 1, "order": "WO2", "operation": 10, "good": 3}], "sha256": "0" * 64},
    ),
    "/labour/1/corrections": (SUPERVISOR, {"from": SIX, **NOTE}),
    "/tools/T7/change": (MAINTENANCE, {"work_center": "L1", **NOTE}),
    "/maintenance/orders/{order}/begin": (MAINTENANCE, {}),
    "/maintenance/plans/oil/used": (MAINTENANCE, {"cycles": 1}),
    "/quality/holds/{hold}/release": (QUALITY, NOTE),
    "/quality/nonconformances/{suspect}/decisions": (QUALITY, {"decision": "use", **NOTE}),
    "/quality/results/1/void": (QUALITY, NOTE),
    "/quality/chart/limits": (QUALITY, {**PLACE, "subgroups": 1, **NOTE}),
    "/quality/machine-runs": (QUALITY, {**PLACE, "readings": ["1", "2"], **NOTE}),
    "/job-orders/WO2.10/approve": (QUALITY, {"good": 1, "version": 2}),
}


class Nobody:
    """Refuses everybody, and remembers for which role."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def check(self, actor: str, role: str) -> None:
        self.asked.append((actor, role))
        raise NotAuthorized(say("person.no_role", "{actor} is no {role}", actor=actor, role=role))


async def prepared(here: Site, client: Any) -> dict[str, int]:
    """A job with pieces, an order for maintenance, a hold, and pieces that are kept apart."""
    center = replace(here.floor.work_centers["L1"], setup_pieces="approval")
    here.floor.work_centers = {**here.floor.work_centers, "L1": center}
    client._transport.app.state.edge.rooms.tools.follow(
        {"T7": ToolLife(id="T7", strokes=100, warn_at=90, worn="warn")}
    )
    await act(client, "/job-orders/WO2.10/start", "s", version=1)
    await here.record(count(0, 20, "WO2.10", SIX, SIX + 5 * MINUTE))
    counted = here.store.reader.chain_end().seq
    quarantine = await jump(here, job="WO2.10")
    here.floor.register.reload()
    said: dict[str, dict[str, Any]] = {
        "/maintenance/orders": {"work_center": "L1", "note": "screams"},
        "/quality/holds": {"scope": "lot", "target": "S1", "reason": "soft"},
        "/quality/nonconformances": {"job_order_id": "WO2.10", "quantity": 5, "reason": "burr"},
    }
    answers = [await act(client, path, path, **body) for path, body in said.items()]
    assert [one.status_code for one in answers] == [201] * 3, [one.text for one in answers]
    order, hold, suspect = (one.json()["seq"] for one in answers)
    return {
        "count": counted,
        "quarantine": quarantine,
        "order": order,
        "hold": hold,
        "suspect": suspect,
    }


@pytest.mark.parametrize("path", DECISIONS)
async def test_a_decision_needs_its_role(tmp_path: Path, path: str) -> None:
    role, body = DECISIONS[path]
    async with site(tmp_path) as here, api(here) as client:
        seqs = await prepared(here, client)
        end = here.store.reader.chain_end()
        here.floor.authority = nobody = Nobody()
        refused = await act(client, path.format(**seqs), "k", actor="zoe", **body)
        assert (refused.status_code, nobody.asked) == (403, [("zoe", role)]), refused.text
        assert here.store.reader.chain_end() == end


async def over_tolerance(here: Site, client: Any) -> tuple[str, dict[str, Any]]:
    """A report of more than the product's tolerance, said a second time."""
    here.clock.plant = SIX + HOUR
    return "/job-orders/WO1.10/quantities", {"hour": SIX, "good": 106, "scrap": 0}


async def too_few(here: Site, client: Any) -> tuple[str, dict[str, Any]]:
    """The end of a job below the product's tolerance, said a second time."""
    await here.record(count(0, 97, "WO1.10", SIX, SIX + 5 * MINUTE))
    return "/job-orders/WO1.10/complete", {"version": version(here)}


async def question(here: Site, client: Any) -> tuple[str, dict[str, Any]]:
    """An answer to what becomes of pieces beyond the tolerance."""
    await here.record(count(0, 106, "WO1.10", SIX, SIX + 5 * MINUTE))
    await complete(here, client, "c")
    [asked] = (await client.get(f"{API}/questions?open=true")).json()["items"]
    return f"/questions/{asked['id']}/answer", {"answer": "stock"}


@pytest.mark.parametrize(
    ("asked_back", "manual"), [(over_tolerance, True), (too_few, False), (question, False)]
)
async def test_what_is_asked_back_takes_a_supervisor(
    tmp_path: Path, asked_back: Any, manual: bool
) -> None:
    async with started(tmp_path, "ask", manual=manual) as (here, client):
        path, body = await asked_back(here, client)
        end = here.store.reader.chain_end()
        everyone, here.floor.authority = here.floor.authority, Nobody()
        said = {"confirm": True, **body} if "answer" not in body else body
        refused = await act(client, path, "k", actor="zoe", **said)
        assert (refused.status_code, here.floor.authority.asked) == (403, [("zoe", SUPERVISOR)])
        assert here.store.reader.chain_end() == end
        here.floor.authority = everyone
        assert (await act(client, path, "k2", actor="zoe", **said)).status_code == 201
