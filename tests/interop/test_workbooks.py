"""Our workbooks in a spreadsheet program that is not Excel: what it opens is what we wrote."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest

from erp_sync.masterdata.schedules import Known
from erp_sync.planfiles.taking import KINDS, schedule_of
from erp_sync.planfiles.writing import Language, xlsx_of
from tests.interop.calc import Calc
from tests.unit.erp_sync.planfiles.books import BERLIN, XLSX, judged
from tests.unit.planning.charts import scenario, solved
from tests.unit.planning.test_workbook import exported, local, sheets

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]
TYPES = {
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "xlsx": XLSX,
}
KNOWN = Known({"HINGE-60": ["A"], "4711": ["1.5"]})


@pytest.fixture(scope="module")
def calc(tmp_path_factory: pytest.TempPathFactory) -> Calc:
    return Calc(tmp_path_factory.mktemp("calc"))


def order(id_: str, due: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "number": None,
        "product": "HINGE-60",
        "product_revision": "A",
        "quantity": 1_200,
        "release": None,
        "due": due,
        "material_from": None,
        "customer": '华东, "ACME"',
        "promise": None,
        "priority": 3,
        **more,
    }


MONTH = {
    "id": "2026-06",
    "revision": 7,
    "from": "2026-06-01T00:00:00+02:00",
    "to": "2026-07-01T00:00:00+02:00",
    "orders": [
        order("WO1", "2026-06-11T00:00:00+02:00"),  # a day, and not a moment
        order("WO2", "2026-06-10T14:30:00+02:00", material_from="2026-06-02T06:00:00+02:00"),
        order("4711", "2026-06-30T06:15:00+02:00", product="4711", product_revision="1.5"),
        order("WO3", "2026-06-30T06:15:00+02:00", customer="=1+1", number=1001, quantity=2**31 - 1),
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(("language", "epoch"), [("en", 1900), ("zh", 1904)])
def test_a_month_plan_that_calc_has_saved_is_the_same_month_plan(
    calc: Calc, kind: str, language: Language, epoch: Literal[1900, 1904]
) -> None:
    data = xlsx_of(MONTH, BERLIN, [("HINGE-60", "A")], language=language, epoch=epoch)
    [saved] = calc.saved_as(kind, data).values()
    sent = schedule_of(KINDS[TYPES[kind]], saved, "2026-06", {}, BERLIN)
    assert sent.faults == ()
    found = judged(sent, KNOWN).model_dump(by_alias=True)
    assert {name: found[name] for name in MONTH if name != "id"} == {
        name: value for name, value in MONTH.items() if name != "id"
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_calc_shows_the_plan_to_the_piece_and_reckons_the_same_sums(
    calc: Calc, language: str
) -> None:
    document = scenario(8)
    schedule = solved(document)
    data = exported(document, language)
    written = calc.saved_as("csv", data)
    assert {*written} == {f"book-{name}.csv" for name in sheets(data)}
    tables = [rows(written[f"book-{name}.csv"]) for name in sheets(data)]
    assert not [cell for table in tables for row in table for cell in row if is_failed(cell)]
    orders, _, _, hours, *centers = tables
    for at, (row, one) in enumerate(zip(orders[1:], schedule["orders"], strict=True)):
        assert (row[0], int(row[3])) == (one["id"], 100 + at)
        done = datetime.fromisoformat(one["completion"]).replace(tzinfo=None)
        assert abs(datetime.fromisoformat(row[5]) - done) < timedelta(seconds=1)
    shown = [(row[0], row[1], row[3], row[4], int(row[6])) for row in hours[1:]]
    assert sorted(shown) == sorted(
        (
            one["work_center"],
            f"{local(one):%Y-%m-%d %H:%M:%S}",
            one["order"],
            str(one["seq"]),
            one["quantity"],
        )
        for one in schedule["hours"]
    )
    for center, (_, *days, total) in zip(("L1", "L2"), centers, strict=True):
        mine = [one for one in schedule["hours"] if one["work_center"] == center]
        for day in days:
            said = [one["quantity"] for one in mine if f"{local(one):%Y-%m-%d}" == day[0]]
            assert int(day[-1]) == sum(int(cell or 0) for cell in day[1:-1]) == sum(said) > 0
        assert int(total[-1]) == sum(one["quantity"] for one in mine)


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode())))


def is_failed(cell: str) -> bool:
    """Whether Calc could not reckon it, or has no room for it."""
    return cell.startswith(("#", "Err:"))
