"""What an order's status says each operation has to bring, before the edge has said it."""

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.yields import Loss, wanted_good
from erp_sync.masterdata.orders import order_status
from erp_sync.storage.orders import OrderRecord


def record(quantity: int, *percents: str | None) -> OrderRecord:
    order: Any = SimpleNamespace(
        order_id="WO1",
        schedule_id="m",
        product="P",
        product_revision="A",
        quantity=quantity,
        due=0,
        customer="",
        priority=1,
        release=None,
        material_from=None,
        number=None,
        promise=None,
    )
    way = {"work_center": "L1"}
    routing = [
        {"seq": 10 * place, "planned_scrap_percent": one, "alternatives": [way]}
        for place, one in enumerate(percents, 1)
    ]
    return OrderRecord(order=order, routing=routing, jobs=[], completion=None, reasons=[])


def test_operations_before_a_planned_loss_bring_more() -> None:
    said = order_status(record(1_000, None, "2"), None)
    found = [(one["operation"], one["quantity"], one["left"]) for one in said["operations"]]
    assert found == [(10, 1_021, 1_021), (20, 1_000, 1_000)]
    assert (said["quantity"], said["left"]) == (1_000, 1_000)


@given(st.integers(1, 10_000), st.lists(st.sampled_from([None, "0", "2", "12.5"]), min_size=1))
def test_they_are_what_the_edge_plans(quantity: int, percents: list[str | None]) -> None:
    said = order_status(record(quantity, *percents), None)
    losses = [
        Loss(seq=10 * place, planned_scrap_percent=Fraction(one) if one else None)
        for place, one in enumerate(percents, 1)
    ]
    wanted = wanted_good(losses, quantity)
    assert {one["operation"]: one["quantity"] for one in said["operations"]} == wanted
