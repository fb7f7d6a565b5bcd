"""The kept best values are of these months: a generator that changed would make them lies."""

import hashlib
import json

from bench.kept_months import KEPT
from bench.months import MONTHS, OPERATIONS
from edge.planning.scenario.parse import parse

KNOWN = "2170e2bc825a212bcdb6b222ae6df3c90a108c4074e4a54ec8dd9308f4472183"


def test_the_months_are_those_of_which_the_best_values_are_kept() -> None:
    found = hashlib.sha256()
    for month in MONTHS:
        found.update(json.dumps(month.scenario(), sort_keys=True).encode())
    assert found.hexdigest() == KNOWN


def test_each_month_has_its_operations_and_is_sound() -> None:
    assert len(MONTHS) == 20
    for month in (MONTHS[0], MONTHS[-1]):
        scenario = parse(month.scenario())
        assert sum(len(order.operations) for order in scenario.orders) == OPERATIONS
        assert {len(order.operations) for order in scenario.orders} == {2, 3, 4, 5}


def test_the_kept_values_are_of_these_months() -> None:
    best = json.loads(KEPT.read_text())
    assert set(best) <= {month.name for month in MONTHS}
    for row in best.values():
        assert set(row) == {"weighted_tardiness_s", "setup_s", "by"}
        assert row["weighted_tardiness_s"] > 0
