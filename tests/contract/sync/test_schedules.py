"""Schedules and definitions: all or nothing, every fault at once, once each."""

from typing import Any

import pytest

from tests.contract.sync.site import Site, definition, order, schedule

MAY = "operations-schedules/MAY"
HINGE = "operations-definitions/HINGE-60/A"
CSV = {"content-type": "text/csv"}
SPAN = "revision=1&from=2026-06-01T00:00:00%2B02:00&to=2026-07-01T00:00:00%2B02:00"
HEADER = "id,number,product,product_revision,quantity,release,due,customer,priority"


def faults(answer: Any) -> dict[str, str]:
    """place -> value of a refusal."""
    assert answer.status_code == 422, answer.text
    assert all(fault["message"] and fault["mend"] for fault in answer.json()["errors"])
    return {fault["place"]: fault["value"] for fault in answer.json()["errors"]}


async def nothing_was_imported(site: Site) -> bool:
    items = (await site.get("edges/e1/downlink", who="edge")).json()["items"]
    orders = (await site.get("orders")).json()["items"]
    return not orders and all(item["kind"] == "operations_definition" for item in items)


async def test_a_definition_is_released_once(site: Site) -> None:
    first = await site.put(HINGE, definition())
    again = await site.put(HINGE, definition())
    other = await site.put(HINGE, definition("L2"))
    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 409]
    assert first.json() | {"new": False} == again.json()
    assert (
        await site.put("operations-definitions/HINGE-60/B", definition("L2"))
    ).status_code == 201


async def test_every_fault_of_a_definition_is_named(site: Site) -> None:
    content = definition("L1", 10, 10)
    content["color"] = "red"
    content["operations"][0]["alternatives"][0] |= {"cycle_s": 2.5, "setup_s": "600"}
    content["operations"][1]["alternatives"] = []
    assert faults(await site.put(HINGE, content)) == {
        "color": "red",
        "operations[0].alternatives[0].cycle_s": "2.5",
        "operations[0].alternatives[0].setup_s": "600",
        "operations[1].alternatives": "[]",
        "operations[0].seq": "10",
        "operations[1].seq": "10",
    }
    twice = faults(await site.put(HINGE, definition("L1", 10, 10)))
    assert list(twice) == ["operations[0].seq", "operations[1].seq"]


CLEAR = "\x1b[2J"  # clears a terminal's screen
TURNED = "\u202e"  # turns round what follows


async def test_a_text_that_a_screen_would_obey_is_refused_with_its_place(site: Site) -> None:
    """An edge takes none: one that was kept would hold up every document behind it."""
    content = definition()
    content["description"] = f"Hinge{CLEAR}"
    content["operations"][0]["description"] = f"Press{TURNED}"
    content["operations"][0]["inspections"] = [
        {
            "id": "DIM",
            "zh": f"宽度{CLEAR}",
            "when": {"every_pieces": 5},
            "characteristics": [{"id": "burr", "kind": "attribute"}],
        }
    ]
    assert faults(await site.put(HINGE, content)) == {
        "description": "Hinge\\u001b[2J",
        "operations[0].description": "Press\\u202e",
        "operations[0].inspections[0].zh": "宽度\\u001b[2J",
    }
    content["description"] = "Hinge,\n60 mm\tleft"  # lines and tabs may stand in a text
    content["operations"][0] |= {"description": "冲压", "inspections": []}
    assert (await site.put(HINGE, content)).status_code == 201
    plan = schedule(order("WO1"), order("WO2", number=2) | {"customer": f"ACME{CLEAR}"})
    told = faults(await site.put(MAY, plan))
    assert told == {"orders[1].customer": "ACME\\u001b[2J"}
    due = "2026-06-10T14:00:00+02:00"
    csv = f"{HEADER}\nWO1,1,HINGE-60,A,5,,{due},AC\x07ME,1\n"
    answer = await site.call("planner", "PUT", f"{MAY}?{SPAN}", content=csv, headers=CSV)
    assert "AC\\u0007ME" in faults(answer).values()
    assert await nothing_was_imported(site)


async def test_a_definition_without_a_unit_is_refused(site: Site) -> None:
    """Quantities are whole numbers of it: nobody guesses whether pieces or kilograms are meant."""
    content = definition()
    del content["unit"]
    assert faults(await site.put(HINGE, content)) == {"unit": "(missing)"}
    assert faults(await site.put(HINGE, {**content, "unit": ""})) == {"unit": ""}


