"""What the API needs of the running edge."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.api.events import News
from edge.api.underway import RequestsUnderWay
from edge.domain.equipment import NoSuchTag, Written
from edge.domain.fact_log import NoUpkeep, Upkeep
from edge.domain.keeping import Keeper
from edge.domain.orders import JobOrder
from edge.domain.outlook import Outlook
from edge.domain.recording import Request
from edge.domain.sentences import Sentence, say
from edge.execution.floor import Floor
from edge.execution.orders.actions import Actions
from edge.execution.rooms import Rooms

Json = dict[str, Any]
WriteTag = Callable[[str, str, bool | int | str, str, Request], Awaitable[Written]]
"""Device, tag, value, actor, key; raises NoSuchTag for what is not there, and as the port does."""


async def no_devices(device: str, *_: object) -> Written:
    """Where no machine can be written to."""
    said = say("device.unknown_here", "no device {device!r}", "look at GET /devices", device=device)
    raise NoSuchTag(said)


@dataclass(frozen=True, kw_only=True)
class Edge:
    """The running edge as the API sees it.

    `plan`, `link`, `devices` and `certificates` (those that expire) give their part of
    `/status`; `blocks(job)` gives planned start and end (µs) of a job order, or None; `ready`
    names what is not ready yet. `outlooks()` is what is expected of orders, by id, and
    `plan_problems()` what of them could not be planned as it is. `reasons`
    may change with the configuration; `reload(actor)` takes over a changed one.
    """

    edge_id: str
    version: str
    floor: Floor
    actions: Actions
    rooms: Rooms
    reasons: Mapping[str, Sequence[Mapping[str, Any]]]
    next_jobs: Callable[[str], list[JobOrder]]
    planned: Callable[[JobOrder], tuple[int, int] | None]
    plan: Callable[[], Json]
    outlooks: Callable[[], Mapping[str, Outlook]] = dict
    plan_problems: Callable[[], Mapping[str, Sequence[Sentence]]] = dict
    link: Callable[[], Json]
    devices: Callable[[], list[Json]]
    devices_in_full: Callable[[], list[Json]] = list
    measures: Callable[[str], list[Json]] = lambda _: []
    certificates: Callable[[], list[Json]] = list
    ready: Callable[[], list[str]]
    metrics: Callable[[], bytes]
    news: News
    reload: Callable[[str], Awaitable[Json]]
    upkeep: Upkeep = field(default_factory=NoUpkeep)
    write_tag: WriteTag = no_devices
    keeper: Keeper | None = None
    token: str = ""
    under_way: RequestsUnderWay = field(default_factory=RequestsUnderWay)
