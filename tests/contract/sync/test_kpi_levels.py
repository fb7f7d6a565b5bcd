"""Figures at every level and by every period at the sync service, from what the edges told."""

from typing import Any

import pytest

from edge.domain.facts import FactKind
from tests.contract.sync.site import Site
from tests.unit.erp_sync.chains import HOUR, SIX, Chain

PLACES = {
    "L1": {"line": "A", "area": "hall1", "constraint": False, "capacity_per_hour": "720"},
    "L9": {"line": "A", "area": "hall1", "constraint": True, "capacity_per_hour": None},
}


async def told(site: Site) -> None:
    chain = Chain()
    facts = [
        chain.add(
            FactKind.CONFIGURATION_APPLIED,
            {"sha256": "0" * 64, "taktline": "1", "work_centers": PLACES},
            equipment="s1",
        ),
        chain.state("APT", at=SIX),
        chain.count(300, at=SIX),
        chain.count(60, role="scrap", at=SIX),
    ]
    await site.sent(facts, watermark=SIX + HOUR)


@pytest.mark.parametrize(
    ("by", "named", "label"),
    [
        ("hour", {"equipment": "L1"}, "2026-06-08T06:00+02:00"),
        ("day", {"equipment": "L1"}, "2026-06-08"),
        ("week", {"area": "hall1"}, "2026-W24"),
        ("span", {"area": "hall1"}, "hall1"),
        ("site", {}, "s1"),
        ("area", {}, "hall1"),
    ],
)
async def test_each_level_and_period_has_the_same_pieces(
    site: Site, by: str, named: dict[str, str], label: str
) -> None:
    await told(site)
    span: dict[str, Any] = {"from": SIX, "to": SIX + HOUR, "by": by}
    answer = await site.get("kpis", **span, **named)
    [item] = answer.json()["items"]
    assert (item["label"], item["elements"]["produced_quantity"]) == (label, 360)


async def test_a_line_is_its_constraint_as_the_edge_said(site: Site) -> None:
    """L9 is the constraint of A and has told nothing: L1 alone is not the line's figure."""
    await told(site)
    span: dict[str, Any] = {"from": SIX, "to": SIX + HOUR, "by": "hour"}
    [line] = (await site.get("kpis", **span, line="A")).json()["items"]
    assert (line["coverage"], line["elements"]["unknown_time"]) == ("0.000000", HOUR)
    assert line["elements"]["produced_quantity"] == 0
    assert line["kpis"]["oee"] is None
    answer = await site.get("kpis", **span, line="B")
    assert answer.status_code == 404
    [unit] = (await site.get("kpis", **span, equipment="L1")).json()["items"]
    assert unit["kpis"]["equipment_load_ratio"] == "0.500000"


async def test_the_catalogue_is_that_of_the_edge(site: Site) -> None:
    items = (await site.get("kpis/catalogue")).json()["items"]
    assert [one["name"] for one in items][:3] == [
        "worker_efficiency",
        "allocation_ratio",
        "throughput_rate",
    ]
