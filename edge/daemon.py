"""The edge service: all rooms wired, started in order, and ended cleanly."""

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

import stamina
import structlog

from edge import assembly
from edge.answering import Answering
from edge.api.app import application
from edge.api.context import Edge
from edge.collection.equipment import Machines
from edge.config import PlantConfig
from edge.domain.clock import Clock
from edge.domain.equipment import Observation
from edge.domain.recording import Document
from edge.execution.dispatch.bettering import LONGEST_SEARCH_S, Bettering
from edge.execution.dispatch.dispatching import Dispatcher
from edge.execution.dispatch.forecasting import Forecasting
from edge.execution.dispatch.looking import Looking
from edge.execution.dispatch.replanning import Replanner
from edge.execution.floor import Floor
from edge.execution.orders import receiving
from edge.execution.orders.actions import Actions
from edge.execution.orders.masterdata import load as load_master_data
from edge.execution.orders.onward import Onward
from edge.execution.orders.register import JobRegister
from edge.execution.orders.siding import Siding
from edge.execution.promising.joining import join
from edge.expiry import Expiry
from edge.furnishing import furnished, refurnish
from edge.keeping import keeping
from edge.link.client import SyncClient
from edge.link.link import Link
from edge.planning.process import PlannerProcess
from edge.reloading import Reloader
from edge.safekeeping import Safekeeper
from edge.serving import ApiServer, cancelled, signals_end
from edge.storage.readers.jobs import Jobs
from edge.storage.recovery import Order
from edge.storage.store import Store
from edge.tending import Crew
from edge.upkeep import Upkeep
from edge.views import Views

INTERRUPTED = 130
GREETING_S = 3.0
SWITCH_S = 0.0005  # the writer's thread waits for the event loop; at Python's 5 ms it crawls
log = structlog.get_logger(__name__)


