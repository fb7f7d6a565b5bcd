"""Where orders are, and what the machines did: from facts, by the domain's own rules."""

from typing import Any

from edge.domain.facts import FactKind
from tests.contract.sync.site import Site, definition, order, schedule
from tests.unit.erp_sync.chains import HOUR, SECOND, SIX, Chain

DUE = SIX + 56 * HOUR


async def planned(site: Site) -> None:
    await site.put("operations-definitions/HINGE-60/A", definition("L1", 10, 20))
    answer = await site.put("operations-schedules/JUNE", schedule(order(quantity=100)))
    assert answer.status_code == 201, answer.text


async def test_an_order_that_nobody_began(site: Site) -> None:
    await planned(site)
    answer = (await site.get("orders/WO1")).json()
    assert answer["state"] == "NotAllowedToStart"
    assert [one["work_center"] for one in answer["operations"]] == ["L1", "L1"]
    assert (answer["due"], answer["left"], answer["as_of"]) == (DUE, 100, None)


async def test_an_order_on_its_way(site: Site) -> None:
    await planned(site)
    chain = Chain()
    reasons = [{"kind": "CAPACITY", "work_center": "L1"}]
    forecast = {"id": "WO1", "completion": DUE + HOUR, "due": DUE, "tardiness_s": 3600}
    facts = [
        chain.plan([{**forecast, "reasons": reasons}]),
        chain.job_event("created", "AllowedToStart", job="WO1.20"),
        chain.job_event("started", "Running"),
        chain.count(60),
        chain.count(4, role="scrap"),
        chain.count(7, job="WO1.20", equipment="L3"),
    ]
    await site.sent(facts, watermark=SIX + HOUR)
    assert (await site.get("orders/WO1")).json() == {
        "id": "WO1",
        "product": "HINGE-60",
        "quantity": 100,
        "from_stock": 0,
        "promises": [],
        "customer": "ACME",
        "priority": 3,
        "due": DUE,
        "planned_finish": DUE + HOUR,
        "forecast_finish": DUE + HOUR,
        "forecast_range": None,
        "forecast_hours": 0,
        "recovery": None,
        "late_s": 3600,
        "late_reasons": reasons,
        "late_because": [],
        "moved": None,
        "unmade": None,
        "plan": 1,
        "forecast_at": None,
        "forecast_age_s": None,
        "state": "Running",
        "operations": [
            {
                "operation": 10,
                "work_center": "L1",
                "quantity": 100,
                "good": 60,
                "scrap": 4,
                "left": 40,
                "over": 0,
                "state": "Running",
                "started_at": SIX,
                "ended_at": None,
            },
            {
                "operation": 20,
                "work_center": "L1",
                "quantity": 100,
                "good": 7,
                "scrap": 0,
                "left": 93,
                "over": 0,
                "state": "AllowedToStart",
                "started_at": None,
                "ended_at": None,
            },
        ],
        "good": 7,
        "scrap": 4,
        "left": 93,
        "over": 0,
        "as_of": SIX + HOUR,
    }
    running = (await site.get("orders", state="Running")).json()["items"]
    ended = (await site.get("orders", state="Ended")).json()["items"]
    assert (len(running), len(ended)) == (1, 0)


async def test_an_unknown_order(site: Site) -> None:
    answer = await site.get("orders/WO9")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:taktline:problem:not-found")


async def produced(site: Site) -> None:
    """An hour and a half at 2.5 s: 1 h of production, 15 min of delay, 15 min of production."""
    chain = Chain()
    quarter = 900 * SECOND
    facts = [
        chain.state("APT", at=SIX),
        chain.count(1200),
        chain.state("ADET", at=SIX + HOUR, fault=17),
        chain.state("APT", at=SIX + HOUR + quarter),
        chain.count(300, at=SIX + HOUR + quarter),
        chain.count(60, role="scrap", at=SIX + HOUR + quarter),
    ]
    await site.sent(facts, watermark=SIX + HOUR + 2 * quarter)


