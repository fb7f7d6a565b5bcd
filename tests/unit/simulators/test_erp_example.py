"""The demo plant's month plan is what the product will be asked to make."""

import shutil
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from simulators.erp.errors import ExampleInvalid
from simulators.erp.example import Example, load_example

EXAMPLE = Path(__file__).parents[3] / "examples" / "hardware_plant"
WORK_DAYS, SECONDS_A_DAY = 17, 27_000  # June 8 to 30, an early shift less its break
LINES = {"L1", "L2", "L3"}


@pytest.fixture(scope="module")
def example() -> Example:
    return load_example(EXAMPLE)


def test_the_month_is_as_large_as_promised(example: Example) -> None:
    orders = example.plan.orders
    assert len(orders) >= 60
    assert len({order.id for order in orders}) == len({o.number for o in orders}) == len(orders)
    assert {order.product for order in orders} == {d.product for d in example.definitions}
    assert len(example.definitions) == 8
    assert {len(d.operations) for d in example.definitions} == {2, 3, 4}
    assert len({order.customer for order in orders}) == 8
    assert all(120 <= order.quantity <= 900 and 1 <= order.priority <= 10 for order in orders)


def test_every_order_is_due_within_the_plan(example: Example) -> None:
    start, end = map(datetime.fromisoformat, (example.plan.start, example.plan.end))
    for order in example.plan.orders:
        due = datetime.fromisoformat(order.due)
        assert due.tzinfo is not None
        assert start < due < end


def test_the_month_fits_on_the_lines(example: Example) -> None:
    load = dict.fromkeys(LINES, Fraction(0))
    contents = {d.product: d.content for d in example.definitions}
    for order in example.plan.orders:
        for operation in contents[order.product]["operations"]:
            [way] = operation["alternatives"]
            load[way["work_center"]] += order.quantity * Fraction(way["cycle_s"]) + way["setup_s"]
    assert all(0 < seconds < WORK_DAYS * SECONDS_A_DAY for seconds in load.values())


def test_early_orders_begin_on_two_lines_and_end_on_the_third(example: Example) -> None:
    routings = {d.product: d.content["operations"] for d in example.definitions}
    ways = [
        [operation["alternatives"][0]["work_center"] for operation in routings[order.product]]
        for order in example.plan.orders[:5]
    ]
    assert {way[0] for way in ways} == {"L1", "L2"}
    assert {way[-1] for way in ways} == {"L3"}


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("erp.toml", "erp-simulator/1", "erp-simulator/9", "format"),
        ("erp.toml", "[consumer]", "[consumers]", "consumer"),
        ("erp.toml", "Europe/Berlin", "Europe/Nowhere", "Nowhere"),
        ("month_plan.csv", "id,number", "number,id", "header"),
        ("month_plan.csv", "WO1001,1001,BOLT-M8,A,120", "WO1001,1001,BOLT-M8,A,1.5", "csv:2"),
        ("definitions/NUT-M8.A.json", '"revision"', '"version"', "NUT-M8.A.json"),
    ],
)
def test_a_broken_example_says_where(
    tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    copy = tmp_path / "plant"
    shutil.copytree(EXAMPLE, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ExampleInvalid, match=said):
        load_example(copy)
