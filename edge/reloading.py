"""A changed plant.toml is taken over while the edge runs: as one whole, or not at all."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import structlog

from edge import assembly
from edge.api.errors import ConfigurationRefused
from edge.collection.equipment import Machines
from edge.config import ConfigFaults, Fault, PlantConfig, WorkCenterConfig, load
from edge.configuration.changes import Changes, changes, unchangeable
from edge.configuration.faults import Finder
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.recording import Recording
from edge.execution.floor import Floor
from plc_drivers.errors import ConfigInvalid

log = structlog.get_logger(__name__)
Json = dict[str, Any]


class Reloader:
    """Holds the configuration in force; `follow` is told of each new one, once it is in force."""

    def __init__(
        self,
        plant: PlantConfig,
        version: str,
        floor: Floor,
        machines: Machines,
        follow: Callable[[PlantConfig], None],
    ) -> None:
        self.plant = plant
        self._version, self._floor, self._machines = version, floor, machines
        self._follow = follow
        self._turn = asyncio.Lock()
        self._running: set[asyncio.Task[Json]] = set()

    async def reload(self, actor: str) -> Json:
        """Read the file again and take it over: its sha256, what changed, seq of the fact.

        Raises ConfigurationRefused with every fault, and StoreUnavailable: then nothing has
        changed. Is finished even if its caller is cancelled.
        """
        task = asyncio.create_task(self._in_turn(actor))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    def reload_soon(self, actor: str) -> None:
        """Reload in the background; how it went stands in the log."""
        task = asyncio.create_task(self._in_turn(actor))
        self._running.add(task)
        task.add_done_callback(self._told_in_log)

    def _told_in_log(self, task: asyncio.Task[Json]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, ConfigurationRefused):
            log.error("configuration_not_applied", why=f"{type(error).__name__}: {error}")

    async def finished(self) -> None:
        """Wait until no reload is under way."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def applied_at_start(self) -> None:
        """A fact that says with which configuration and version what follows was recorded."""
        await self._floor.writer.record(Recording(drafts=(self._fact(self.plant, None, None),)))

    async def _in_turn(self, actor: str) -> Json:
        async with self._turn:
            try:
                return await self._reload(actor)
            except ConfigurationRefused as refused:
                log.error("configuration_refused", actor=actor, faults=str(refused).splitlines())
                raise

    async def _reload(self, actor: str) -> Json:
        try:
            plant = await asyncio.to_thread(load, self.plant.file)  # counting goes on meanwhile
        except ConfigFaults as error:
            raise refused(error.faults) from error
        if plant.sha256 == self.plant.sha256:
            return {"sha256": plant.sha256, "changes": {}, "seq": None}
        if faults := unchangeable(self.plant, plant):
            raise refused(faults)
        changed = changes(self.plant, plant)
        seq = await self._apply(plant, changed, actor)
        log.info("configuration_applied", actor=actor, sha256=plant.sha256, changes=changed)
        return {"sha256": plant.sha256, "changes": changed, "seq": seq}

    async def _apply(self, plant: PlantConfig, changed: Changes, actor: str) -> int:
        """The seq of the fact. No job begins or ends meanwhile where something changes."""
        async with AsyncExitStack() as locks:
            for id_ in sorted(self._affected(plant)):
                await locks.enter_async_context(self._floor.lock(id_))
            if faults := tuple(self._jobs_without_home(plant)):
                raise refused(faults)
            seq = 0

            async def commit(closing: tuple[FactDraft, ...]) -> None:
                nonlocal seq
                drafts = (*closing, self._fact(plant, changed, actor))
                recorded = await self._floor.writer.record(Recording(drafts=drafts))
                seq = recorded.last_seq

            devices = assembly.device_settings(plant)
            centers = assembly.collection_settings(plant)
            try:
                await self._machines.apply(devices, centers, commit)
            except ConfigInvalid as error:
                raise ConfigurationRefused(str(error), []) from error
            self._floor.work_centers = assembly.work_centers(plant)
            self.plant = plant
            self._follow(plant)
        return seq

    def _affected(self, plant: PlantConfig) -> Iterator[str]:
        """Work centers of which something goes away or changes, their device included."""
        then, now = _told(self.plant), _told(plant)
        yield from (id_ for id_, told in then.items() if now.get(id_) != told)

    def _jobs_without_home(self, plant: PlantConfig) -> Iterator[Fault]:
        stays = {one.id for one in plant.work_centers}
        for center in self.plant.work_centers:
            job = self._floor.register.running_job(center.id)
            if center.id not in stays and job is not None:
                message = f"{center.id} is taken away, and job {job.id} is on it"
                mend = "complete the job first, or leave the work center"
                yield Finder(plant.file).fault("work_center", center.id, message, mend)

    def _fact(self, plant: PlantConfig, changed: Changes | None, actor: str | None) -> FactDraft:
        body: Json = {
            "sha256": plant.sha256,
            "taktline": self._version,
            "work_centers": {one.id: _place(one) for one in plant.work_centers},
        }
        return FactDraft(
            kind=FactKind.CONFIGURATION_APPLIED,
            occurred_at=self._floor.clock.now(),
            equipment_id=plant.site.id,
            source=Source.SYSTEM,
            actor=actor,
            body=body if changed is None else body | {"changes": changed},
        )


def _place(center: WorkCenterConfig) -> Json:
    """Where a work center stands, for the figures of lines, areas and the site."""
    capacity = center.capacity_per_hour
    return {
        "line": center.line,
        "area": center.area or None,
        "constraint": center.constraint,
        "capacity_per_hour": None if capacity is None else str(capacity),
    }


def refused(faults: Sequence[Fault]) -> ConfigurationRefused:
    """The refusal that names every fault."""
    errors = [
        {"place": one.key, "value": one.value, "message": one.message, "mend": one.mend}
        for one in faults
    ]
    return ConfigurationRefused("\n".join(map(str, faults)), errors)


def _told(plant: PlantConfig) -> dict[str, object]:
    """All that the rooms are told of each work center and its device."""
    devices = {one.config.id: one for one in assembly.device_settings(plant)}
    centers = assembly.work_centers(plant)
    return {
        one.id: (one, devices[one.device] if one.device else None, centers[one.id])
        for one in assembly.collection_settings(plant)
    }
