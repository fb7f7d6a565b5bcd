"""How pieces come to an operation: what sync takes of a definition, and what it refuses."""

from typing import Any

import pytest

from edge.domain.flow import Flow, Outside
from edge.domain.orders import definition_from
from erp_sync.errors import Problem
from erp_sync.masterdata.definitions import checked_definition

WAY = {"work_center": "L1", "cycle_s": "2.5", "setup_s": 60}


def definition(second: dict[str, Any], first: dict[str, Any] | None = None) -> dict[str, Any]:
    steps = [{"seq": 10, **(first or {})}, {"seq": 20, **second}]
    return {"unit": "pcs", "operations": [{**one, "alternatives": [WAY]} for one in steps]}


def test_what_sync_takes_the_edge_reads() -> None:
    outside = {"lead_time_s": 7200, "batch": 50, "description": "Plating"}
    keys = {"min_gap_s": 60, "max_gap_s": 600, "wip_limit": 50, "outside": outside}
    taken = checked_definition(definition(keys)).model_dump(mode="json", by_alias=True)
    read = definition_from("P", "A", taken)
    assert read.operations[0].flow == Flow()
    assert read.operations[1].flow == Flow(
        min_gap_us=60_000_000,
        max_gap_us=600_000_000,
        wip_limit=50,
        outside=Outside(lead_time_us=7_200_000_000, batch=50, description="Plating"),
    )


@pytest.mark.parametrize(
    ("second", "first", "said"),
    [
        ({}, {"wip_limit": 5}, "no operation is before it"),
        ({}, {"outside": {"lead_time_s": 60}}, "no operation is before it"),
        ({"min_gap_s": 60, "max_gap_s": 59}, {}, "write at least 60"),
        ({"seq": 11, "outside": {"lead_time_s": 60}}, {}, "number it 12 or later"),
        ({"wip_limit": 5}, {}, "transfer_batch of operation 10 at most 5"),
        ({"wip_limit": 5}, {"transfer_batch": 6}, "transfer_batch of operation 10 at most 5"),
        ({"wip_limit": 5, "outside": {"lead_time_s": 60}}, {"transfer_batch": 5}, "outside.batch"),
        ({"planned_scrap_percent": "100"}, {}, "write at most 99"),
    ],
)
def test_what_cannot_be_is_refused_with_a_mend(
    second: dict[str, Any], first: dict[str, Any], said: str
) -> None:
    with pytest.raises(Problem) as refused:
        checked_definition(definition(second, first))
    assert said in " ".join(f"{one.message} {one.mend}" for one in refused.value.errors)
