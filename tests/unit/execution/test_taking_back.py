"""With scrap that is taken back goes what was said of it."""

import pytest

from edge.domain.production import HourQuantity, Reasons
from edge.execution.errors import InvalidAction
from edge.execution.restating.taking_back import taken_back

HOUR = (0, "early", "2026-06-08")


def scrap(pieces: int, run_time: str = "2") -> HourQuantity:
    return HourQuantity(
        equipment_id="L1",
        hour=0,
        job_order_id="WO1.10",
        run_time_per_item=run_time,
        shift="early",
        production_day="2026-06-08",
        good=0,
        scrap=pieces,
        rework=0,
    )


@pytest.mark.parametrize(
    ("said", "quantity", "reason", "told"),
    [
        ({}, 3, "", [(3, "")]),
        ({("burr", ""): 2}, 5, "", [(3, ""), (2, "burr")]),  # the only reason there is
        ({("burr", ""): 2, ("crack", ""): 1}, 2, "", [(2, "")]),
        ({("burr", ""): 2, ("crack", ""): 1}, 2, "burr", [(2, "burr")]),
        ({("burr", ""): 2, ("crack", ""): 1}, 3, "", "only 2 of that hour have no reason"),
        ({("burr", ""): 2}, 3, "burr", "only 2 of that hour have the reason burr"),
        ({("burr", "rim"): 5}, 1, "", "only 0 of that hour have no reason"),  # declared, of a place
        ({}, 6, "", "only 5 of that hour have no reason"),
    ],
)
def test_what_is_taken_back(
    said: dict[tuple[str, str], int], quantity: int, reason: str, told: list[tuple[int, str]] | str
) -> None:
    known: Reasons = {HOUR: said}
    if isinstance(told, str):
        with pytest.raises(InvalidAction, match=told):
            taken_back([scrap(5)], known, quantity, reason)
    else:
        found = taken_back([scrap(5)], known, quantity, reason)
        assert [(one.quantity, one.reason) for one in found] == told


def test_pieces_of_two_run_times_are_taken_one_after_the_other() -> None:
    found = taken_back([scrap(2), scrap(4, "3")], {}, 5, "")
    assert [(one.bucket.run_time_per_item, one.quantity) for one in found] == [("2", 2), ("3", 3)]