async def test_a_faulty_order_is_judged_in_all_its_other_fields_too(site: Site) -> None:
    await site.put(HINGE, definition())
    content = schedule(
        order("WO1", quantity=0, product="HINJE", due="2026-05-31T23:59:00+02:00"),
        order("WO1", priority=11, product_revision="Z"),
        order("WO3", due="soon", product="NUT", product_revision=1),
    )
    answer = await site.put(MAY, content)
    assert faults(answer) == {
        "orders[0].quantity": "0",
        "orders[0].id": "WO1",
        "orders[0].product": "HINJE",
        "orders[0].due": "2026-05-31T23:59:00+02:00",
        "orders[1].priority": "11",
        "orders[1].id": "WO1",
        "orders[1].product_revision": "Z",
        "orders[2].due": "soon",
        "orders[2].product_revision": "1",
        "orders[2].product": "NUT",
    }
    assert await nothing_was_imported(site)


async def test_a_plus_that_a_url_made_a_space_is_named_with_its_mend(site: Site) -> None:
    await site.put(HINGE, definition())
    path = f"{MAY}?revision=1&from=2026-06-01T00:00:00+02:00&to=2026-07-01T00:00:00%2B02:00"
    answer = await site.call("planner", "PUT", path, content=HEADER, headers=CSV)
    [fault] = answer.json()["errors"]
    assert (fault["place"], fault["value"]) == ("from", "2026-06-01T00:00:00 02:00")
    assert "%2B" in fault["mend"]


async def test_a_query_is_answered_in_the_words_of_the_trade(site: Site) -> None:
    answer = await site.get("operations-performance", limit="x", by="week", foo="1")
    told = {fault["place"]: fault["mend"] for fault in answer.json()["errors"]}
    assert told == {
        "query.limit": "write a whole number",
        "query.by": "write 'hour', 'shift' or 'order'",
        "query.foo": "remove it or correct its spelling",
    }
    missing = (await site.get("kpis", equipment="L1")).json()["errors"]
    assert {(fault["place"], fault["value"]) for fault in missing} == {
        ("query.from", "(missing)"),
        ("query.to", "(missing)"),
    }


async def test_a_schedule_by_revision(site: Site) -> None:
    await site.put(HINGE, definition())
    codes = [
        (await site.put(MAY, content)).status_code
        for content in (
            schedule(order()),
            schedule(order()),
            schedule(order(quantity=7)),
            schedule(order(quantity=7), revision=2),
            schedule(order()),
        )
    ]
    assert codes == [201, 200, 409, 201, 409]
    assert (await site.get("orders/WO1")).json()["quantity"] == 7


async def test_every_fault_of_a_schedule_is_named_and_nothing_is_imported(site: Site) -> None:
    await site.put(HINGE, definition())
    content = schedule(
        order("WO1", number=7),
        order("WO1", number=7),
        order("WO3", quantity=0),
        order("WO4", quantity=1.5),
        order("WO5", product="HINJE"),
        order("WO6", product_revision="Z"),
        order("WO7", due="2026-05-31T23:59:00+02:00"),
        order("WO8", due="2026-06-10T14:00:00"),
        order("WO9", priority=11, colour="red"),
        order("W10", quantity=True),
        order("W11", release="2026-06-10T14:00:00+02:00"),
    )
    content["note"] = "x"
    assert faults(await site.put(MAY, content)) == {
        "note": "x",
        "orders[0].id": "WO1",
        "orders[0].number": "7",
        "orders[1].id": "WO1",
        "orders[1].number": "7",
        "orders[2].quantity": "0",
        "orders[3].quantity": "1.5",
        "orders[4].product": "HINJE",
        "orders[5].product_revision": "Z",
        "orders[6].due": "2026-05-31T23:59:00+02:00",
        "orders[7].due": "2026-06-10T14:00:00",
        "orders[8].priority": "11",
        "orders[8].colour": "red",
        "orders[9].quantity": "True",
        "orders[10].release": "2026-06-10T14:00:00+02:00",
    }
    assert await nothing_was_imported(site)


async def test_csv_is_the_same_schedule_as_json(site: Site) -> None:
    await site.put(HINGE, definition())
    row = "WO1,,HINGE-60,A,800,,2026-06-10T14:00:00+02:00,ACME,3"
    text = f"{HEADER}\r\n{row}\r\n".encode()
    path = f"{MAY}?{SPAN}"
    first = await site.call("planner", "PUT", path, content=text, headers=CSV)
    assert first.status_code == 201, first.text
    assert (await site.put(MAY, schedule(order()))).status_code == 200


