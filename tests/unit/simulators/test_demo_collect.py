"""Each account from whoever keeps it, under the ERP's own order names."""

import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from simulators.demo import collect
from simulators.demo.comparison import Quantities
from simulators.erp.books import Books
from simulators.erp.example import load_example
from tests.unit.simulators.feed_items import MORNING, count

SENT = load_example(Path(__file__).parents[3] / "examples" / "hardware_plant")


def row(number: int, good: int, scrap: int = 0, machine: str = "L2") -> dict[str, object]:
    return {"machine": machine, "number": number, "recipe": 5010, "good": good, "scrap": scrap}


def test_planned_is_what_the_erp_wants_of_each_operation() -> None:
    planned = collect.planned(SENT)
    assert planned["WO1001", 10] == planned["WO1001", 20] == 120
    assert sum(1 for order, _ in planned if order == "WO1002") == 3


def test_truth_is_by_the_erps_orders_and_adds_machines_and_recipes() -> None:
    truth = collect.truth([row(1001010, 5, 1), row(1001010, 2, machine="L1")], SENT)
    assert truth == {("WO1001", 10): Quantities(7, 1)}


def test_a_number_that_the_erp_never_gave_stays_visible() -> None:
    assert collect.truth([row(77010, 5)], SENT) == {("number 77", 10): Quantities(5)}


def test_recorded_holds_pieces_without_an_order_too() -> None:
    jobs = [{"order": "WO1001", "operation": 10, "good": 5, "scrap": 1}]
    parts = [{"work_center": "L1", "hour": 0, "good": 2, "scrap": 0}] * 2
    assert collect.recorded(jobs, parts) == {
        ("WO1001", 10): Quantities(5, 1),
        ("", 0): Quantities(4),
    }


def test_booked_is_read_from_the_erps_file_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "erp.sqlite"
    books = Books(path, ZoneInfo("Europe/Berlin"), lambda: MORNING)
    books.enter_master_data(SENT)
    books.book_page([count(1, 5), count(2, 1, role="scrap")], "c1")
    assert collect.booked(path) == {("WO1001", 10): Quantities(5, 1)}
    assert collect.days(path) == ["2026-06-08"]
    reading = collect.read_only(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reading.execute("DELETE FROM total")
    reading.close()
    books.close()
