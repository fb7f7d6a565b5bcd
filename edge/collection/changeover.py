"""From one set of devices and work centers to another while all of them are counting.

Whatever is the same object before and after goes on untouched. The rest is held: read once
more, so that what was made till then is counted as before; then the facts of the change are
committed, all or nothing; only then is anything taken over, closed or begun.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from edge.collection.collector import Collector
from edge.collection.evidence import NOT_CONFIGURED
from edge.collection.supervisor import DeviceSupervisor
from edge.domain.facts import FactDraft

Commit = Callable[[tuple[FactDraft, ...]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Supervisors by device and collectors by work center, in the order of the configuration."""

    supervisors: Mapping[str, DeviceSupervisor]
    collectors: Mapping[str, Collector]

    def on(self, device: str) -> tuple[Collector, ...]:
        """The collectors of a device."""
        every = self.collectors.values()
        return tuple(one for one in every if one.settings.device == device)


async def change_over(before: Parts, after: Parts, commit: Commit) -> None:
    """Go on with `after`; raises what `commit` raises, and then `before` goes on as it was.

    `commit` is given the facts that close the states of work centers that go away.
    """
    going = [one for id_, one in before.collectors.items() if after.collectors.get(id_) is not one]
    held = _touched(before, after, going)
    await asyncio.gather(*(one.hold() for one in held))
    for collector in going:
        await collector.hold()
    try:
        for id_, collector in after.collectors.items():
            if id_ not in before.collectors:
                collector.open(NOT_CONFIGURED)
        leaving = [one for one in going if one.settings.id not in after.collectors]
        await commit(tuple(draft for one in leaving for draft in one.farewell()))
    except BaseException:
        for collector in going:
            collector.go_on()
        for supervisor in held:
            supervisor.go_on()
        raise
    _take_over(before, after, going)
    await _switch(before, after, held)


def _touched(before: Parts, after: Parts, going: list[Collector]) -> list[DeviceSupervisor]:
    """Devices that change, go away, or have a work center that does."""
    theirs = {one.settings.device for one in going}
    return [
        one
        for id_, one in before.supervisors.items()
        if after.supervisors.get(id_) is not one or id_ in theirs or after.on(id_) != before.on(id_)
    ]


def _take_over(before: Parts, after: Parts, going: list[Collector]) -> None:
    for id_, collector in after.collectors.items():
        former = before.collectors.get(id_)
        if former is not None and former is not collector:
            collector.take_over(former)
    for collector in going:
        collector.go_on(retired=True)


async def _switch(before: Parts, after: Parts, held: list[DeviceSupervisor]) -> None:
    """Old connections are closed before new ones are opened: a device may bear only one."""
    stays = [one for one in held if after.supervisors.get(one.id) is one]
    await asyncio.gather(*(one.end() for one in held if one not in stays))
    for supervisor in stays:
        supervisor.serve(after.on(supervisor.id))
        supervisor.go_on()
    for id_, supervisor in after.supervisors.items():
        former = before.supervisors.get(id_)
        if former is supervisor:
            continue
        if former is not None:
            supervisor.health = former.health  # figures count since the edge began
        supervisor.start()
