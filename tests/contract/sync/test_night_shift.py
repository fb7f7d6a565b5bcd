"""Books by production day: a night shift belongs to the day it began, also at a clock change."""

from typing import Any

from edge.domain.clock import parse_time
from tests.contract.sync.site import Site
from tests.unit.erp_sync.chains import HOUR, Chain

DAY, NEXT = "2026-10-24", "2026-10-25"
NIGHT = {"id": "three", "revision": "1", "shift": "night", "production_day": DAY}
TEN = parse_time("2026-10-24T22:00:00+02:00")  # nine hours long: the clock goes back at 03:00
SEVEN_LATER = TEN + 9 * HOUR
FIRST_TWO = parse_time("2026-10-25T02:00:00+02:00")
SECOND_TWO = parse_time("2026-10-25T02:00:00+01:00")


async def reconciled(site: Site, day: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await site.get(f"reconciliations/{day}", consumer="erp")).json()
    return answer


async def the_other_edge_is_past(site: Site) -> None:
    other = Chain(edge_id="e2")
    away = other.state("OFF", at=TEN, calendar=None, job=None)
    await site.sent([away], edge="e2", watermark=TEN + 72 * HOUR)


async def books(site: Site, day: str, good: int) -> None:
    items = [{"order": "WO1", "operation": 10, "good": good, "scrap": 0}] if good else []
    answer = await site.put(f"consumers/erp/books/{day}", {"items": items})
    assert answer.status_code == 200, answer.text


async def test_the_hour_that_comes_twice_is_two_hours_of_one_production_day(site: Site) -> None:
    chain = Chain()
    facts = [
        chain.state("APT", at=TEN, calendar=NIGHT),
        chain.count(10, at=TEN, calendar=NIGHT),
        chain.count(20, at=FIRST_TWO, calendar=NIGHT),
        chain.count(30, at=SECOND_TWO, calendar=NIGHT),
        chain.state("OFF", at=SEVEN_LATER, calendar=None, job=None),
        chain.count(4, at=SEVEN_LATER, calendar=None),
    ]
    await site.sent(facts, watermark=TEN + 72 * HOUR)
    await the_other_edge_is_past(site)
    hours = {item["hour"]: item["good"] for item in await site.feed(by="hour")}
    assert hours == {TEN: 10, FIRST_TWO: 20, SECOND_TWO: 30, SEVEN_LATER: 4}
    shifts = {
        (one["production_day"], one["shift"]): one["good"] for one in await site.feed(by="shift")
    }
    assert shifts == {(DAY, "night"): 60, (NEXT, None): 4}
    ids = [item["id"] for item in await site.feed() if item["effects"]]
    posted = [{"id": one, "status": "posted", "document": "MB-1"} for one in ids]
    await site.put("consumers/erp/acknowledgements", {"items": posted})
    for day, good in ((DAY, 60), (NEXT, 4)):
        await books(site, day, good)
        day_of_books = await reconciled(site, day)
        assert (day_of_books["pieces"], day_of_books["difference"]) == (good, 0)
        assert day_of_books["complete"]


async def test_kpis_of_the_night_have_nine_hours_and_two_that_are_called_two(site: Site) -> None:
    chain = Chain()
    facts = [chain.state("APT", at=TEN, calendar=NIGHT)]
    facts += [chain.count(1440, at=TEN + n * HOUR, calendar=NIGHT) for n in range(9)]
    facts.append(chain.state("OFF", at=SEVEN_LATER, calendar=None, job=None))
    await site.sent(facts, watermark=SEVEN_LATER + HOUR)
    span: dict[str, Any] = {"from": TEN, "to": SEVEN_LATER}
    hours = (await site.get("kpis", **span, by="hour")).json()["items"]
    labels = [item["label"] for item in hours]
    assert len(labels) == len(set(labels)) == 9
    assert labels[4:6] == ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"]
    [night] = (await site.get("kpis", **span, by="shift")).json()["items"]
    assert (night["from"], night["to"], night["label"]) == (TEN, SEVEN_LATER, f"{DAY} night")
    assert {item["kpis"]["oee"] for item in [*hours, night]} == {"1.000000"}


async def test_a_day_is_not_complete_while_its_night_shift_lasts(site: Site) -> None:
    """Also if that shift has made nothing yet."""
    chain = Chain()
    midnight = TEN + 2 * HOUR
    await site.sent([chain.state("ASUT", at=TEN, calendar=NIGHT)], watermark=midnight + HOUR)
    await the_other_edge_is_past(site)
    await books(site, DAY, 0)
    assert not (await reconciled(site, DAY))["complete"]
    over = chain.state("OFF", at=SEVEN_LATER, calendar=None, job=None)
    await site.sent([over], watermark=SEVEN_LATER + HOUR)
    assert (await reconciled(site, DAY))["complete"]
