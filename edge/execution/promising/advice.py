"""The adviser beside the planner, and what is said where it does not answer."""

from typing import Any, Protocol

from edge.domain.sentences import say
from edge.execution.errors import InvalidAction, NoAdvice
from edge.execution.promising.live import Live
from edge.planning.errors import PlannerLost, PlannerTooSlow, ScenarioInvalid
from edge.planning.promises.asking import Learn


class Adviser(Protocol):
    """The process that works promises out."""

    async def ask(self, question: object) -> dict[str, Any]:
        """Its answer; raises ScenarioInvalid, PlannerLost or PlannerTooSlow."""
        ...

    async def close(self) -> None:
        """End the process, if there is one."""
        ...


async def advised(adviser: Adviser, question: object, live: Live) -> dict[str, Any]:
    """The adviser's answer, told of the plan where it does not know it; raises InvalidAction
    where it cannot be planned, NoAdvice where nothing was answered."""
    try:
        answer = await adviser.ask(question)
        if "unknown" in answer:
            await adviser.ask(Learn(key=live.key, scenario=live.problem))
            answer = await adviser.ask(question)
    except ScenarioInvalid as invalid:
        faults = "; ".join(str(fault) for fault in invalid.faults)
        raise InvalidAction(
            say(
                "promise.impossible",
                "it cannot be planned: {why}",
                "mend what is named",
                why=faults,
            )
        ) from invalid
    except (PlannerLost, PlannerTooSlow) as error:
        raise NoAdvice(
            say("promise.no_answer", "it was not worked out in time", "ask again")
        ) from error
    return answer