async def test_kpis_by_line_are_those_of_the_domain(site: Site) -> None:
    await produced(site)
    span: dict[str, Any] = {"from": SIX, "to": SIX + 8 * HOUR}
    items = (await site.get("kpis", **span, by="line", equipment="L1")).json()["items"]
    assert len(items) == 1
    kpis = items[0]["kpis"]
    assert items[0]["to"] == SIX + 3 * HOUR // 2
    assert items[0]["elements"]["actual_unit_delay_time"] == 900 * SECOND
    assert (kpis["availability"], kpis["effectiveness"]) == ("0.833333", "0.866667")
    assert (kpis["quality_ratio"], kpis["oee"]) == ("0.961538", "0.694444")
    assert items[0]["coverage"] == "1.000000"


async def test_kpis_by_hour_and_by_shift_add_up(site: Site) -> None:
    await produced(site)
    span: dict[str, Any] = {"from": "2026-06-08T06:00:00+02:00", "to": "2026-06-08T14:00:00+02:00"}
    hours = (await site.get("kpis", **span, by="hour")).json()["items"]
    shift = (await site.get("kpis", **span, by="shift")).json()["items"]
    assert [item["label"] for item in hours] == [
        "2026-06-08T06:00+02:00",
        "2026-06-08T07:00+02:00",
    ]
    assert [item["label"] for item in shift] == ["2026-06-08 early"]
    for name in ("good_quantity", "planned_busy_time", "standard_time_good"):
        assert sum(item["elements"][name] for item in hours) == shift[0]["elements"][name]


async def test_kpis_refuse_what_cannot_be_answered(site: Site) -> None:
    await produced(site)
    refused: list[tuple[int, dict[str, Any]]] = [
        (422, {"from": "2026-06-08T06:00:00"}),
        (422, {"to": SIX}),
        (422, {"by": "decade"}),
        (422, {"by": "hour", "names": "mean_time_to_restoration"}),
        (422, {"names": "happiness"}),
        (404, {"order": "WO9"}),
        (404, {"equipment": "L9"}),
        (422, {"colour": "red"}),
    ]
    for status, asked in refused:
        answer = await site.get("kpis", **{"from": SIX, "to": SIX + 1, **asked})
        assert answer.status_code == status, asked


async def test_what_an_edge_expects_of_an_order_goes_to_sales_with_why(site: Site) -> None:
    await planned(site)
    chain = Chain()
    planned_by = {
        "id": "WO1",
        "completion": DUE - HOUR,
        "due": DUE,
        "tardiness_s": 0,
        "reasons": [],
    }
    why = {"code": "plan.because_down", "params": {}, "detail": "L1 is down", "mend": ""}
    expected: dict[str, Any] = {
        "id": "WO1",
        "due": DUE,
        "planned_finish": DUE - HOUR,
        "forecast_finish": DUE + HOUR,
        "range": {"from": DUE, "to": DUE + 4 * HOUR, "percent": 80},
        "hours": 40,
        "recovery": {
            "operation": 20,
            "work_center": "L1",
            "pieces": 93,
            "per_hour": "31/2",
            "per_hour_up": 16,
            "percent": 140,
            "possible": False,
        },
        "late_s": 3600,
        "late_reasons": [],
        "late_because": [why],
        "moved": {"at": SIX, "was_finish": DUE, "because": [why]},
        "plan": 1,
        "made_at": SIX,
    }
    facts = [chain.plan([planned_by]), chain.forecast([expected])]
    await site.sent(facts, watermark=SIX + HOUR)
    found = (await site.get("orders/WO1")).json()
    assert (found["due"], found["planned_finish"]) == (DUE, DUE - HOUR)
    assert found["forecast_finish"] == DUE + HOUR
    assert found["forecast_range"] == expected["range"]
    assert found["recovery"] == expected["recovery"]
    assert (found["late_s"], found["late_because"]) == (3600, [why])
    assert found["moved"] == expected["moved"]
    assert (found["plan"], found["forecast_at"], found["forecast_age_s"]) == (1, SIX, 3600)
    # Once nothing of it is left to plan, nothing is expected of it any more.
    await site.sent([chain.plan([], plan=2)], watermark=SIX + 2 * HOUR)
    found = (await site.get("orders/WO1")).json()
    assert (found["forecast_finish"], found["forecast_range"], found["late_s"]) == (None, None, 0)


