"""One device, kept alive: connect, poll on schedule, notice silence, begin again.

Each attempt has a new driver. Polls, forced readings and writes take turns on one lock,
so that no two requests are under way on a device, and a snapshot asked for after a write
shows what it did. One task a device: a dead one slows no other. What is read when is the
business of `rounds.py`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from random import Random
from typing import TypeVar

import structlog

from edge.collection.audits import Auditor
from edge.collection.collector import Collector, Taken
from edge.collection.guards import forbidden, unfit
from edge.collection.health import DeviceHealth, DeviceStatus
from edge.collection.readings import Latest
from edge.collection.rounds import Rounds
from edge.collection.schedule import Reads, reads_of
from edge.collection.settings import DeviceSettings
from edge.collection.skew import ClockWatch
from edge.collection.words import CHANGED, NOT_CONNECTED, of_error, of_fault, of_refusal
from edge.domain.clock import MICROS, Clock
from edge.domain.equipment import EquipmentUnreachable, WriteRefused
from edge.domain.recording import StoreUnavailable
from edge.domain.sentences import Sentence, say
from plc_drivers.driver import Driver, Revised, Revising
from plc_drivers.errors import DriverError, Refused
from plc_drivers.reading import Value
from plc_drivers.registry import create

CLOSE_S = 2.0
LAST_READING_S = 3.0
STOP_S = 1.0
log = structlog.get_logger(__name__)
T = TypeVar("T")


class Unanswered(EquipmentUnreachable):
    """A write was sent and not answered: it may have been carried out."""


class DeviceSupervisor:
    """Supervises one device; gives its snapshots to the collectors of its work centers.

    Making it makes a driver, so a wrong configuration raises ConfigInvalid here.
    `committed` is called after each poll that was recorded.
    """

    def __init__(
        self,
        settings: DeviceSettings,
        collectors: Sequence[Collector],
        clock: Clock,
        committed: Callable[[Taken], None],
        auditor: Auditor | None = None,
    ) -> None:
        self.id = settings.config.id
        self.collectors = tuple(collectors)
        self.settings, self._clock = settings, clock
        self._rounds = Rounds(
            self._reads(),
            self.collectors,
            clock,
            settings=settings,
            answered=self._found,
            committed=committed,
        )
        self._clock_watch = ClockWatch(self.id, settings.skew_alarm_s, auditor)
        self._next: Driver | None = create(settings.config, clock.now)
        self._driver: Driver | None = None
        self._lock = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._jitter = Random(self.id)  # devices do not come back in step; no secret
        self._state, self._since = "connecting", clock.now()
        self._why: Sentence | None = None
        self._failures = 0
        self.resting = False  # after a failure: it is not asked before the pause is over

    def start(self) -> None:
        """Begin to supervise; the collectors are open."""
        self._tasks = [
            asyncio.create_task(self._keep_alive(), name=f"device {self.id}"),
            asyncio.create_task(self._watch(), name=f"watch {self.id}"),
        ]

    @property
    def revised(self) -> Mapping[str, Revised]:
        """What the device made of the wishes of its groups, by group; empty if it has none."""
        return self._driver.revised if isinstance(self._driver, Revising) else {}

    async def hold(self) -> None:
        """Ask nothing more of the device until `go_on` or `end`, after one more reading.

        What it made is committed before anything of it changes. A device that does not answer
        keeps its pieces in its counters.
        """
        await self._lock.acquire()
        if self._driver is None:
            return
        try:
            async with asyncio.timeout(LAST_READING_S):
                await self._rounds.forced(self._driver)
        except (DriverError, TimeoutError, OSError, StoreUnavailable) as error:
            log.warning("last_reading_failed", device=self.id, why=of_error(error).detail)
        except Exception:  # whatever it is, the counters hold the pieces
            log.exception("last_reading_failed", device=self.id)

    def go_on(self) -> None:
        """End `hold`."""
        self._lock.release()

    async def end(self) -> None:
        """End for ever, while held: nothing is being recorded. A new supervisor may follow."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._why = CHANGED
        self.serve(())
        self._lock.release()

    def serve(self, collectors: Sequence[Collector]) -> None:
        """Read for other collectors from now on, while held."""
        self.collectors = tuple(collectors)
        self._rounds.serve(self._reads(), self.collectors)

    def _reads(self) -> Reads:
        centers = [one.settings for one in self.collectors]
        return reads_of(self.settings.config, centers, self.settings.verify_s)

    async def stop(self) -> None:
        """End both tasks and the connection; what was being recorded is recorded."""
        tasks, self._tasks = self._tasks, []
        with suppress(TimeoutError):  # not in the middle of a recording; but a device may hang
            async with asyncio.timeout(STOP_S), self._lock:
                for task in tasks:
                    task.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def equipment(self) -> str:
        """Whose the device's facts are: its first work center's, else its own."""
        return self.collectors[0].settings.id if self.collectors else self.id

    @property
    def health(self) -> DeviceHealth:
        """Figures since the edge began."""
        return self._rounds.health

    @health.setter
    def health(self, former: DeviceHealth) -> None:
        self._rounds.health = former

    @property
    def latest(self) -> Latest:
        """The latest reading of each tag."""
        return self._rounds.latest

    @property
    def status(self) -> DeviceStatus:
        read = [one.read_at for one in self.collectors]
        known = [at for at in read if at is not None]
        skew = self._rounds.skew.estimate
        return DeviceStatus(
            id=self.id,
            state=self._state,
            detail=self._detail,
            since=self._since,
            read_at=min(known) if known and len(known) == len(read) else None,
            clock_skew_s=None if skew is None else skew / MICROS,
        )

    async def read_now(self) -> Mapping[str, Taken]:
        """Poll now and commit; what came of it by work center.

        Raises EquipmentUnreachable or StoreUnavailable. Is finished even if its caller
        is cancelled: what was read is recorded or not, but never half.
        """
        return await asyncio.shield(self._in_turn(self._rounds.forced))

    async def write(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """Write by tag in order, and read back.

        Judged and written in one turn, on a reading of that turn where a state or a mode
        may forbid it. Raises WriteRefused (nothing was sent, or the device refuses),
        Unanswered and EquipmentUnreachable.
        """
        return await asyncio.shield(self._in_turn(lambda driver: self._written(driver, values)))

    async def _written(self, driver: Driver, values: Mapping[str, Value]) -> Mapping[str, Value]:
        reasons = unfit(self.settings.config.tags, values)
        if not reasons and values.keys() & self.settings.guards.keys():
            taken = await self._rounds.forced(driver)
            shown = [one.observation for one in taken.values()]
            reasons = forbidden(self.settings.guards, values, shown)
        if reasons:
            raise WriteRefused(reasons)
        try:
            return await driver.write(values)
        except Refused as error:
            raise WriteRefused(of_refusal(error)) from error
        except DriverError as error:
            raise Unanswered(self._silence(error)) from error

    def _silence(self, error: Exception) -> Sentence:
        return say("machine.silent", "{device}: {why}", device=self.id, why=of_error(error))

    async def _in_turn(self, ask: Callable[[Driver], Awaitable[T]]) -> T:
        """One request when it is this caller's turn, with the errors of the port."""
        async with self._lock:
            if self._driver is None:
                raise EquipmentUnreachable(
                    say(
                        "machine.not_connected",
                        "{device}: {why}",
                        device=self.id,
                        why=self._why or NOT_CONNECTED,
                    )
                )
            try:
                return await ask(self._driver)
            except (DriverError, TimeoutError) as error:
                raise EquipmentUnreachable(self._silence(error)) from error

    async def _keep_alive(self) -> None:
        while True:
            try:
                await self._live()
            except (DriverError, TimeoutError, OSError) as error:
                self.health.failed(error)
                self._lost(of_error(error))
            except Exception as error:
                # A fault of ours or of a library: said aloud, and the device is begun anew,
                # because a machine that is not counted is worse than one counted late.
                log.exception("device_failed", device=self.id)
                self.health.failed(error)
                self._lost(of_fault(error))
            self.resting = True
            await asyncio.sleep(self._pause())
            self.resting = False

    async def _live(self) -> None:
        """One life of a connection; ends by raising."""
        driver = self._next or create(self.settings.config, self._clock.now)
        self._next = None
        try:
            async with asyncio.timeout(self.settings.connect_s):
                await driver.connect()
            self.health.connects += 1
            self._driver = driver
            await self._rounds.run(driver, self._lock)
        finally:
            self._driver = None
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await driver.close()

    async def _watch(self) -> None:
        """Look at the collectors' silence often enough to be in time, and at the clock."""
        while True:
            pause = min((one.settings.watch_s for one in self.collectors), default=1.0)
            await asyncio.sleep(pause)
            for one in self.collectors:
                await self._watched(partial(one.tick, self._detail))
            centers = [one.settings.id for one in self.collectors]
            await self._watched(partial(self._clock_watch.look, self._rounds.skew, centers))

    async def _watched(self, look: Callable[[], Awaitable[None]]) -> None:
        try:
            await look()
        except StoreUnavailable:  # logged once by the collector; tried again
            return
        except Exception:  # said aloud; nobody else would notice
            log.exception("watch_failed", device=self.id)

    def _found(self) -> None:
        if self._state != "connected":
            log.info("device_connected", device=self.id, attempts=self._failures + 1)
            self._turn("connected", None)
        self._failures = 0

    def _lost(self, why: Sentence) -> None:
        self._failures += 1
        if self._state != "silent":
            log.warning("device_silent", device=self.id, why=why.detail)
            self._turn("silent", why)
        self._why = why

    def _turn(self, state: str, why: Sentence | None) -> None:
        self._state, self._why, self._since = state, why, self._clock.now()

    @property
    def _detail(self) -> str:
        return self._why.detail if self._why else ""

    def _pause(self) -> float:
        """Seconds until the next attempt: doubled each time, with jitter."""
        first, most = self.settings.backoff_first_s, self.settings.backoff_most_s
        full = min(most, first * float(2 ** min(self._failures - 1, 10)))
        return full * self._jitter.uniform(0.5, 1.0)