async def test_every_fault_of_a_csv_has_its_cell(site: Site) -> None:
    await site.put(HINGE, definition())
    due = "2026-06-10T14:00:00+02:00"
    rows = [
        HEADER,
        f"WO1,1,HINGE-60,A,0,,{due},ACME,3",
        f"WO2,2,HINGE-60,A,1.5,,{due},ACME,3",
        f"WO3,3,HINGE-60,A,1,,{due},ACME",
        f"WO4,4,NUT,A,1,,{due},ACME,3",
        f"WO5,five,HINGE-60,A,,,{due},ACME,3",
    ]
    answer = await site.call(
        "planner", "PUT", f"{MAY}?{SPAN}", content="\n".join(rows), headers=CSV
    )
    assert faults(answer) == {
        "E2 (quantity)": "0",
        "E3 (quantity)": "1.5",
        "C5 (product)": "NUT",
        "B6 (number)": "five",
        "E6 (quantity)": "(missing)",
    }
    assert await nothing_was_imported(site)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "row 1"),
        ("id,due,colour\n", "C1"),
        (f"{HEADER},id\n", "J1"),
        (f'{HEADER}\n"WO1', "row 2"),
        (b"\xff\xfe", "row 1"),
        (b"\xff", "byte 0"),
    ],
)
async def test_a_malformed_csv_is_named(site: Site, text: str | bytes, place: str) -> None:
    answer = await site.call("planner", "PUT", f"{MAY}?{SPAN}", content=text, headers=CSV)
    assert place in faults(answer)


async def test_the_head_of_a_csv_stands_in_the_query(site: Site) -> None:
    answer = await site.call(
        "planner", "PUT", f"{MAY}?revision=x&to=soon&color=1", content=HEADER, headers=CSV
    )
    assert faults(answer) == {
        "revision": "x",
        "from": "(missing)",
        "to": "soon",
        "color": "1",
    }


async def test_other_content_types_and_broken_json_are_refused(site: Site) -> None:
    odd = await site.call("planner", "PUT", MAY, content="x", headers={"content-type": "text/xml"})
    broken = await site.call("planner", "PUT", MAY, content="{")
    no_object = await site.put(MAY, [1])
    no_list = await site.put(MAY, schedule() | {"orders": {}})
    codes = [one.status_code for one in (odd, broken, no_object, no_list)]
    assert codes == [415, 422, 422, 422]


async def test_the_floor_gets_documents_in_order(site: Site) -> None:
    await site.put(HINGE, definition())
    await site.put(MAY, schedule(order()))
    first = (await site.get("edges/e1/downlink", who="edge", after=0)).json()
    shown = [(item["kind"], item["id"], item["revision"]) for item in first["items"]]
    assert shown == [
        ("operations_definition", "HINGE-60", "A"),
        ("operations_schedule", "MAY", "1"),
    ]
    assert first["items"][1]["content"] == schedule(order())
    rest = (await site.get("edges/e1/downlink", who="edge", after=first["next"])).json()
    assert rest == {"items": [], "next": 2}


async def test_a_promise_has_one_order(site: Site) -> None:
    one, two = ({**order(f"WO{n}", number=n), "promise": 4711} for n in (1, 2))
    await site.put(HINGE, definition())
    assert faults(await site.put(MAY, schedule(one, two))) == {
        "orders[0].promise": "4711",
        "orders[1].promise": "4711",
    }
    await site.put(MAY, schedule(one))
    june = "operations-schedules/JUNE"
    assert faults(await site.put(june, schedule(two))) == {"orders[0].promise": "4711"}
    assert (await site.put(june, schedule(one))).status_code == 201  # it is carried over


async def test_an_order_carried_over_moves_and_a_number_stays_its_owners(site: Site) -> None:
    await site.put(HINGE, definition())
    await site.put(MAY, schedule(order("WO1", number=1), order("WO2", number=2)))
    june = "operations-schedules/JUNE"
    taken = await site.put(june, schedule(order("WO9", number=2)))
    assert faults(taken) == {"orders[0].number": "2"}
    assert (await site.put(june, schedule(order("WO2", number=2)))).status_code == 201
    listed = (await site.get("orders")).json()["items"]
    assert [one["id"] for one in listed] == ["WO1", "WO2"]


async def test_a_repeated_key_is_done_once(site: Site) -> None:
    key = {"idempotency-key": "k1"}
    first = await site.put(HINGE, definition(), headers=key)
    again = await site.put(HINGE, definition(), headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    other_body = await site.put(HINGE, definition("L2"), headers=key)
    assert (other_body.status_code, other_body.json()["type"][21:]) == (422, "key-reused")
    other_path = await site.put("operations-definitions/NUT/A", definition(), headers=key)
    other_principal = await site.put(HINGE, definition(), headers=key, who="planner")
    assert [other_path.status_code, other_principal.status_code] == [201, 200]


async def test_a_refused_request_leaves_its_key_free(site: Site) -> None:
    key = {"idempotency-key": "k2"}
    assert (await site.put(MAY, schedule(order()), headers=key)).status_code == 422
    await site.put(HINGE, definition())
    assert (await site.put(MAY, schedule(order()), headers=key)).status_code == 201


async def test_a_key_in_flight_is_told_to_wait(site: Site) -> None:
    from erp_sync.storage.replays import RequestKey

    site.service.in_flight.add(RequestKey("erp", "PUT", f"/api/v1/{HINGE}", "k3"))
    answer = await site.put(HINGE, definition(), headers={"idempotency-key": "k3"})
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