async def test_a_plan_that_comes_later_keeps_what_was_forecast_of_orders_that_it_has(
    site: Site,
) -> None:
    await planned(site)
    chain = Chain()
    planned_by = {"id": "WO1", "completion": DUE, "due": DUE, "tardiness_s": 0, "reasons": []}
    said = {"id": "WO1", "plan": 1, "made_at": SIX, "forecast_finish": DUE + SECOND, "hours": 30}
    facts = [chain.plan([planned_by]), chain.forecast([said]), chain.plan([planned_by], plan=2)]
    await site.sent(facts, watermark=SIX + HOUR)
    found = (await site.get("orders/WO1")).json()
    assert (found["forecast_finish"], found["late_s"], found["plan"]) == (DUE + SECOND, 1, 2)


NO_FINISH: dict[str, Any] = {
    "id": "WO1",
    "completion": None,
    "due": DUE,
    "tardiness_s": 0,
    "reasons": [],
}
DONE = NO_FINISH | {"completion": DUE - HOUR}
UNMADE = {"code": "order.unmade", "params": {"missing": 20}, "detail": "20 of 100", "mend": "cut"}


def never(plan: int, **said: Any) -> dict[str, Any]:
    """An outlook without a finish, as an edge tells it."""
    return {
        "id": "WO1",
        "due": DUE,
        "planned_finish": None,
        "forecast_finish": None,
        "range": None,
        "hours": 0,
        "recovery": None,
        "late_s": 0,
        "late_reasons": [],
        "late_because": [],
        "moved": None,
        "unmade": UNMADE,
        "plan": plan,
        "made_at": SIX,
        **said,
    }


def finishes(found: dict[str, Any]) -> tuple[Any, ...]:
    return found["planned_finish"], found["forecast_finish"], found["late_s"], found["unmade"]


async def test_sales_sees_why_an_order_has_no_finish_until_it_is_mended(site: Site) -> None:
    await planned(site)
    chain = Chain()
    before = never(1, planned_finish=DUE, forecast_finish=DUE + HOUR, unmade=None)
    await site.sent([chain.plan([DONE]), chain.forecast([before])])
    assert finishes((await site.get("orders/WO1")).json()) == (DUE - HOUR, DUE + HOUR, 3600, None)
    raised = [chain.plan([NO_FINISH | {"unmade": UNMADE}], plan=2), chain.forecast([never(2)])]
    for _ in range(2):  # and again: facts that came before do nothing
        await site.sent(raised)
        assert finishes((await site.get("orders/WO1")).json()) == (None, None, 0, UNMADE)
    # A later version keeps it, with nothing left of the order too.
    await site.sent([chain.plan([NO_FINISH], plan=3), chain.plan([], plan=4)])
    assert finishes((await site.get("orders/WO1")).json()) == (None, None, 0, UNMADE)
    (item,) = (await site.get("orders")).json()["items"]
    assert item["unmade"] == UNMADE
    # It is mended: a plan has it finished, whose forecast comes later.
    await site.sent([chain.plan([DONE], plan=5)])
    assert finishes((await site.get("orders/WO1")).json()) == (DUE - HOUR, DUE - HOUR, 0, None)
    version = (await site.get("plan-versions/2", edge="e1")).json()
    assert version["orders"][0]["unmade"] == UNMADE


async def test_an_edge_takes_back_that_an_order_has_no_finish(site: Site) -> None:
    """All of it had ended, so that no version of the plan says so: its plan stays as it was."""
    await planned(site)
    chain = Chain()
    await site.sent([chain.plan([DONE]), chain.forecast([never(1)])])
    assert finishes((await site.get("orders/WO1")).json()) == (None, None, 0, UNMADE)
    await site.sent([chain.forecast([never(1, unmade=None)])])
    assert finishes((await site.get("orders/WO1")).json()) == (DUE - HOUR, DUE - HOUR, 0, None)


