"""Confirmed purchases are taken in by revision and go down to the edge."""

from typing import Any

from tests.contract.sync.site import Site

PATH = "/api/v1/expected-receipts/scm"
STEEL: dict[str, Any] = {
    "material": "STEEL",
    "quantity": "12.5",
    "unit": "kg",
    "at": "2026-06-09T08:00:00+02:00",
}


def said(revision: int, *receipts: dict[str, Any]) -> dict[str, Any]:
    return {"revision": revision, "receipts": list(receipts)}


async def test_they_are_taken_in_by_revision(site: Site) -> None:
    assert (await site.put(PATH, said(1, STEEL))).status_code == 201
    assert (await site.put(PATH, said(1, STEEL))).status_code == 200
    other = await site.put(PATH, said(1))
    assert (other.status_code, other.json()["type"].rpartition(":")[2]) == (409, "other-content")
    assert (await site.put(PATH, said(2))).status_code == 201
    older = await site.put(PATH, said(1, STEEL))
    assert (older.status_code, older.json()["revision"]) == (409, 2)
    items = (await site.call("edge", "GET", "edges/e1/downlink")).json()["items"]
    assert [(one["kind"], one["id"], one["revision"]) for one in items] == [
        ("expected_receipts", "scm", "1"),
        ("expected_receipts", "scm", "2"),
    ]
    assert items[0]["content"]["receipts"] == [STEEL]


async def test_what_is_wrong_is_named(site: Site) -> None:
    bad = [{**STEEL, "quantity": "much"}, {**STEEL, "at": "2026-06-09T08:00:00"}, {**STEEL, "x": 1}]
    answer = await site.put(PATH, said(1, *bad))
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 3
    assert (await site.put(PATH, said(1), who="reader")).status_code == 403
