"""The conformance page says what the registry does, and each KPI has a golden case."""

import pytest

from edge.kpi.registry import KPIS
from edge.kpi.scopes import Level, Period
from tests.unit.kpi.conformance import PAGE, cases_of, written


def test_the_page_is_what_the_registry_says() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "python -m tests.unit.kpi.conformance writes it anew"


@pytest.mark.parametrize("name", KPIS)
def test_every_kpi_means_something_somewhere_and_says_why_not_elsewhere(name: str) -> None:
    scope = KPIS[name].where
    refusals = [scope.refusal(level, period) for level in Level for period in Period]
    assert "" in refusals
    for refusal in filter(None, refusals):
        assert not refusal.endswith(": "), refusal


def test_every_kpi_that_can_be_computed_has_a_golden_case() -> None:
    golden = cases_of()
    without = [name for name, kpi in KPIS.items() if kpi.indicator and name not in golden]
    assert without == []
