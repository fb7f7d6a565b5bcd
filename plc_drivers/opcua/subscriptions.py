"""One subscription: made, filled with monitored items, listened to (OPC 10000-4, 5.12 and 5.13).

Its own keep-alive count makes silence plain within about three seconds, and its sequence numbers
tell of messages that never came. What is told of an item goes to the inbox in order.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import DATA_TYPES
from plc_drivers.driver import Revised
from plc_drivers.opcua.connection import Connection
from plc_drivers.opcua.inbox import Inbox
from plc_drivers.opcua.layout import Share
from plc_drivers.opcua.profiles import Profile
from plc_drivers.opcua.publishing import Publisher, create_subscription
from plc_drivers.opcua.values import Reader, missed, name_of
from plc_drivers.opcua.wire import Told
from plc_drivers.reading import Quality, Reading

KEEP_ALIVE_MS = 1000
SILENCE_MS = 3000
LIFETIME_MS = 15_000
MAX_NOTIFICATIONS = 5000  # in one message
_LAST_SEQUENCE = 2**32 - 1
_NO_FILTER = {
    StatusCodes.BadMonitoredItemFilterUnsupported,
    StatusCodes.BadMonitoredItemFilterInvalid,
    StatusCodes.BadFilterNotAllowed,
    StatusCodes.BadDeadbandFilterInvalid,
}

_log = logging.getLogger(__name__)


def _wished(publishing_ms: float) -> dict[str, Any]:
    """What is asked of a subscription, so that its server speaks at least once a second."""
    keep_alive = max(1, int(KEEP_ALIVE_MS // publishing_ms))
    lifetime = max(3 * keep_alive, int(LIFETIME_MS // publishing_ms))
    return {
        "RequestedPublishingInterval": ua.Duration(publishing_ms),
        "RequestedLifetimeCount": ua.Counter(lifetime),
        "RequestedMaxKeepAliveCount": ua.Counter(keep_alive),
        "MaxNotificationsPerPublish": ua.Counter(MAX_NOTIFICATIONS),
        "Priority": ua.Byte(0),
    }


class Item:
    """One tag of a subscription: monitored once the server has given it an `id`."""

    __slots__ = ("beats", "deadband", "filtered", "id", "node", "reader", "refused", "told")

    def __init__(self, tag: TagConfig, deadband: Decimal) -> None:
        self.reader = Reader.of(tag)
        self.node = ua.NodeId.from_string(tag.address)
        self.id: int | None = None
        self.refused = ""
        self.beats = 0  # how often it was told of
        self.told: Reading | None = None
        kind = DATA_TYPES[tag.type]
        number = (kind.is_integer or kind.python is Decimal) and tag.type != "bits"
        self.deadband = deadband if number else Decimal(0)
        self.filtered = False  # by us, because the server does not

    def differs(self, reading: Reading) -> bool:
        """Whether the server should have told of this, after what it told last."""
        last = self.told
        if last is None or (last.quality is Quality.BAD) != (reading.quality is Quality.BAD):
            return True
        new, old = reading.value, last.value
        if self.deadband and isinstance(new, (int, Decimal)) and isinstance(old, (int, Decimal)):
            return abs(Decimal(new) - Decimal(old)) > self.deadband
        return new != old


class Subscription:
    """The tags of one share on one session."""

    def __init__(
        self,
        share: Share,
        profile: Profile,
        inbox: Inbox,
        now: Callable[[], int],
    ) -> None:
        self.share, self.session = share, share.session
        self._profile, self._inbox, self._now = profile, inbox, now
        group = share.group
        self._items = {
            handle: Item(tag, group.deadband) for handle, tag in zip(count(1), share.tags)
        }
        self._publishing_ms = max(float(group.publishing_ms), profile.min_publishing_ms)
        self._sampling_ms = max(float(group.sampling_ms), profile.min_sampling_ms)
        self._queue = min(group.queue, profile.max_queue or group.queue)
        self._id: int | None = None
        self._next_sequence = 0
        self._revised: Revised | None = None
        self.silence_ms = float(SILENCE_MS)
        self.silent_ms = 0.0
        self.ended = ""
        self.version = 0  # of what is monitored

    @property
    def is_made(self) -> bool:
        """Whether the server has it, as far as is known."""
        return self._id is not None

    @property
    def items(self) -> Mapping[int, Item]:
        return self._items

    @property
    def revised(self) -> Revised | None:
        return self._revised

    @property
    def settles_ms(self) -> float:
        """How long after a change it may take until the server tells of it."""
        return 2 * (self._publishing_ms + self._sampling_ms) + KEEP_ALIVE_MS

    async def create(self, connection: Connection, publisher: Publisher) -> str:
        """Make it on the server, without items; why not, if the server refuses."""
        made = await self._made(connection)
        if not isinstance(made, ua.StatusCode) and self._is_too_quiet(made):
            # Not modified but made anew: servers are known that ignore a modification.
            await self._forget(connection, int(made.SubscriptionId))
            made = await self._made(connection)
        if isinstance(made, ua.StatusCode):
            return f"the server refuses the subscription: {name_of(made.value)}"
        self._id = int(made.SubscriptionId)
        told_every = self._publishing_ms * max(int(made.RevisedMaxKeepAliveCount), 1)
        self.silence_ms = max(float(SILENCE_MS), 2 * told_every + KEEP_ALIVE_MS)
        self._next_sequence, self.silent_ms, self.ended = 0, 0.0, ""
        publisher.listen(self._id, self)
        return ""

    async def _made(self, connection: Connection) -> ua.CreateSubscriptionResult | ua.StatusCode:
        wished = _wished(self._publishing_ms)
        parameters = ua.CreateSubscriptionParameters(**wished, PublishingEnabled=True)
        made = await connection.try_(lambda client: create_subscription(client, parameters))
        if not isinstance(made, ua.StatusCode):
            self._publishing_ms = max(float(made.RevisedPublishingInterval), 1.0)
        return made

    def _is_too_quiet(self, made: ua.CreateSubscriptionResult) -> bool:
        """Whether fewer of the server's own, longer intervals should be asked for."""
        wished = _wished(self._publishing_ms)["RequestedMaxKeepAliveCount"]
        return bool(made.RevisedMaxKeepAliveCount > wished)

    async def _forget(self, connection: Connection, subscription: int) -> None:
        await connection.try_(lambda client: client.uaclient.delete_subscriptions([subscription]))

    async def add(self, connection: Connection, handles: Sequence[int], batch: int) -> None:
        """Have these items monitored, or know of each why not."""
        waiting = [list(handles[at : at + batch]) for at in range(0, len(handles), batch)]
        while waiting:
            part = waiting.pop(0)
            results = await self._monitor(connection, part)
            if isinstance(results, ua.StatusCode):
                if self._is_gone(results):
                    return
                if results.value == StatusCodes.BadTooManyOperations and len(part) > 1:
                    half = len(part) // 2
                    waiting[:0] = [part[:half], part[half:]]
                    continue
                results = [ua.MonitoredItemCreateResult(StatusCode=results)] * len(part)
            again = [
                handle
                for handle, result in zip(part, results, strict=True)
                if not self._monitored(self._items[handle], result)
            ]
            if again:
                waiting.insert(0, again)

    async def remove(self, connection: Connection, handles: Sequence[int]) -> None:
        """Let the server forget items, if it still knows of them."""
        self.version += 1
        ids = [self._items[handle].id for handle in handles]
        for handle in handles:
            self._items[handle].id = None
        parameters = ua.DeleteMonitoredItemsParameters(
            SubscriptionId=ua.IntegerId(self._id or 0),
            MonitoredItemIds=[ua.IntegerId(one) for one in ids if one is not None],
        )
        self._is_gone(
            await connection.try_(lambda client: client.uaclient.delete_monitored_items(parameters))
        )

    async def drop(self, connection: Connection, publisher: Publisher) -> None:
        """Forget it here and on the server, if that still knows of it."""
        if self._id is None:
            return
        gone, self._id = self._id, None
        self._revised = None
        publisher.leave(gone)
        self.version += 1
        for item in self._items.values():
            item.id = None
        await self._forget(connection, gone)

    def take(self, message: Told) -> None:
        """What the server tells, in order."""
        self.silent_ms = 0.0
        self._follow(message)
        if message.ended is not None:
            self.end(f"the server has ended the subscription: {name_of(message.ended)}")
        if not message.values:
            return
        now, items = self._now(), self._items
        readings: list[Reading] = []
        for handle, data in message.values:
            item = items.get(handle)
            if item is None:
                continue
            reading = item.reader.reading(data, now)
            item.beats += 1
            if data.status and (why := missed(data.status)):
                self._inbox.miss(f"{reading.tag}: {why}")
            if item.filtered and not item.differs(reading):
                continue
            item.told = reading
            readings.append(reading)
        self._inbox.put(readings)

    def end(self, why: str) -> None:
        """It is dead on the server; whoever tends it makes it anew."""
        self.ended = self.ended or why

    def _follow(self, message: Told) -> None:
        """Sequence numbers count messages with values; a keep-alive shows the next one."""
        expected, shown = self._next_sequence, message.sequence
        gap = (shown - expected) % _LAST_SEQUENCE if expected else 0
        # A number from before is a repetition, or a server that counts keep-alives as it likes.
        if 0 < gap < _LAST_SEQUENCE // 2:
            self._inbox.miss(f"group {self.share.group.id}: {gap} message(s) did not come")
        if not message.keep_alive:
            self._next_sequence = shown % _LAST_SEQUENCE + 1
        elif not expected or 0 < gap < _LAST_SEQUENCE // 2:
            self._next_sequence = shown

    def _is_gone(self, answer: object) -> bool:
        """Whether an answer says that the server does not know this subscription."""
        if not isinstance(answer, ua.StatusCode):
            return False
        if answer.value != StatusCodes.BadSubscriptionIdInvalid:
            return False
        self.end("the server has no such subscription any more")
        return True

    async def _monitor(
        self, connection: Connection, handles: Sequence[int]
    ) -> list[ua.MonitoredItemCreateResult] | ua.StatusCode:
        parameters = ua.CreateMonitoredItemsParameters(
            SubscriptionId=ua.IntegerId(self._id or 0),
            TimestampsToReturn=ua.TimestampsToReturn.Both,
            ItemsToCreate=[self._request(handle) for handle in handles],
        )
        return await connection.try_(
            lambda client: client.uaclient.create_monitored_items(parameters)
        )

    def _request(self, handle: int) -> ua.MonitoredItemCreateRequest:
        item = self._items[handle]
        parameters = ua.MonitoringParameters(
            ClientHandle=ua.IntegerId(handle),
            SamplingInterval=ua.Duration(self._sampling_ms),
            QueueSize=ua.Counter(self._queue),
            DiscardOldest=True,
        )
        item.filtered = item.filtered or bool(item.deadband and not self._profile.deadband)
        if item.deadband and not item.filtered:
            parameters.Filter = ua.DataChangeFilter(
                Trigger=ua.DataChangeTrigger.StatusValue,
                DeadbandType=ua.UInt32(ua.DeadbandType.Absolute),
                DeadbandValue=ua.Double(float(item.deadband / abs(item.reader.tag.scale))),
            )
        return ua.MonitoredItemCreateRequest(
            ItemToMonitor=ua.ReadValueId(NodeId=item.node, AttributeId=AttributeIds.Value),
            MonitoringMode=ua.MonitoringMode.Reporting,
            RequestedParameters=parameters,
        )

    def _monitored(self, item: Item, result: ua.MonitoredItemCreateResult) -> bool:
        """Keep the answer; False if it is worth another attempt, without the server's filter."""
        status = int(result.StatusCode.value)
        self.version += 1
        if status in _NO_FILTER and item.deadband and not item.filtered:
            item.filtered = True
            return False
        if not result.StatusCode.is_good():
            item.id = None
            self._refuse(item, name_of(status))
            return True
        item.id, item.refused = int(result.MonitoredItemId), ""
        made = Revised(
            publishing_ms=self._publishing_ms,
            sampling_ms=float(result.RevisedSamplingInterval),
            queue=int(result.RevisedQueueSize),
        )
        self._revised = made.beside(self._revised)
        return True

    def _refuse(self, item: Item, why: str) -> None:
        if item.refused != why:
            _log.warning(
                "%s: is polled: the server does not let it be subscribed: %s", item.reader.id, why
            )
        item.refused = why
