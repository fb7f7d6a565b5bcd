"""Which standard time a changeover has."""

import pytest

from edge.domain.changeover import ChangeoverRule, Changeovers

MATRIX = Changeovers(
    rules=(
        ChangeoverRule(from_="any", to="any", minutes=15),
        ChangeoverRule(from_="hinge", to="any", minutes=20),
        ChangeoverRule(from_="hinge", to="bracket", minutes=25),
        ChangeoverRule(from_="hinge", to="bracket", minutes=30, work_centers=frozenset({"L2"})),
    )
)


@pytest.mark.parametrize(
    ("work_center", "before", "after", "minutes"),
    [
        ("L1", {"HINGE-60", "hinge"}, {"bracket"}, 25),
        ("L2", {"HINGE-60", "hinge"}, {"bracket"}, 30),
        ("L1", {"hinge"}, {"hinge"}, 20),
        ("L1", {"bolt"}, {"bracket"}, 15),
        ("L1", set(), {"bracket"}, 15),
    ],
)
def test_the_rule_that_names_most_holds(
    work_center: str, before: set[str], after: set[str], minutes: int
) -> None:
    rule = MATRIX.rule(work_center, before, after)
    assert rule is not None
    assert rule.minutes == minutes


def test_without_a_rule_there_is_no_standard() -> None:
    assert Changeovers().rule("L1", {"hinge"}, {"bracket"}) is None
