"""Whatever is promised, ordered, made, shipped and given back, in any order: stock is had once.

A random history of lots, promises, orders that name them, counts, time and restarts. After each
step what is held, needed and free is what there is, each promise has one order, and each order
makes what it has not in stock; a plan holds what is only reserved, and each order once.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from math import floor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from edge.domain.facts import Source
from edge.domain.faults import Fault
from edge.domain.promises import HAS, ORDERED, RESERVED, Reservation
from edge.domain.recording import Request, VersionConflict
from edge.domain.remarks import in_english
from edge.domain.vocabulary import FINAL_JOB_STATES, JobState
from edge.execution import errors
from edge.execution.desk import Asked
from edge.execution.dispatch.looking import Looking
from edge.execution.dispatch.replanning import Replanner
from edge.execution.genealogy.scanning import Received
from edge.execution.promising.asking import Asking
from edge.execution.promising.joining import join
from edge.planning.errors import ScenarioInvalid
from edge.planning.promises.adviser import Adviser
from tests.integration.edge.floor_on_store import MINUTE, Site, site
from tests.integration.edge.replanned import PlannerHere, Planning
from tests.unit.execution.floor_parts import definition, order, schedule

REFUSED = (
    errors.InvalidAction,
    errors.NoAdvice,
    errors.NotAllowed,
    errors.UnknownObject,
    VersionConflict,
)
Json = dict[str, Any]
ORDERS = ("WO1", "WO2", "WO3", "WO4")
names = st.sampled_from(ORDERS)
pieces = st.integers(1, 40)
places = st.integers(0, 9)
products = st.sampled_from(["HINGE", "HINGE", "HINGE", "DOOR"])


def first_product(order_id: str) -> str:
    """What an order is of until the ERP says otherwise."""
    return "DOOR" if order_id == ORDERS[-1] else "HINGE"


class AdviserHere:
    """The real adviser without its process."""

    def __init__(self) -> None:
        self.adviser = Adviser()

    async def ask(self, question: Any) -> Json:
        said = self.adviser.answer(question)
        if "faults" in said:
            raise ScenarioInvalid(tuple(Fault.of(one) for one in said["faults"]))
        return said

    async def close(self) -> None: ...


def documents() -> list[Any]:
    """A hinge of two steps, and a door that needs one in its only step."""
    door = definition("DOOR", ("L2",))
    hinges = {"material": "HINGE", "quantity": "1", "unit": "pcs"}
    door.content["operations"][0]["materials"] = [hinges]
    return [definition("HINGE"), replace(door, position=90)]


class Shop(RuleBasedStateMachine):
    """A floor of two work centers that promises and plans."""

    here: Site
    plant: Planning

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.undo = contextlib.AsyncExitStack()
        self.orders: dict[str, Json] = {}
        self.revision = self.keys = 0
        self.lots: dict[str, int] = {}
        self.shipped: dict[int, int] = {}  # by promise
        self.products = {id_: first_product(id_) for id_ in ORDERS}
        self.stopped: set[str] = set()
        self.loop.run_until_complete(self._enter(documents()))

    async def _enter(self, first: list[Any]) -> None:
        folder = Path(self.folder.name)
        self.here = await self.undo.enter_async_context(site(folder, documents=first))
        looking = Looking(self.here.floor, holds=self.here.rooms.quality.holds)
        replanner = Replanner(self.here.floor, PlannerHere(), looking)
        self.plant = Planning(self.here, replanner)
        finding = self.here.rooms.promises.finding
        await finding.adviser.close()
        finding.adviser = AdviserHere()
        join(self.here.rooms, replanner, self.here.floor)

    def teardown(self) -> None:
        self.loop.run_until_complete(self.undo.aclose())
        self.loop.close()
        self.folder.cleanup()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Have it done; what is refused is refused."""
        with contextlib.suppress(*REFUSED):
            return self.loop.run_until_complete(work)

    def asked(self) -> Asked:
        self.keys += 1
        return Asked(actor="sales", request=Request(key=f"k{self.keys}", fingerprint="f"))

    @property
    def rows(self) -> list[Reservation]:
        return list(self.here.rooms.promises.reader.reservations())

    def one(self, place: int) -> int:
        """A promise that there is, or a number that is none."""
        return self.rows[place % len(self.rows)].id if self.rows else 99_999

    @initialize(many=pieces)
    def begins(self, many: int) -> None:
        self.a_lot_comes(many)
        self.sales_reserves(many + 5, "HINGE", 200, True)

    # What happens

    @rule(many=pieces)
    def a_lot_comes(self, many: int) -> None:
        name = f"F{len(self.lots) + 1}"
        lot = Received(lot=name, material="HINGE", quantity=str(many), unit="pcs", kind="product")
        self.do(self.here.rooms.materials.mounting.receive(lot, self.asked()))
        self.lots[name] = many

    @rule(
        many=pieces,
        product=products,
        minutes=st.integers(20, 240),
        stock=st.sampled_from([True, True, False]),
    )
    def sales_reserves(self, many: int, product: str, minutes: int, stock: bool) -> None:
        asking = Asking(product=product, quantity=many, from_stock=stock)
        until = self.here.clock.now() + minutes * MINUTE
        self.do(self.here.rooms.promises.reserve(asking, until, "", self.asked()))

    @precondition(lambda self: self.rows)
    @rule(place=places, minutes=st.integers(1, 90))
    def sales_extends(self, place: int, minutes: int) -> None:
        until = self.here.clock.now() + minutes * MINUTE
        self.do(self.here.rooms.promises.extend(self.one(place), until, "", self.asked()))

    @precondition(lambda self: self.rows)
    @rule(place=places)
    def sales_cancels(self, place: int) -> None:
        self.cancel(self.rows[place % len(self.rows)])

    @precondition(lambda self: any(one.state == ORDERED for one in self.rows))
    @rule(place=places)
    def an_order_loses_its_promise(self, place: int) -> None:
        has = [one for one in self.rows if one.state == ORDERED]
        self.cancel(has[place % len(has)])

    def cancel(self, one: Reservation) -> None:
        done = self.do(self.here.rooms.promises.cancel(one.id, "", self.asked()))
        request = self.here.floor.register.data.requests.get(one.order_id)
        if done and one.from_stock and request and request.product == one.product:
            over = [job for job in self.all_jobs(one.order_id) if job.state == JobState.ENDED]
            assert all(job.good >= request.quantity for job in over), "nobody makes the rest"

    @precondition(lambda self: self.rows)
    @rule(place=places)
    def it_is_shipped(self, place: int) -> None:
        id_ = self.one(place)
        wanted = self.to_ship(id_)
        parts: dict[str, int] = {}
        for lot, left in self.lots.items():
            if part := min(left, wanted):
                parts[lot], wanted = part, wanted - part
        if self.do(self.here.rooms.promises.ship(id_, parts, "", self.asked())):
            self.shipped[id_] = sum(parts.values())
            self.lots = {lot: left - parts.get(lot, 0) for lot, left in self.lots.items()}

    def to_ship(self, id_: int) -> int:
        """What its order wants of its stock; all of it where the order is gone."""
        one = next((row for row in self.rows if row.id == id_), None)
        if one is None or self.orders.get(one.order_id, {}).get("product") != one.product:
            return one.from_stock if one else 0
        others = self.has(one.order_id, but=id_)
        return min(one.from_stock, max(int(self.orders[one.order_id]["quantity"]) - others, 0))

    @rule(id_=names, place=st.none() | places, many=pieces)
    def the_erp_wants(self, id_: str, place: int | None, many: int) -> None:
        wanted = order(id_, ORDERS.index(id_) + 1, many) | {"product": self.products[id_]}
        promise = None if place is None else self.one(place)
        self.orders[id_] = wanted | ({} if promise is None else {"promise": promise})
        self.comes()

    @precondition(lambda self: self.held())
    @rule(id_=names, place=places, more=st.sampled_from([-5, 0, 0, 0, 5]))
    def it_is_ordered(self, id_: str, place: int, more: int) -> None:
        one = self.held()[place % len(self.held())]
        wanted = order(id_, ORDERS.index(id_) + 1, max(one.quantity + more, 1))
        self.orders[id_] = wanted | {"product": self.products[id_], "promise": one.id}
        self.comes()

    def held(self) -> list[Reservation]:
        now = self.here.clock.now()
        return [one for one in self.rows if one.state_at(now) == RESERVED]

    @rule(id_=names)
    def the_erp_wants_no_more(self, id_: str) -> None:
        if self.orders.pop(id_, None):
            self.comes()

    def comes(self) -> None:
        self.revision += 1
        self.loop.run_until_complete(self.here.take(schedule(self.revision, *self.orders.values())))
        self.loop.run_until_complete(self.here.rooms.promises.follow())

    @rule(minutes=st.integers(1, 45))
    def later(self, minutes: int) -> None:
        self.here.clock.plant += minutes * MINUTE

    @rule(id_=names, many=pieces, role=st.sampled_from(["good", "good", "scrap"]))
    def the_floor_makes(self, id_: str, many: int, role: str) -> None:
        job = next((one for one in self.jobs(id_) if one.started_at is not None), None)
        if job is None and (waiting := self.jobs(id_)):
            job = waiting[0]
            self.do(self.plant.start(job.id))
        if job is not None and (made := min(many, self.here.floor.job(job.id).left)):
            work = self.plant.makes(job.id, made, role=role, center=job.work_center)
            self.loop.run_until_complete(work)

    @rule(id_=names)
    def the_floor_ends(self, id_: str) -> None:
        """All that is wanted of its next operation is made, and that is over."""
        if self.jobs(id_):
            self.the_floor_makes(id_, 10_000, "good")
            job, floor = self.jobs(id_)[0], self.here.floor
            self.do(floor.change(job, "complete", None, source=Source.SYSTEM, actor="t"))

    @rule(id_=names)
    def the_erp_wants_another_product(self, id_: str) -> None:
        """Of an order that was not begun: one that was keeps its product on the floor."""
        if id_ in self.orders and all(one.started_at is None for one in self.all_jobs(id_)):
            self.products[id_] = "HINGE" if self.products[id_] == "DOOR" else "DOOR"
            self.orders[id_] |= {"product": self.products[id_]}
            self.comes()

    def jobs(self, id_: str) -> list[Any]:
        return [one for one in self.all_jobs(id_) if one.state not in FINAL_JOB_STATES]

    def all_jobs(self, id_: str) -> list[Any]:
        self.here.floor.register.reload()
        return [one for one in self.here.floor.register.jobs.values() if one.order == id_]

    @precondition(lambda self: self.orders or self.rows)
    @rule()
    def it_is_planned(self) -> None:
        self.loop.run_until_complete(self.plant.replanner.replan(documents=True))
        self.here.floor.register.reload()
        now, plan = self.here.clock.now(), self.plant.replanner.plan
        if not plan.version or self.plant.replanner.problem.startswith("orders["):
            return
        held = {one.planned_as for one in self.rows if one.holds_capacity(now)}
        assert {one.order for one in plan.promised} <= held
        requests = self.here.floor.register.data.requests
        assert all(
            planned.quantity <= self.here.floor.job(id_).quantity
            for id_, planned in plan.jobs.items()
            if planned.order in requests and id_ in self.here.floor.register.jobs
        )

    @rule()
    def it_is_started_anew(self) -> None:
        before = self.known()
        at = self.here.clock.plant
        self.loop.run_until_complete(self.undo.aclose())
        self.loop.run_until_complete(self._enter([]))
        self.here.clock.plant = at
        assert self.known() == before
        self.loop.run_until_complete(self.here.rooms.promises.follow())
        assert self.known()[:3] == before[:3]

    @rule()
    def it_is_rebuilt(self) -> None:
        before = self.known()
        self.loop.run_until_complete(self.here.store.rebuild())
        assert self.known() == before

    def known(self) -> Any:
        register = self.here.floor.register
        register.reload()
        wanted = {id_: (job.quantity, job.state) for id_, job in register.jobs.items()}
        promises = self.here.rooms.promises.reader
        return register.data.requests, wanted, self.rows, list(promises.claims())

    # What is always so

    @invariant()
    def what_is_held_needed_and_free_is_what_there_is(self) -> None:
        now, rows, register = self.here.clock.now(), self.rows, self.here.floor.register
        register.reload()
        there = sum(self.lots.values())
        held = sum(one.from_stock for one in rows if one.holds_stock(now))
        assert held <= there
        promised = sum(
            int(of.quantity)
            for one in rows
            if one.holds_capacity(now)
            for of in one.materials
            if of.material == "HINGE"
        )
        needed = sum(
            max(self.wanted(id_) - register.jobs[f"{id_}.10"].good, 0)
            for id_, said in self.orders.items()
            if said["product"] == "DOOR"
            and f"{id_}.10" in register.jobs
            and register.jobs[f"{id_}.10"].state not in FINAL_JOB_STATES
        )
        spare = sum(
            max(register.jobs[f"{id_}.20"].good - self.wanted(id_), 0)
            for id_, said in self.orders.items()
            if said["product"] == "HINGE" and f"{id_}.20" in register.jobs
        )
        free = self.here.rooms.promises.finding.shelf.look().pieces("HINGE", rows)
        assert free == max(floor(there + spare - needed - held - promised), 0)

    def wanted(self, id_: str) -> int:
        """What is to be made of an order, by what its promises have in stock."""
        return int(max(self.orders[id_]["quantity"] - self.has(id_), 0))

    def has(self, id_: str, but: int = 0) -> int:
        """Pieces of an order that are there by its promises, or were shipped."""
        return sum(
            self.shipped.get(one.id, one.from_stock)
            for one in self.rows
            if one.order_id == id_
            and one.state in HAS
            and one.id != but
            and one.product == self.orders[id_]["product"]
        )

    @invariant()
    def each_promise_has_one_order_and_each_order_makes_the_rest(self) -> None:
        register = self.here.floor.register
        for id_, said in self.orders.items():
            request = register.data.requests[id_]
            assert (request.ordered, request.product) == (said["quantity"], said["product"])
            assert request.quantity == self.wanted(id_)
            for job in self.jobs(id_):
                assert job.quantity == request.quantity
        orders = [one.order_id for one in self.rows if one.state == "ordered"]
        assert len(orders) == len(set(orders))
        assert all(one.order_id for one in self.rows if one.state in HAS)
        for one in self.here.rooms.promises.reader.claims():
            if one.state in HAS:
                (row,) = [of for of in self.rows if of.id == one.promise]
                assert (row.order_id, row.state) == (one.order_id, one.state)
                assert self.shipped.get(row.id, row.from_stock) == one.from_stock

    @invariant()
    def who_names_a_promise_has_it_or_is_told(self) -> None:
        told = in_english(self.here.rooms.promises.remarks())
        has = {(one.order_id, one.id) for one in self.rows if one.state in HAS}
        for id_, said in self.orders.items():
            if (promise := said.get("promise")) is not None:
                assert ((id_, promise) in has) != (f"order {id_} names promise {promise}" in told)


def test_stock_is_had_once() -> None:
    run_state_machine_as_test(
        Shop, settings=settings(max_examples=6, stateful_step_count=20, deadline=None)
    )


@pytest.mark.longer
@pytest.mark.timeout(900)
def test_stock_is_had_once_however_long() -> None:
    run_state_machine_as_test(
        Shop, settings=settings(max_examples=150, stateful_step_count=50, deadline=None)
    )
