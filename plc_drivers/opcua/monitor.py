"""All subscriptions of a device, kept as they should be.

What should be monitored is compared with what is, on a timer and end to end: monitored values are
read too, and an item whose value has changed without a word from the server is dead, whatever the
server says of it. It is made anew, as is a subscription that the server has ended; what cannot be
monitored is polled, and tried again ever more rarely.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from asyncua import ua

from plc_drivers.configuration import DeviceConfig
from plc_drivers.driver import Revised
from plc_drivers.errors import Unreachable
from plc_drivers.opcua.connection import Connection
from plc_drivers.opcua.inbox import Inbox
from plc_drivers.opcua.layout import Layout
from plc_drivers.opcua.limits import Limits
from plc_drivers.opcua.profiles import Profile
from plc_drivers.opcua.publishing import Publisher
from plc_drivers.opcua.subscriptions import Item, Subscription
from plc_drivers.opcua.wire import Held

TICK_MS = 500
AUDIT_MS = 5000
MAKE_S = 2.0  # of the time that a connection may take in all
AUDIT_NODES = 500  # at a time, in turn, so that a small controller is not kept busy by it
LONGEST_PAUSE = 12  # audits between two attempts to have a tag monitored

_log = logging.getLogger(__name__)
Read = Callable[[Sequence[ua.NodeId]], Awaitable[list[Held]]]


class _Place(NamedTuple):
    """An item, by its subscription and handle."""

    subscription: Subscription
    handle: int

    @property
    def item(self) -> Item:
        return self.subscription.items[self.handle]


class _Pause:
    """Audits between attempts: 1, 2, 4 ... LONGEST_PAUSE."""

    def __init__(self) -> None:
        self._left = self._next = 1

    def is_over(self) -> bool:
        """Whether this audit is the one; asked once in each."""
        self._left -= 1
        if self._left > 0:
            return False
        self._next = self._left = min(2 * self._next, LONGEST_PAUSE)
        return True


class Monitor:
    """Makes and tends the subscriptions of a layout on connections that are open."""

    def __init__(
        self,
        device: DeviceConfig,
        layout: Layout,
        profile: Profile,
        inbox: Inbox,
        now: Callable[[], int],
    ) -> None:
        self._device, self._layout, self._inbox, self._now = device, layout, inbox, now
        self._subscriptions = [Subscription(share, profile, inbox, now) for share in layout.shares]
        self._places = [_Place(one, handle) for one in self._subscriptions for handle in one.items]
        self._suspects: dict[_Place, tuple[int, int]] = {}  # beats, and for how long, ms
        self._again: dict[_Place, _Pause] = {}
        self._anew: dict[int, _Pause] = {}  # by number of the subscription
        self._turn = 0
        self._versions: tuple[int, ...] = ()
        self._monitored = frozenset[str]()
        self._publishers: list[Publisher] = []
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def monitored(self) -> frozenset[str]:
        """Tags of which the server tells by itself, as far as is known."""
        versions = tuple(one.version for one in self._subscriptions)
        if versions != self._versions:
            self._versions = versions
            ids = (one.item.reader.id for one in self._places if one.item.id is not None)
            self._monitored = frozenset(ids)
        return self._monitored

    @property
    def revised(self) -> Mapping[str, Revised]:
        """By group, what the server made of its wishes."""
        found: dict[str, Revised] = {}
        for one in self._subscriptions:
            if one.revised:
                group = one.share.group.id
                found[group] = one.revised.beside(found.get(group))
        return found

    async def start(self, connections: Sequence[Connection], limits: Limits, read: Read) -> None:
        """Make all subscriptions, and tend them from now on. Unreachable.

        A server that takes its time is not waited for: what is not monitored yet is polled.
        """
        self._connections, self._limits, self._read = connections, limits, read
        self._publishers = [Publisher(one.client, self._lost) for one in connections]
        for tag, why in self._layout.polled.items():
            _log.warning("%s: is polled: %s", tag, why)
        making = asyncio.create_task(self._make_all(), name="opcua make")
        self._tasks = [
            making,
            asyncio.create_task(self._listen_for_silence(), name="opcua silence"),
            asyncio.create_task(self._heal(making), name="opcua heal"),
        ]
        done, _ = await asyncio.wait([making], timeout=MAKE_S)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """End all tasks; the subscriptions end with their sessions."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for publisher in self._publishers:
            await publisher.stop()

    def _lost(self, why: str) -> None:
        self._inbox.fail(Unreachable(self._device.url, why))

    async def _make_all(self) -> None:
        for subscription in self._subscriptions:
            await self._make(subscription)

    async def _make(self, subscription: Subscription) -> None:
        """Make a subscription and all its items; those that fail are polled."""
        connection = self._connections[subscription.session]
        refused = await subscription.create(connection, self._publishers[subscription.session])
        if refused:
            for item in subscription.items.values():
                item.refused = refused
            subscription.end(refused)
            _log.warning("group %s: is polled: %s", subscription.share.group.id, refused)
            return
        await subscription.add(connection, list(subscription.items), self._limits.items)

    async def _listen_for_silence(self) -> None:
        while True:
            await asyncio.sleep(TICK_MS / 1000)
            for one in self._subscriptions:
                one.silent_ms += TICK_MS if one.is_made else 0.0
                if one.silent_ms > one.silence_ms and not one.ended:
                    seconds = one.silence_ms / 1000
                    group = one.share.group.id
                    self._lost(f"group {group}: no keep-alive within {seconds:g} s")
                    return

    async def _heal(self, making: asyncio.Task[None]) -> None:
        try:
            await making
            while True:
                await asyncio.sleep(AUDIT_MS / 1000)
                await self._make_anew()
                await self._retry()
                await self._compare()
        except Unreachable as error:
            self._inbox.fail(error)
        except Exception as error:  # noqa: BLE001 - a fault of ours; the caller begins anew
            _log.exception("%s: subscriptions cannot be tended", self._device.url)
            self._lost(f"{type(error).__name__}: {error}")

    async def _make_anew(self) -> None:
        for number, one in enumerate(self._subscriptions):
            why = one.ended
            if not why:
                self._anew.pop(number, None)
            elif self._anew.setdefault(number, _Pause()).is_over():
                connection = self._connections[one.session]
                await one.drop(connection, self._publishers[one.session])
                await self._make(one)
                if not one.ended:
                    self._inbox.miss(f"group {one.share.group.id}: {why}; is monitored anew")

    async def _retry(self) -> None:
        """Ask again for what was refused, after 1, 2, 4 ... audits."""
        due: list[_Place] = []
        for place in self._places:
            if place.item.id is not None or place.subscription.ended:
                self._again.pop(place, None)
            elif self._again.setdefault(place, _Pause()).is_over():
                due.append(place)
        await self._add(due)

    async def _compare(self) -> None:
        """Read some of what is monitored; make anew what the server should have told of."""
        places = self._next_places()
        beats = [place.item.beats for place in places]
        held = await self._read([place.item.node for place in places]) if places else []
        dead = [
            place
            for place, data, beat in zip(places, held, beats, strict=True)
            if self._is_dead(place, data, beat)
        ]
        for place in dead:
            self._suspects.pop(place)
            await place.subscription.remove(
                self._connections[place.subscription.session], [place.handle]
            )
        await self._add(dead)
        for place in [one for one in dead if not one.subscription.ended]:
            state = "is polled" if place.item.id is None else "is monitored anew"
            self._inbox.miss(f"{place.item.reader.id}: was told of no more; {state}")

    def _is_dead(self, place: _Place, data: Held, beats: int) -> bool:
        item = place.item
        if item.id is None or not item.differs(item.reader.reading(data, self._now())):
            self._suspects.pop(place, None)
            return False
        before, age = self._suspects.get(place, (beats, -AUDIT_MS))
        age = age + AUDIT_MS if before == item.beats else 0
        self._suspects[place] = (item.beats, age)
        return age >= max(place.subscription.settles_ms, AUDIT_MS)

    def _next_places(self) -> list[_Place]:
        """The suspects, and the next of all others in turn."""
        monitored = [place for place in self._places if place.item.id is not None]
        alive = [place for place in monitored if place not in self._suspects]
        most = min(AUDIT_NODES, self._limits.read)
        start = self._turn if self._turn < len(alive) else 0
        chosen = alive[start : start + most]
        self._turn = start + most
        return [*list(self._suspects)[:most], *chosen]

    async def _add(self, places: Sequence[_Place]) -> None:
        for subscription in self._subscriptions:
            handles = [place.handle for place in places if place.subscription is subscription]
            connection = self._connections[subscription.session]
            if handles and not subscription.ended:
                await subscription.add(connection, handles, self._limits.items)
