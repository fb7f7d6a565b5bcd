"""Which tags of a device are read together, how often, and which of them are due.

Pure. The tags that count (docs/decisions/0002) are one batch, whatever else is read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from edge.collection.settings import WorkCenterSettings
from plc_drivers.configuration import DeviceConfig, TagConfig

COUNTED_ROLES = (
    *("state", "mode", "fault", "order", "boot", "heartbeat"),
    *("mailbox_sequence", "mailbox_good", "mailbox_reject", "mailbox_order"),
    "mailbox_acknowledge",
)
"""Roles beside counters and sensors that only a snapshot of all of them makes sense of."""
COUNTS = "#counts"  # no group has this name
UNKNOWN_PART = 0.4  # of the time to UNKNOWN: two readings fit in, and an answer that is slow


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Tags that are read by one poll, every `interval_s`; `counts`: they are the snapshot."""

    id: str
    tags: frozenset[str]
    interval_s: float
    counts: bool = False


@dataclass(frozen=True, kw_only=True)
class Reads:
    """What is read of a device: all its readable tags, and those that count.

    `verify_s` is how often tags that a device tells of by itself are read all the same.
    """

    config: DeviceConfig
    counting: frozenset[str]
    verify_s: float
    readable: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        readable = frozenset(tag.id for tag in self.config.tags if not tag.method_of)
        object.__setattr__(self, "readable", readable)

    def batches(self, polled: frozenset[str] | None = None) -> tuple[Batch, ...]:
        """All batches; `polled` names the tags that the device does not tell of by itself.

        None: it tells of none. The batch that counts comes first; a device without tags has it
        too, because a poll is what shows that it lives.
        """
        found: dict[str, Batch] = {}
        home = self._home()
        for tag in self.config.tags:
            told = polled is not None and tag.id not in polled
            if tag.id not in self.readable or tag.id in self.counting or told:
                continue
            batch = self._batch(tag)
            before = found.setdefault(batch.id, batch)
            found[batch.id] = replace(before, tags=before.tags | {tag.id})
        told_all = polled is not None and not self.counting & polled and bool(self.counting)
        along = found.pop(home.id, None) if not told_all else None
        tags = self.counting | (along.tags if along else frozenset())
        every = self.verify_s if told_all else home.interval_s
        one = frozenset(sorted(self.readable)[:1])  # what shows that the device lives
        counts = Batch(id=COUNTS, tags=tags or one, interval_s=every, counts=True)
        return (counts, *found.values())

    def _home(self) -> Batch:
        """The group of the tags that count: as often as the most often read of them."""
        found = [self._batch(tag) for tag in self.config.tags if tag.id in self.counting]
        own = Batch(id="-", tags=frozenset(), interval_s=self.config.poll_ms / 1000)
        return min(found, key=lambda one: one.interval_s, default=own)

    def _batch(self, tag: TagConfig) -> Batch:
        group = self.config.group(tag)
        every = (group.poll_ms or self.config.poll_ms) / 1000
        return Batch(id=group.id, tags=frozenset(), interval_s=every)


def reads_of(config: DeviceConfig, centers: Iterable[WorkCenterSettings], verify_s: float) -> Reads:
    """What is read of a device for its work centers; silence must be seen in time."""
    centers = tuple(centers)
    patience = min((one.unknown_after_s for one in centers), default=verify_s / UNKNOWN_PART)
    return Reads(
        config=config,
        counting=frozenset().union(*(counting_tags(one) for one in centers)),
        verify_s=min(verify_s, patience * UNKNOWN_PART),
    )


def counting_tags(settings: WorkCenterSettings) -> frozenset[str]:
    """The tags of a work center that only a snapshot of all of them makes sense of."""
    roles = (settings.tags[role] for role in COUNTED_ROLES if role in settings.tags)
    counted = (counter.tag for counter in (*settings.counters, *settings.meters))
    return frozenset((*counted, *roles))


@dataclass
class Timeline:
    """When each batch is due, monotonic seconds; a time that was missed is left out."""

    _due: dict[str, float] = field(default_factory=dict)
    _begun: dict[str, float] = field(default_factory=dict)

    def due(self, batches: Sequence[Batch], now: float) -> Batch | None:
        """The batch to read now, that which counts first; one that is new is due at once."""
        for batch in batches:
            if self._due.setdefault(batch.id, now) <= now:
                return batch
        return None

    def wait(self, batches: Sequence[Batch], now: float) -> float:
        """Seconds until the next is due."""
        return max(min(self._due.get(batch.id, now) for batch in batches) - now, 0.0)

    def begun(self, batch: Batch, now: float) -> None:
        """The batch is being read."""
        self._begun[batch.id] = now

    def done(self, batch: Batch, now: float) -> int:
        """The batch was read; how many of its times passed meanwhile."""
        due = self._due[batch.id]
        missed = max(int((now - due) // batch.interval_s), 0)
        self._due[batch.id] = due + batch.interval_s * (missed + 1)
        return missed

    def hurry(self, batch: Batch, gap_s: float) -> None:
        """The batch is due now, but not within `gap_s` of when it was last begun."""
        soonest = self._begun.get(batch.id, float("-inf")) + gap_s
        self._due[batch.id] = min(self._due.get(batch.id, soonest), soonest)
