"""A promise beside a plan of 1,200 operations: from the question to the adviser to its answer.

CPU seconds of the adviser's process, of which 95 in a hundred are at most so long: it is one thread
that waits for nothing. The bare side is the plan alone, made once more: no promise can be proved
without that.
What is asked changes each time: product, quantity, and how much is reserved already.
"""

import asyncio
import time
from collections.abc import Iterable

from bench.plan import scenario
from bench.processes import Usage
from bench.ratio import Ratio
from edge.planning.months.planned import planned_jobs
from edge.planning.placing.solver import make_plan
from edge.planning.placing.timeline import Capacity
from edge.planning.process import AdviserProcess
from edge.planning.promises.asking import AskPromise, Learn
from edge.planning.promises.booking import Booking, go_on
from edge.planning.promises.inserting import Slot, Wish
from edge.planning.scenario.model import Order, Scenario
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve

OPERATIONS, PACE = 1_200, 0.6
QUESTIONS, RESERVED = 40, 10
PROMISED_S = 0.5


def run() -> Iterable[Ratio]:
    plant = parse(scenario(OPERATIONS, PACE))
    asked = asyncio.run(_asked(plant))
    yield Ratio(
        name=f"promise beside {OPERATIONS:,} operations, p95, by the plan made again",
        ours=_p95(asked),
        bare=_p95([_planned(plant) for _ in range(10)]),
        unit="s",
        limit=PROMISED_S,
    )


async def _asked(plant: Scenario) -> list[float]:
    """Seconds of each question; the first RESERVED are held, so that later ones go behind."""
    taken, bookings = list[float](), list[Booking]()
    async with AdviserProcess() as adviser:
        await adviser.ask(Learn(key="1", scenario=go_on(plant, planned_jobs(solve(plant)))))
        usage = Usage(adviser.pid or 0)
        for number in range(QUESTIONS):
            wish = _wish(plant.orders[number * 5], plant.begin, number)
            question = AskPromise(key="1", wish=wish, bookings=tuple(bookings))
            begun = usage.cpu()
            answer = await adviser.ask(question)
            taken.append(usage.cpu() - begun)
            if number < RESERVED:
                slots = tuple(Slot(**one) for one in answer["promised"]["slots"])
                bookings.append(Booking(wish=wish, slots=slots))
    return taken


def _wish(like: Order, earliest: int, number: int) -> Wish:
    return Wish(
        id=f"promise-{number}",
        product=like.product,
        family=like.family,
        quantity=50 + number * 7 % 400,
        operations=like.operations,
        earliest=earliest,
    )


def _planned(plant: Scenario) -> float:
    begun = time.process_time()
    make_plan(plant, Capacity(plant))
    return time.process_time() - begun


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) * 95 // 100]