class Daemon:
    """One running edge over an open store."""

    def __init__(self, plant: PlantConfig, store: Store, clock: Clock) -> None:
        self._plant, self._store, self._clock = plant, store, clock
        self._version = version("taktline")
        self._register = JobRegister(store.reader, Jobs(store.rows), changes=store.job_changes)
        self._register.reload(load_master_data(store.reader))
        self._machines = Machines(
            assembly.device_settings(plant),
            assembly.collection_settings(plant),
            writer=store,
            evidence=store.reader,
            jobs=self._register,
            clock=clock,
        )
        self._floor = Floor(
            site=plant.site.id,
            zone=ZoneInfo(plant.site.timezone),
            work_centers=assembly.work_centers(plant),
            equipment=self._machines,
            register=self._register,
            reader=store.reader,
            writer=store,
            clock=clock,
        )
        self._rooms = furnished(plant, store, self._floor)
        self._planner = PlannerProcess()
        plans = self._rooms.plans
        self._replanner = Replanner(
            self._floor, self._planner, self._looking(plant), plans.releasing
        )
        plans.wake = self._replanner.wake
        self._replanner.around.staff = lambda: self._rooms.people.presence.rules
        self._thorough = PlannerProcess()
        self._forecasting = Forecasting(self._floor, plans.reader)
        self._replanner.forecasting = self._forecasting
        self._replanner.thorough = self._thorough
        searcher = PlannerProcess(seconds=LONGEST_SEARCH_S, low=True)
        self._bettering = self._replanner.bettering = Bettering(
            self._floor, plans.releasing, searcher, self._replanner.ahead
        )
        self._dispatchers: dict[str, Dispatcher] = {}
        join(self._rooms, self._replanner, self._floor)
        self._machines.on_observation(self._seen)
        self._link = self._make_link()
        self._expiry = Expiry(plant.edge.pki)
        self._upkeep = Upkeep(
            store, clock, keep_days=plant.edge.keep_days, forwarded=plant.sync is not None
        )
        self._counting = False
        self._ending = asyncio.Event()
        self.again: Order | None = None  # why the store is to be opened anew, once this has ended
        self._server: ApiServer | None = None
        self._keeper = Safekeeper(
            store, keeping(plant), clock, plant.site.id, plant.edge.id, self._anew
        )
        failures: Counter[str] = Counter()
        self._crew = Crew(failures)
        self._reasons = assembly.reasons(plant)
        self._reloader = Reloader(plant, self._version, self._floor, self._machines, self._follow)
        self._views = Views(
            machines=self._machines,
            store=store,
            replanner=self._replanner,
            link=self._link,
            failures=failures,
            clock=clock,
            keeper=self._keeper,
        )
        self._rooms.quality.judging.shown = self._views.shown

    def _looking(self, plant: PlantConfig) -> Looking:
        """What planning looks at beside orders and pieces."""
        return Looking(
            floor=self._floor,
            rules=plant.planning,
            holds=self._rooms.quality.holds,
            maintenance=self._rooms.maintenance.reader,
            missing=self._rooms.people.skills.lacking,
        )

    def _seen(self, observation: Observation) -> None:
        if dispatcher := self._dispatchers.get(observation.work_center):
            dispatcher.seen(observation)

    def _make_link(self) -> Link | None:
        sync = self._plant.sync
        if sync is None:
            return None
        token = os.environ.get(sync.token_env, "")
        return Link(
            client=SyncClient(sync.url, self._plant.edge.id, token),
            reader=self._store.reader,
            store=self._store,
            clock=self._clock,
            version=self._version,
            take=self._take,
            watermark=self._watermark,
            news=self._news,
        )

    async def run(self, listener: socket.socket) -> int:
        """Run until SIGTERM (0) or SIGINT (130); what was being recorded is recorded."""
        sys.setswitchinterval(SWITCH_S)
        stamina.instrumentation.set_on_retry_hooks([])  # the link logs its losses, once
        app = self._api()
        self._server = server = ApiServer(app)
        if self._link:
            token = os.environ.get(self._plant.api.token_env or "", "")
            self._link.answers = Answering(app, token)
        self._keeper.listen()
        signals = signals_end(server, self._ending, self._reload_soon)
        async with signals as came, self._planner, self._thorough:
            if await self._greeted():
                await self._serve(server, listener)
        log.info("edge_ended", edge=self._plant.edge.id)
        return INTERRUPTED if signal.SIGINT in came else 0

    async def _serve(self, server: ApiServer, listener: socket.socket) -> None:
        self._register.reload()  # facts may have come back from sync
        self._forecasting.recall(self._replanner.plan)
        await self._reloader.applied_at_start()
        await self._rooms.promises.follow()
        await self._machines.start()
        if self._plant.sync or self._register.data.requests:
            await self._planner.start()  # so that the first plan does not wait for the process
        self._counting = True
        log.info("edge_started", edge=self._plant.edge.id, version=self._version)
        self._crew.begin("planning", self._replanner.run)
        self._crew.begin("setpoints", self._rooms.setpoints.run)
        self._crew.begin("passing on", Onward(self._floor).run)
        self._crew.begin("co-products", Siding(self._floor).run)
        self._dispatch()
        if self._link:
            self._crew.begin("link", self._link.run)
        self._crew.begin("quality", self._rooms.quality.watch.run)
        self._crew.begin("inspections", self._rooms.quality.taking.run)
        self._crew.begin("materials", self._rooms.materials.tending.run)
        self._crew.begin("people", self._rooms.people.tend)
        self._crew.begin("certificates", self._expiry.run)
        self._crew.begin("store", self._keeper.watch)
        self._crew.begin("snapshots", self._keeper.by_the_hour)
        self._crew.begin("upkeep", self._upkeep.run)
        try:
            await server.serve([listener])
        finally:
            await self._reloader.finished()
            await self._crew.dismiss_all()
            await self._forecasting.end()
            await self._bettering.end()
            await self._upkeep.end()
            await self._machines.stop()
            await self._rooms.promises.finding.adviser.close()
            if self._link:
                await self._link.client.close()

    async def _greeted(self) -> bool:
        """Say hello to sync, if there is one; False if the edge is told to end meanwhile."""
        if self._link is None:
            await self._store.settle(0, [])  # nobody else holds facts of this edge
            return True
        greeting = asyncio.create_task(self._link.greet(GREETING_S))
        ending = asyncio.create_task(self._ending.wait())
        await asyncio.wait([greeting, ending], return_when=asyncio.FIRST_COMPLETED)
        if greeting.done():
            greeting.result()
        await cancelled([greeting, ending])
        if self._ending.is_set():
            await self._link.client.close()
        return not self._ending.is_set()

    @property
    def plant(self) -> PlantConfig:
        """The configuration in force."""
        return self._reloader.plant

    def _anew(self, order: Order) -> None:
        """End all rooms, so that the store can be opened anew as `order` says."""
        if self.again is not None:
            return
        log.warning("store_opens_anew", damage=order.damage, snapshot=str(order.snapshot or ""))
        self.again = order
        self._ending.set()
        if self._server:
            self._server.should_exit = True

    def _dispatch(self) -> None:
        """A dispatcher for each work center that the floor has now, and for no other."""
        for id_ in [one for one in self._dispatchers if one not in self._floor.work_centers]:
            del self._dispatchers[id_]
            self._crew.dismiss(f"dispatch {id_}")
        for id_ in self._floor.work_centers:
            if id_ not in self._dispatchers:
                dispatcher = Dispatcher(id_, self._floor, self._replanner.next_job)
                self._dispatchers[id_] = dispatcher
                self._crew.begin(f"dispatch {id_}", dispatcher.run)

    def _follow(self, plant: PlantConfig) -> None:
        """What else goes by the configuration, which is in force now."""
        self._reasons.clear()
        self._reasons.update(assembly.reasons(plant))
        refurnish(self._rooms, plant)
        self._dispatch()
        self._replanner.watch.follow(plant.planning)
        self._replanner.wake()

    def _reload_soon(self) -> None:
        """SIGHUP: take over a changed plant.toml; a faulty one is told in the log."""
        if self._counting:
            self._reloader.reload_soon("SIGHUP")
        else:
            log.warning("configuration_not_applied", why="the edge is starting; send it again")

    async def _take(self, documents: Sequence[Document]) -> None:
        """Keep what came, and plan anew."""
        await receiving.take(self._floor, documents)
        await self._rooms.promises.follow()
        self._replanner.wake()

    def _watermark(self) -> int:
        """Plant time up to which everything is recorded, as far as the devices answer."""
        read = [one.read_at for one in self._machines.status() if one.read_at is not None]
        return min([self._clock.now(), *read])

    async def _news(self, after: int, seconds: float) -> bool:
        """Wait for facts beyond `after`, at most `seconds`; False once the edge is ending."""
        with self._store.subscribe(after) as subscription:
            waits = [
                asyncio.ensure_future(anext(subscription, None)),
                asyncio.create_task(self._ending.wait()),
            ]
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            await cancelled(waits)
        return not self._ending.is_set()

    def _api(self) -> Any:
        edge = Edge(
            edge_id=self._plant.edge.id,
            version=self._version,
            floor=self._floor,
            actions=Actions(self._floor),
            rooms=self._rooms,
            reasons=self._reasons,
            next_jobs=self._replanner.next_jobs,
            planned=self._replanner.planned,
            outlooks=lambda: self._forecasting.outlooks,
            plan_problems=lambda: self._replanner.problems,
            plan=self._views.of_plan,
            link=self._views.of_link,
            devices=self._views.of_devices,
            devices_in_full=self._views.of_devices_in_full,
            measures=self._views.of_measures,
            certificates=self._expiry.view,
            ready=lambda: [] if self._counting else ["the edge is starting"],
            metrics=self._views.metrics,
            news=self._news,
            reload=self._reloader.reload,
            write_tag=self._machines.write_tag,
            keeper=self._keeper,
            upkeep=self._upkeep,
            token=os.environ.get(self._plant.api.token_env or "", ""),
        )
        return application(edge)
