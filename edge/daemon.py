"""The edge service: all rooms wired, started in order, and ended cleanly."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

import stamina
import structlog
import uvicorn

from edge import assembly
from edge.api.app import application
from edge.api.context import Edge
from edge.api.metrics import EdgeCollector, rendered
from edge.collection.equipment import Machines
from edge.config import PlantConfig
from edge.domain.clock import Clock
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.ports import Document, Observation, Recording
from edge.execution import receiving
from edge.execution.actions import Actions
from edge.execution.dispatching import Dispatcher
from edge.execution.floor import Floor
from edge.execution.jobs import JobRegister
from edge.execution.masterdata import load as load_master_data
from edge.execution.replanning import Replanner
from edge.expiry import Expiry
from edge.link.client import SyncClient
from edge.link.link import Link
from edge.planning.process import PlannerProcess
from edge.storage.store import Store
from edge.tending import tend

INTERRUPTED = 130
GREETING_S = 3.0
GRACE_S = 2
SWITCH_S = 0.0005  # the writer's thread waits for the event loop; at Python's 5 ms it crawls
log = structlog.get_logger(__name__)


class Daemon:
    """One running edge over an open store."""

    def __init__(self, plant: PlantConfig, store: Store, clock: Clock) -> None:
        self._plant, self._store, self._clock = plant, store, clock
        self._version = version("taktline")
        self._register = JobRegister(store.reader)
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
        self._planner = PlannerProcess()
        self._replanner = Replanner(self._floor, self._planner)
        self._dispatchers = {
            one.id: Dispatcher(one.id, self._floor, self._replanner.next_job)
            for one in self._floor.work_centers.values()
        }
        self._machines.on_observation(self._seen)
        self._link = self._make_link()
        self._expiry = Expiry(plant.edge.pki)
        self._counting = False
        self._ending = asyncio.Event()
        self._failures: Counter[str] = Counter()

    def _seen(self, observation: Observation) -> None:
        if dispatcher := self._dispatchers.get(observation.work_center):
            dispatcher.wake()

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
        server = _ApiServer(self._api())
        async with _ended_by_signals(server, self._ending) as came, self._planner:
            if await self._greeted():
                await self._serve(server, listener)
        log.info("edge_ended", edge=self._plant.edge.id)
        return INTERRUPTED if signal.SIGINT in came else 0

    async def _serve(self, server: uvicorn.Server, listener: socket.socket) -> None:
        self._register.reload()  # facts may have come back from sync
        await self._configuration_applied()
        await self._machines.start()
        self._counting = True
        log.info("edge_started", edge=self._plant.edge.id, version=self._version)
        background = [
            asyncio.create_task(tend(name, work, self._failures))
            for name, work in self._background()
        ]
        try:
            await server.serve([listener])
        finally:
            await _cancelled(background)
            await self._machines.stop()
            if self._link:
                await self._link.client.close()

    async def _greeted(self) -> bool:
        """Say hello to sync, if there is one; False if the edge is told to end meanwhile."""
        if self._link is None:
            return True
        greeting = asyncio.create_task(self._link.greet(GREETING_S))
        ending = asyncio.create_task(self._ending.wait())
        await asyncio.wait([greeting, ending], return_when=asyncio.FIRST_COMPLETED)
        if greeting.done():
            greeting.result()
        await _cancelled([greeting, ending])
        if self._ending.is_set():
            await self._link.client.close()
        return not self._ending.is_set()

    def _background(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
        yield "planning", self._replanner.run
        for id_, dispatcher in self._dispatchers.items():
            yield f"dispatch {id_}", dispatcher.run
        if self._link:
            yield "link", self._link.run
        yield "certificates", self._expiry.run

    async def _configuration_applied(self) -> None:
        """A fact that says with which configuration and version what follows was recorded."""
        body = {"sha256": self._plant.sha256, "taktline": self._version}
        draft = FactDraft(
            kind=FactKind.CONFIGURATION_APPLIED,
            occurred_at=self._clock.now(),
            equipment_id=self._plant.site.id,
            source=Source.SYSTEM,
            body=body,
        )
        await self._store.record(Recording(drafts=(draft,)))

    async def _take(self, documents: Sequence[Document]) -> None:
        """Keep what came, and plan anew."""
        await receiving.take(self._floor, documents)
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
            await _cancelled(waits)
        return not self._ending.is_set()

    def _api(self) -> Any:
        edge = Edge(
            edge_id=self._plant.edge.id,
            version=self._version,
            floor=self._floor,
            actions=Actions(self._floor),
            reasons=assembly.reasons(self._plant),
            next_jobs=self._replanner.next_jobs,
            planned=self._replanner.planned,
            plan=self._plan_view,
            link=self._link_view,
            devices=self._devices_view,
            certificates=self._expiry.view,
            ready=lambda: [] if self._counting else ["the edge is starting"],
            metrics=rendered(self._collector()),
            news=self._news,
            token=os.environ.get(self._plant.api.token_env or "", ""),
        )
        return application(edge)

    def _plan_view(self) -> dict[str, Any]:
        return {
            "version": self._replanner.plan.version or None,
            "released_at": self._replanner.released_at,
            "problem": self._replanner.problem,
        }

    def _link_view(self) -> dict[str, Any]:
        if self._link is None:
            waiting = self._store.reader.chain_end().seq
            return {"state": "off", "since": None, "detail": "no [sync]", "waiting": waiting}
        status = self._link.status
        return {
            "state": status.state,
            "since": status.since,
            "detail": status.detail,
            "waiting": self._link.waiting(),
        }

    def _devices_view(self) -> list[dict[str, Any]]:
        return [
            {
                "id": one.id,
                "state": one.state,
                "detail": one.detail,
                "since": one.since,
                "read_at": one.read_at,
            }
            for one in self._machines.status()
        ]

    def _collector(self) -> EdgeCollector:
        collectors = self._machines.collectors
        return EdgeCollector(
            edge=self._figures,
            devices=self._device_figures,
            work_centers=lambda: {id_: vars(one.health) for id_, one in collectors.items()},
            tasks=lambda: {name: {"failures": count} for name, count in self._failures.items()},
        )

    def _figures(self) -> Mapping[str, tuple[float, str]]:
        link, end = self._link_view(), self._store.reader.chain_end()
        return {
            "taktline_edge_last_seq": (end.seq, "Seq of the last fact"),
            "taktline_edge_waiting_facts": (link["waiting"], "Facts that sync does not have yet"),
            "taktline_edge_link_connected": (link["state"] == "connected", "1 while linked"),
            "taktline_edge_plan_version": (self._replanner.plan.version, "Plan in force"),
        }

    def _device_figures(self) -> Mapping[str, Mapping[str, float]]:
        connected = {one.id: one.state == "connected" for one in self._machines.status()}
        return {
            id_: {**vars(health), "connected": connected[id_]}
            for id_, health in self._machines.health.items()
        }


class _ApiServer(uvicorn.Server):
    """uvicorn without signal handlers of its own: the daemon ends it."""

    def __init__(self, app: Any) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=GRACE_S,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def _ended_by_signals(
    server: uvicorn.Server, ending: asyncio.Event
) -> AsyncIterator[set[signal.Signals]]:
    """SIGTERM and SIGINT end event streams and the server, and with it the daemon.

    Yields the signals that came.
    """
    came: set[signal.Signals] = set()

    def end(number: signal.Signals) -> None:
        came.add(number)
        ending.set()
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, number)
    try:
        yield came
    finally:
        ending.set()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _cancelled(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def bound(host: str, port: int) -> socket.socket:
    """A listening socket for the API; OSError if the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def announce(listener: socket.socket) -> None:
    """One JSON line on stdout with where the API listens."""
    host, port = listener.getsockname()[:2]
    sys.stdout.write(json.dumps({"ready": True, "api": f"http://{host}:{port}"}) + "\n")
    sys.stdout.flush()
