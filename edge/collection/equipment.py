"""The machines of an edge, as execution and the API see them: the `Equipment` port."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog

from edge.collection.audits import Auditor
from edge.collection.by_hand import HandCollector, follow
from edge.collection.changeover import Commit, Parts, change_over
from edge.collection.collector import Collector, Taken
from edge.collection.evidence import Evidence
from edge.collection.health import DeviceHealth, DeviceStatus
from edge.collection.settings import DeviceSettings, WorkCenterSettings
from edge.collection.supervisor import DeviceSupervisor
from edge.collection.writes import Writes
from edge.domain.clock import Clock
from edge.domain.equipment import EquipmentUnreachable, JobBook, NoSuchTag, Observation, Written
from edge.domain.recording import FactWriter, Request
from edge.domain.sentences import say
from plc_drivers.reading import Reading, Value

COMMAND = "command"
Listener = Callable[[Observation], None]
log = structlog.get_logger(__name__)


class Machines:
    """All devices and work centers of an edge.

    Construct validates (ConfigInvalid for a device, ValueError for a work center on a
    device that is not there); `start` connects in the background and returns at once.
    """

    def __init__(
        self,
        devices: Sequence[DeviceSettings],
        work_centers: Sequence[WorkCenterSettings],
        *,
        writer: FactWriter,
        evidence: Evidence,
        jobs: JobBook,
        clock: Clock,
    ) -> None:
        self._writer, self._clock = writer, clock
        self._auditor = Auditor(writer, clock)
        self._writes = Writes(self._auditor)
        self._evidence, self._jobs = evidence, jobs
        self._listeners: list[Listener] = []
        self._parts = self._made(devices, work_centers, Parts(supervisors={}, collectors={}))
        self._following: asyncio.Task[None] | None = None

    @property
    def collectors(self) -> Mapping[str, Collector]:
        """Collectors by work center, in the order of the configuration."""
        return self._parts.collectors

    @property
    def supervisors(self) -> Mapping[str, DeviceSupervisor]:
        """Supervisors by device, in the order of the configuration."""
        return self._parts.supervisors

    async def start(self) -> None:
        """Take up what the store knows, then supervise every device."""
        for collector in self.collectors.values():
            collector.open()
        for supervisor in self.supervisors.values():
            supervisor.start()
        self._following = asyncio.create_task(follow(self._by_hand))

    async def apply(
        self,
        devices: Sequence[DeviceSettings],
        work_centers: Sequence[WorkCenterSettings],
        commit: Commit,
    ) -> None:
        """Go on with other devices and work centers; what is not told otherwise goes on untouched.

        What machines made till then is counted as before, as far as they answer. `commit` is to
        record the facts that it is given, with whatever else becomes true then. Raises what it
        raises, and what the constructor does: then nothing has changed.
        """
        after = self._made(devices, work_centers, self._parts)
        await change_over(self._parts, after, commit)
        self._parts = after

    async def stop(self) -> None:
        """End all supervision; what was being recorded is recorded."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await asyncio.gather(*(one.stop() for one in self.supervisors.values()))

    def on_observation(self, listener: Listener) -> None:
        """Call `listener` with each observation, after its facts are committed."""
        self._listeners.append(listener)

    def status(self) -> tuple[DeviceStatus, ...]:
        """How each device is, in the order of the configuration."""
        return tuple(one.status for one in self.supervisors.values())

    @property
    def health(self) -> Mapping[str, DeviceHealth]:
        """Figures by device; those of counting stand at each collector's `health`."""
        return {id_: one.health for id_, one in self.supervisors.items()}

    def readings(self, device: str) -> Mapping[str, Reading]:
        """The latest reading of each tag, also of a silent device; KeyError if there is none."""
        return self.supervisors[device].latest.readings

    def rates(self, device: str) -> Mapping[str, float]:
        """How often the tags of a device change, by tag, a second; of the last seconds."""
        return self.supervisors[device].latest.rates(self._clock.monotonic())

    def observation(self, work_center: str) -> Observation | None:
        """The last committed snapshot; None while the machine is silent."""
        return self.collectors[work_center].observation

    async def force_reading(self, work_center: str) -> Observation:
        """Read now and commit what was counted.

        Raises EquipmentUnreachable, also where a value that a boundary needs is not good,
        and StoreUnavailable.
        """
        collector = self.collectors[work_center]
        if isinstance(collector, HandCollector):
            await collector.tick()
            return collector.observation
        taken = (await self._supervisor(work_center).read_now())[work_center]
        if taken.observation is None or taken.doubt:
            raise EquipmentUnreachable(
                say(
                    "machine.doubt",
                    "{work_center}: {why}",
                    work_center=work_center,
                    why=taken.doubt,
                )
            )
        return taken.observation

    async def write(self, work_center: str, values: Mapping[str, int], *, actor: str) -> None:
        """Write setpoints by role in the order given, then the command; audit each.

        The command is only given once the setpoints read back as written. Raises WriteRefused,
        EquipmentUnreachable, PermissionError where a role cannot be written, and
        StoreUnavailable if the audit cannot be kept.
        """
        await self._permit(work_center, values, actor)
        setpoints = {role: value for role, value in values.items() if role != COMMAND}
        if setpoints:
            shown = await self._write(work_center, setpoints, actor)
            wrong = {role: shown[role] for role, value in setpoints.items() if shown[role] != value}
            if wrong:
                raise EquipmentUnreachable(
                    say(
                        "machine.setpoints",
                        "{work_center}: setpoints read back as {wrong}",
                        "see to the machine, then again",
                        work_center=work_center,
                        wrong=str(wrong),
                    )
                )
        if COMMAND in values:
            await self._write(work_center, {COMMAND: values[COMMAND]}, actor)

    async def write_tag(
        self, device: str, tag: str, value: Value, actor: str, request: Request | None = None
    ) -> Written:
        """Write one value by tag; it and its refusal are audited.

        Raises NoSuchTag, WriteRefused, RequestConflict,
        EquipmentUnreachable, and StoreUnavailable if the audit cannot be kept.
        """
        if device not in self.supervisors:
            known = ", ".join(sorted(self.supervisors))
            raise NoSuchTag(
                say(
                    "device.unknown",
                    "no device {device!r}; known: {known}",
                    "look at GET /devices",
                    device=device,
                    known=known,
                )
            )
        supervisor = self.supervisors[device]
        return await self._writes.by_tag(supervisor, tag, value, actor=actor, request=request)

    async def reclassify(self, work_center: str) -> None:
        """Judge the time class anew, because the job has changed. Raises StoreUnavailable."""
        collector = self.collectors[work_center]
        await collector.reclassify()
        if isinstance(collector, HandCollector):
            self._tell(Taken(observation=collector.observation))

    async def _write(
        self, work_center: str, values: Mapping[str, int], actor: str
    ) -> Mapping[str, Value]:
        """Write and audit; what was read back, by role."""
        tags = self.collectors[work_center].settings.tags
        by_tag = {tags[role]: value for role, value in values.items()}
        supervisor = self._supervisor(work_center)
        shown, _ = await self._writes.write(supervisor, work_center, by_tag, actor)
        return {role: shown.get(tags[role]) for role in values}

    async def _permit(self, work_center: str, values: Mapping[str, int], actor: str) -> None:
        settings = self.collectors[work_center].settings
        barred = [role for role in values if role not in settings.writable]
        if not barred:
            return
        named = {settings.tags.get(role, role): value for role, value in values.items()}
        why = {
            settings.tags.get(role, role): "has no write = true in plant.toml" for role in barred
        }
        await self._writes.refused(work_center, named, why, actor)
        raise PermissionError(
            f"{work_center}: {', '.join(barred)} cannot be written; "
            "give the tag of that role write = true in plant.toml"
        )

    def _supervisor(self, work_center: str) -> DeviceSupervisor:
        device = self.collectors[work_center].settings.device
        if device is None:
            raise EquipmentUnreachable(
                say(
                    "machine.none",
                    "{work_center} has no device",
                    "give it one in plant.toml",
                    work_center=work_center,
                )
            )
        return self.supervisors[device]

    def _by_hand(self) -> list[HandCollector]:
        return [one for one in self.collectors.values() if isinstance(one, HandCollector)]

    def _made(
        self,
        devices: Sequence[DeviceSettings],
        work_centers: Sequence[WorkCenterSettings],
        before: Parts,
    ) -> Parts:
        """Supervisors and collectors; those of `before` that are told the same."""
        collectors = {one.id: self._collector(one, before) for one in work_centers}
        parts = Parts(supervisors={}, collectors=collectors)
        supervisors = {one.config.id: self._supervised(one, parts, before) for one in devices}
        for one in work_centers:
            if one.device is not None and one.device not in supervisors:
                known = ", ".join(sorted(supervisors))
                raise ValueError(f"work center {one.id}: no device {one.device!r}; known: {known}")
        return Parts(supervisors=supervisors, collectors=collectors)

    def _collector(self, settings: WorkCenterSettings, before: Parts) -> Collector:
        former = before.collectors.get(settings.id)
        if former is not None and former.settings == settings:
            return former
        kind = Collector if settings.device is not None else HandCollector
        return kind(
            settings,
            writer=self._writer,
            evidence=self._evidence,
            jobs=self._jobs,
            clock=self._clock,
        )

    def _supervised(
        self, settings: DeviceSettings, parts: Parts, before: Parts
    ) -> DeviceSupervisor:
        id_ = settings.config.id
        former = before.supervisors.get(id_)
        if former is not None and former.settings == settings:
            return former
        return DeviceSupervisor(settings, parts.on(id_), self._clock, self._tell, self._auditor)

    def _tell(self, taken: Taken) -> None:
        if taken.observation is None:
            return
        for listener in self._listeners:
            try:
                listener(taken.observation)
            except Exception:  # a listener's fault must not stop the counting
                log.exception("listener_failed", work_center=taken.observation.work_center)
