"""Which changes of a what-if a floor can really make by its plan alone, and the plan that does.

A plan decides where and in which order work is done, and nothing else. What people would have
to change first (calendars, what is ordered, how it is made) is refused, and it is said where.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from edge.domain.sentences import Sentence, say
from edge.planning.comparing.what_if import changed
from edge.planning.months.planned import planned_jobs
from edge.planning.scenario.model import Scenario, Turn
from edge.planning.solving import solve

Json = dict[str, Any]
Change = Mapping[str, Any]
BY_ERP: Final = frozenset({"quantity", "release"})
PROOFS: Final = 2_000


def refusals(changes: Sequence[Change]) -> list[Sentence]:
    """Why changes cannot be proposed, and what has to be done instead; empty if all can."""
    found = (REFUSED[kind](said) for change in changes for kind, said in change.items())
    return [one for one in found if one is not None]


def feasible(scenario: Scenario, changes: Sequence[Change]) -> Json:
    """The schedule of the scenario as it is, in the places and the order that it has with the
    changes. Raises ScenarioInvalid."""
    after = solve(changed(scenario, changes)[-1].scenario, proofs=0)
    jobs = sorted(planned_jobs(after), key=lambda one: (one.start, one.order, one.operation))
    turns = (Turn(work_center=one.work_center, order=one.order, seq=one.operation) for one in jobs)
    return solve(replace(scenario, follow=tuple(turns)), proofs=PROOFS)


def _open(said: Change) -> Sentence:
    return say(
        "plan.if_not_open",
        "{where} is not open then, and a plan opens nothing",
        "add the time to its calendar in plant.toml (`open`), and load it: the edge plans with it",
        where=str(said.get("where")),
    )


def _down(said: Change) -> Sentence:
    return say(
        "plan.if_not_down",
        "a plan does not close {work_center}",
        "plan a stop there: the edge plans without it then",
        work_center=str(said.get("work_center")),
    )


def _order(said: Change) -> Sentence | None:
    if not BY_ERP & said.keys():
        return None
    return say(
        "plan.if_not_ordered",
        "what is wanted of {order} is the ERP's to say",
        "send its schedule anew; a due date or a priority can be proposed",
        order=str(said.get("id")),
    )


def _remove(said: Change) -> Sentence:
    return say(
        "plan.if_not_removed",
        "{order} is ordered, and a plan leaves nothing out",
        "send its schedule anew without it",
        order=str(said.get("id")),
    )


def _line(said: Change) -> Sentence:
    return say(
        "plan.if_no_line",
        "{line} is no work center of this edge",
        "add it to plant.toml, and to the definitions of what it can make",
        line=str(said.get("id")),
    )


def _alternative(said: Change) -> Sentence:
    return say(
        "plan.if_no_way",
        "the definition does not say that {work_center} can do it",
        "send a revision that does; `move` puts it where it can be done already",
        work_center=str(said.get("work_center")),
    )


def _can(_: Change) -> None:
    return None


REFUSED: Final[Mapping[str, Callable[[Change], Sentence | None]]] = {
    "open": _open,
    "down": _down,
    "order": _order,
    "remove": _remove,
    "line": _line,
    "alternative": _alternative,
    "move": _can,
}