async def test_what_an_order_has_in_stock_is_not_to_be_made(site: Site) -> None:
    """60 of 100 are there by promise 7; it named promise 5 before, which had run out."""
    await planned(site)
    chain, promise = Chain(), FactKind.PROMISE
    said = {"promise": 5, "order": "WO1", "why": "expired", "by": ""}
    ordered = {"event": "ordered", "promise": 7, "order": "WO1", "from_stock": 60}
    facts = [
        chain.add(promise, {"event": "refused", **said}),
        chain.add(promise, ordered),
        chain.job_event("started", "Running", job="WO1.20"),
        chain.count(7, job="WO1.20"),
    ]
    await site.sent(facts)
    answer = (await site.get("orders/WO1")).json()
    assert [answer[name] for name in ("quantity", "from_stock", "good", "left", "over")] == [
        100, 60, 7, 33, 0,
    ]  # fmt: skip
    assert [(one["id"], one["state"], one["why"]) for one in answer["promises"]] == [
        (5, "refused", "expired"),
        (7, "ordered", ""),
    ]
    assert answer["operations"][0]["quantity"] == 40
    shipped = {"event": "shipped", "promise": 7, "order": "WO1", "note": "", "lots": []}
    await site.sent([chain.add(promise, shipped)])
    assert (await site.get("orders/WO1")).json()["left"] == 33
    cancelled = {"event": "cancelled", "promise": 7, "order": "WO1", "note": ""}
    await site.sent([chain.add(promise, cancelled)])
    assert (await site.get("orders/WO1")).json()["left"] == 93


async def test_an_order_that_is_all_in_stock_has_ended(site: Site) -> None:
    await planned(site)
    chain = Chain()
    body = {"event": "ordered", "promise": 7, "order": "WO1", "from_stock": 100}
    await site.sent([chain.add(FactKind.PROMISE, body)])
    answer = (await site.get("orders/WO1")).json()
    assert [answer[name] for name in ("state", "from_stock", "left")] == ["Ended", 100, 0]


async def test_pieces_of_another_product_are_not_of_the_order(site: Site) -> None:
    """It named a promise of bolts when it was of bolts; of facts of before nobody knows."""
    await planned(site)
    chain = Chain()
    body = {"event": "ordered", "promise": 7, "order": "WO1", "from_stock": 60}
    await site.sent([chain.add(FactKind.PROMISE, body | {"product": "BOLT"})])
    answer = (await site.get("orders/WO1")).json()
    assert [answer[name] for name in ("from_stock", "left")] == [0, 100]
    assert answer["operations"][0]["quantity"] == 100
    assert [one["from_stock"] for one in answer["promises"]] == [0]
    again = body | {"promise": 8, "product": "HINGE-60"}
    await site.sent([chain.add(FactKind.PROMISE, again)])
    answer = (await site.get("orders/WO1")).json()
    assert [answer[name] for name in ("from_stock", "left")] == [60, 40]


async def test_an_order_keeps_as_many_as_were_shipped(site: Site) -> None:
    """Of 60 in stock 20 went out; of an older promise it is known only by its shipment."""
    await planned(site)
    chain, promise = Chain(), FactKind.PROMISE
    for id_, said, many in ((7, {"from_stock": 60, "product": "HINGE-60"}, 20), (8, {}, 30)):
        ordered = {"event": "ordered", "promise": id_, "order": "WO1", **said}
        await site.sent([chain.add(promise, ordered)])
        shipped = {"event": "shipped", "promise": id_, "order": "WO1", "note": "", "lots": []}
        await site.sent([chain.add(promise, shipped | {"from_stock": many})])
    answer = (await site.get("orders/WO1")).json()
    assert [answer[name] for name in ("from_stock", "left")] == [50, 50]


async def test_each_edge_numbers_its_own_promises(site: Site) -> None:
    """Promise 7 of hinges is not promise 7 of bolts; of hinges one order has it."""
    for product in ("HINGE-60", "BOLT"):
        await site.put(f"operations-definitions/{product}/A", definition("L1", 10))
    first = order(promise=7)
    other = order(id="WO2", number=2, promise=7, product="BOLT")
    june = await site.put("operations-schedules/JUNE", schedule(first, other))
    assert june.status_code == 201, june.text
    july = await site.put(
        "operations-schedules/JULY", schedule(order(id="WO3", number=3, promise=7))
    )
    assert july.status_code == 422
    (fault,) = july.json()["errors"]
    assert fault["message"] == "is named by order WO1 of another schedule"
    own = order(id="WO4", number=4, promise=8)
    july = await site.put(
        "operations-schedules/JULY", schedule(own, own | {"id": "WO5", "number": 5})
    )
    assert [one["place"] for one in july.json()["errors"]] == [
        "orders[0].promise",
        "orders[1].promise",
    ]
