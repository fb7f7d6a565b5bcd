"""Orders with what is expected of them (contracts, section 4)."""

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.context import Edge
from edge.api.reading import only
from edge.api.routes import answer, edge_of
from edge.domain.orders import JobOrder, OperationsRequest
from edge.domain.sentences import say
from edge.domain.vocabulary import FINAL_JOB_STATES, JobState
from edge.execution.board.jobs import job_view
from edge.execution.errors import UnknownObject

NOTHING_EXPECTED: dict[str, Any] = {
    "planned_finish": None,
    "forecast_finish": None,
    "range": None,
    "hours": 0,
    "recovery": None,
    "late_s": 0,
    "late_reasons": [],
    "late_because": [],
    "moved": None,
    "unmade": None,
    "plan": None,
    "made_at": None,
}


async def orders(request: Request) -> Response:
    """The orders of the schedules in force, by due date."""
    only(request)
    edge = edge_of(request)
    edge.floor.register.reload()
    jobs = _by_order(edge.floor.register.jobs.values())
    found = sorted(edge.floor.register.data.requests.values(), key=lambda one: (one.due, one.id))
    items = [_view(edge, one, jobs.get(one.id, [])) for one in found]
    return answer({"items": items, "plant_now": edge.floor.clock.now()})


async def order(request: Request) -> Response:
    """One order with its operations."""
    only(request)
    edge, id_ = edge_of(request), request.path_params["id"]
    edge.floor.register.reload()
    wanted = edge.floor.register.data.requests.get(id_)
    if wanted is None:
        raise UnknownObject(
            say(
                "order.unknown",
                "no order {id!r} in the schedules in force",
                "look at the list of orders",
                id=id_,
            )
        )
    jobs = _by_order(edge.floor.register.jobs.values()).get(id_, [])
    view = _view(edge, wanted, jobs)
    view["operations"] = [job_view(edge.floor, job) for job in jobs]
    return answer(view | {"plant_now": edge.floor.clock.now()})


def _by_order(jobs: Iterable[JobOrder]) -> dict[str, list[JobOrder]]:
    found: dict[str, list[JobOrder]] = {}
    for job in sorted(jobs, key=lambda one: one.operation):
        found.setdefault(job.order, []).append(job)
    return found


def _view(edge: Edge, wanted: OperationsRequest, jobs: list[JobOrder]) -> dict[str, Any]:
    good = jobs[-1].good if jobs else 0
    expected = edge.outlooks().get(wanted.id)
    problems = edge.plan_problems().get(wanted.id, ())
    return {
        "product": wanted.product,
        "quantity": wanted.ordered,
        "from_stock": wanted.from_stock,
        "customer": wanted.customer,
        "good": good,
        "left": max(wanted.quantity - good, 0),
        "state": _state(jobs) if wanted.quantity else _state_of_stock(jobs),
        **(expected.view() if expected else NOTHING_EXPECTED),
        "id": wanted.id,
        "due": wanted.due,
        "plan_problem": "; ".join(map(str, problems)),
        "plan_problem_coded": [one.view() for one in problems],
    }


def _state(jobs: list[JobOrder]) -> str:
    """What an order is in: ended when its last operation has, under way once one was begun."""
    if not jobs:
        return str(JobState.NOT_ALLOWED_TO_START)
    if jobs[-1].state in FINAL_JOB_STATES:
        return str(jobs[-1].state)
    if any(job.started_at is not None for job in jobs):
        return str(JobState.RUNNING)
    return str(jobs[0].state)


def _state_of_stock(jobs: list[JobOrder]) -> str:
    """Of an order that is all in stock: ended, unless something of it was begun before."""
    begun = any(job.started_at is not None for job in jobs)
    return _state(jobs) if begun else str(JobState.ENDED)


ROUTES = (
    Route("/api/v1/orders", orders),
    Route("/api/v1/orders/{id}", order),
)
