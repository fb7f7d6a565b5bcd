"""A work center without a signal: people say what it does by starting and interrupting jobs.

It produces while its job is started, is held while the job is interrupted, and waits for an
order otherwise. Nobody promised a signal, so silence means nothing, also that of the edge
itself: what was said last holds. Its state facts have the source `system`.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

from edge.collection.collector import Collector, Memory
from edge.collection.evidence import EDGE_WAS_DOWN, open_interval, taken_up
from edge.collection.states import On, Shown
from edge.domain.equipment import JobContext, Observation
from edge.domain.facts import Source
from edge.domain.recording import StoreUnavailable
from edge.domain.vocabulary import MachineMode, MachineState

LOOK_EVERY_S = 0.5
MODE = int(MachineMode.PRODUCTION)


class HandCollector(Collector):
    """Follows the jobs of one work center that has no device."""

    def open(self, why: tuple[str, str] = EDGE_WAS_DOWN) -> None:
        """Go on from the state that the store knows; there is no gap to tell of."""
        now = self._clock.now()
        self._tracker = replace(self._tracker, source=Source.SYSTEM)
        ledger = self._books.opened(())
        interval = open_interval(self._evidence, self.settings.id, now)
        tracked, _ = taken_up(interval, ledger, now, why)
        if interval is not None:
            shown = Shown(state=interval.state, mode=interval.mode, fault=interval.fault)
            tracked = replace(tracked, shown=shown, on=self._worked_on())
        self._memory = Memory(
            ledger=ledger, tracked=tracked, valid=self._clock.monotonic(), written=tracked.at
        )

    def take_over(self, other: Collector) -> None:
        """Go on where `other` stands: from now on people say what it does."""
        super().take_over(other)
        self._tracker = replace(self._tracker, source=Source.SYSTEM)

    @property
    def observation(self) -> Observation:
        """What people say that it does."""
        shown = shown_by(self._jobs.running(self.settings.id))
        return Observation(
            work_center=self.settings.id,
            at=self._clock.now(),
            polled=self._clock.monotonic(),
            state=shown.state,
            mode=shown.mode,
            fault=None,
            order=None,
            recipe=None,
            command=None,
            raws={},
        )

    async def tick(self, trouble: str = "") -> None:
        """Follow the job that is on, and cut at the calendar's borders."""
        async with self._lock:
            if self._retired:
                return
            memory, on = self._opened(), self._worked_on()
            shown = shown_by(on.job)
            tracked, drafts = self._tracker.see(memory.tracked, self._clock.now(), shown, on)
            memory = replace(memory, tracked=tracked, valid=self._clock.monotonic())
            await self._commit_states(memory, drafts)

    async def reclassify(self) -> None:
        """The job has changed. Raises StoreUnavailable."""
        await self.tick()

    def _worked_on(self) -> On:
        """The job that is on. Set-up is no phase of its own here: nothing would end it."""
        job = self._jobs.running(self.settings.id)
        return On(job=replace(job, phase="run") if job else None)


def shown_by(job: JobContext | None) -> Shown:
    """The state that a job's own says of its work center."""
    if job is None:
        return Shown(state=int(MachineState.IDLE), mode=MODE)
    state = MachineState.HELD if job.interrupted else MachineState.EXECUTE
    return Shown(state=int(state), mode=MODE)


async def follow(collectors: Callable[[], Iterable[HandCollector]]) -> None:
    """Tick those that no device wakes, for ever."""
    while True:
        for collector in collectors():
            try:
                await collector.tick()
            except StoreUnavailable:
                continue  # it is logged where it was refused; the next look tries again
        await asyncio.sleep(LOOK_EVERY_S)
