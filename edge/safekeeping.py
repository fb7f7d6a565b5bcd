"""The store's keeper: snapshots by the hour, space on the disk, facts looked at again, alarms.

All of it beside the counting: copies are made from a connection that only reads, on a thread
of its own. What is wrong is told once in the log, as a fact when one can be written, and at
any time in `GET /store`, `/status` and `/metrics`.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import structlog

from edge.domain.clock import MICROS, Clock
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.keeping import CannotKeep
from edge.domain.recording import Recording, Request, StoreUnavailable
from edge.domain.sentences import Sentence, say
from edge.storage.archives.lacking import MEND as MEND_ARCHIVE
from edge.storage.backup import backup, same_disk
from edge.storage.ballast import Ballast
from edge.storage.damage import StoreDamaged
from edge.storage.errors import StoreUnusable
from edge.storage.proof import prove
from edge.storage.recovery import Order
from edge.storage.restoring import refuse_without_archives
from edge.storage.snapshots import HOURLY, Keeping, Snapshot, Snapshots
from edge.storage.store import Store
from edge.storage.trickle import Trickle

HOUR_S, FIRST_SNAPSHOT_S, RETRY_S = 3600.0, 30.0, 300.0
MEND_SNAPSHOT = "free space on the disk of the snapshots; taktline doctor tells what is wrong"
LOOK_S = 1.0
ANSWER_S = 0.2  # until the rooms end, so that who asked has the answer
ASKED = "asked"
LOW_SPACE, LOW_PART = 64 << 20, 10  # bytes below which people are warned; of a small disk a tenth
log = structlog.get_logger(__name__)
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What needs a person; `since` in us of plant time."""

    code: str
    since: int
    detail: str
    mend: str


@dataclass
class Safekeeper:
    """Keeps one open store."""

    store: Store
    keeping: Keeping
    clock: Clock
    site: str
    edge_id: str
    anew: Callable[[Order], None]
    alarms: dict[str, Alarm] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.snapshots = Snapshots(self.store.path, self.keeping)
        self.ballast = Ballast(self.store.path, self.keeping.ballast)
        self.trickle = Trickle(self.store.path)
        self._full = asyncio.Event()
        self._taking = asyncio.Lock()
        self._untold: list[FactDraft] = []
        self._told: set[str] = set()

    def listen(self) -> None:
        """Hear of damage and of a full disk from now on."""
        loop = asyncio.get_running_loop()
        self.store.troubles.listen(
            damaged=lambda order: _soon(loop, lambda: self.anew(order)),
            full=lambda: _soon(loop, self._full.set),
        )

    async def watch(self) -> None:
        """Look at the disk and, a few at a time, at the facts; never ends."""
        await asyncio.to_thread(self.ballast.make)
        while True:
            await self._look()
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._full.wait()
            except TimeoutError:
                continue
            self._full.clear()
            await self._make_way()

    async def by_the_hour(self) -> None:
        """Make snapshots for ever."""
        if not self.keeping.hourly:
            return await asyncio.Event().wait() and None
        await asyncio.sleep(FIRST_SNAPSHOT_S)
        while True:
            if (left := self._not_due()) > 0:
                await asyncio.sleep(left)
            try:
                await self.snapshot(HOURLY)
            except StoreUnusable as error:
                self._raise("snapshot_failed", str(error), MEND_SNAPSHOT)
                await asyncio.sleep(RETRY_S)

    async def snapshot(self, reason: str) -> Snapshot:
        """Make and prove one now; raises StoreUnusable."""
        async with self._taking:
            made = await asyncio.to_thread(self.snapshots.take, reason, self.clock.now())
        self._clear("snapshot_failed")
        log.info("snapshot", file=made.path.name, facts=made.proof.facts, bytes=made.proof.bytes)
        return made

    async def copy(self, target: str) -> Json:
        """A snapshot, or a copy in a new file of this machine; raises CannotKeep."""
        try:
            if not target:
                return shown(await self.snapshot(ASKED))
            file = Path(target)
            proof = await asyncio.to_thread(backup, self.store.path, file, archives=True)
            same = same_disk(file, self.store.path)
        except StoreUnusable as error:
            raise CannotKeep(_why(error)) from error
        said = {"name": str(file), "epoch": proof.epoch, "seq": proof.seq, "facts": proof.facts}
        return {**said, "same_disk": same}

    async def restore(self, snapshot: str, without_archives: bool = False) -> Json:
        """Prove it, then let the edge begin anew with it; raises CannotKeep."""
        file = await asyncio.to_thread(self.snapshots.named, snapshot)
        try:
            proof = await asyncio.to_thread(prove, file)
            if not without_archives:
                await asyncio.to_thread(refuse_without_archives, file, self.store.path)
        except StoreUnusable as error:
            raise CannotKeep(_why(error)) from error
        if proof.edge_id != self.edge_id:
            raise CannotKeep(
                say(
                    "store.of_another",
                    "{file}: the store of edge {edge!r}, not of this one",
                    "name a snapshot of this edge",
                    file=str(file),
                    edge=proof.edge_id,
                )
            )
        order = Order(snapshot=file, without_archives=without_archives)
        asyncio.get_running_loop().call_later(ANSWER_S, self.anew, order)
        return {"name": str(file), "epoch": proof.epoch, "seq": proof.seq, "facts": proof.facts}

    def view(self) -> Json:
        """The store as `GET /store` shows it."""
        return {
            "path": str(self.store.path),
            "bytes": size_of(self.store.path),
            "sqlite": sqlite3.sqlite_version,
            "free": shutil.disk_usage(self.store.path.parent).free,
            "ballast": {"bytes": self.ballast.size, "whole": self.ballast.whole},
            "snapshots": [shown(one) for one in self.snapshots.all()],
            "recoveries": [asdict(one) for one in self.store.recovery.all()],
            "unconfirmed": self.store.recovery.unconfirmed(),
            "checked": asdict(self.trickle.progress),
            "alarms": self.shown_alarms(),
        }

    def brief(self) -> Json:
        """The store in `/status`."""
        return {
            "unconfirmed": self.store.recovery.unconfirmed(),
            "alarms": self.shown_alarms(),
        }

    def shown_alarms(self) -> list[Json]:
        """What needs a person now."""
        return [asdict(one) for one in self.alarms.values()]

    def _not_due(self) -> float:
        """Seconds until a snapshot is due; 0 where the newest lies in a time to come."""
        newest = [one for one in self.snapshots.all() if one.reason == HOURLY][-1:]
        age = (self.clock.now() - newest[0].made_at) / MICROS if newest else HOUR_S
        return max(HOUR_S - age, 0.0) if age >= 0 else 0.0

    async def _look(self) -> None:
        try:
            await asyncio.to_thread(self.trickle.look)
        except StoreDamaged as damage:
            fact = self.trickle.progress.seq + 1
            self.store.troubles.damage(Order(damage=str(damage), fact=fact, certain=True))
        if faults := self.trickle.archives:
            self._raise("archive_damaged", "; ".join(faults.values()), MEND_ARCHIVE)
        else:
            self._clear("archive_damaged")
        await self._look_at_disk()
        await self._tell()

    async def _look_at_disk(self) -> None:
        disk = shutil.disk_usage(self.store.path.parent)
        low = min(LOW_SPACE, disk.total // LOW_PART)
        if not self.ballast.whole and disk.free > self.keeping.ballast + low // 2:
            await asyncio.to_thread(self.ballast.make)
        if self.ballast.whole and disk.free > low // 2:
            self._clear("disk_full")
        if disk.free >= low:
            self._clear("disk_low")
        elif "disk_full" not in self.alarms:
            free = f"{disk.free >> 20} MB are free"
            self._raise("disk_low", free, "free space on the store's disk")

    async def _make_way(self) -> None:
        """The disk is full: the ballast goes, then all snapshots but the newest."""
        gone = await asyncio.to_thread(self.ballast.drop)
        freed = await asyncio.to_thread(self.snapshots.purge)
        detail = (
            "the disk of the store is full; what machines make stays in their counters until"
            " there is space"
        )
        self._raise("disk_full", detail, "free space on the store's disk")
        if gone or freed:
            log.warning("made_way", ballast=gone, snapshots_bytes=freed)

    def _raise(self, code: str, detail: str, mend: str) -> None:
        if code in self.alarms:
            return
        self.alarms[code] = Alarm(code=code, since=self.clock.now(), detail=detail, mend=mend)
        log.error("alarm", code=code, detail=detail, mend=mend)
        told = {"code": code, "detail": detail, "mend": mend}
        self._untold.append(self._audit("alarm_raised", told))

    def _clear(self, code: str) -> None:
        if (alarm := self.alarms.pop(code, None)) is not None:
            log.info("alarm_cleared", code=code)
            told = {"code": code, "since": alarm.since}
            self._untold.append(self._audit("alarm_cleared", told))

    async def _tell(self) -> None:
        """Record what is to be said, as soon as it can be."""
        try:
            await self._tell_of_restores()
            if drafts := tuple(self._untold):
                await self.store.record(Recording(drafts=drafts))
                del self._untold[: len(drafts)]
        except StoreUnavailable:
            return  # it is said with the next look

    async def _tell_of_restores(self) -> None:
        """Each restore once, also if the edge was killed before it could say so."""
        for one in self.store.recovery.all():
            key = f"store_restored {one.at} {one.id}"
            if key in self._told:
                continue
            draft = self._audit("store_restored", asdict(one))
            request = Request(key=key, fingerprint=str(one.at))
            await self.store.record(Recording(drafts=(draft,), request=request))
            self._told.add(key)

    def _audit(self, action: str, detail: Json) -> FactDraft:
        return FactDraft(
            kind=FactKind.AUDIT,
            occurred_at=self.clock.now(),
            equipment_id=self.site,
            source=Source.SYSTEM,
            body={"action": action, "detail": detail},
        )


def shown(one: Snapshot) -> Json:
    """A snapshot as the API and the commands show it."""
    return {
        "name": one.path.name,
        "number": one.number,
        "reason": one.reason,
        "made_at": one.made_at,
        "epoch": one.proof.epoch,
        "seq": one.proof.seq,
        "facts": one.proof.facts,
        "bytes": one.proof.bytes,
    }


def _why(error: StoreUnusable) -> Sentence:
    """Why a copy cannot be, and what would mend it, where the store's words say it."""
    why, _, mend = str(error).partition("; mend: ")
    if not mend:
        return say("store.failed", "{why}", why=why)
    return say("store.unusable", "{why}", "{mend}", why=why, mend=mend)


def size_of(path: Path) -> int:
    """Bytes of a store with its log."""
    names = (path, path.with_name(f"{path.name}-wal"))
    return sum(one.stat().st_size for one in names if one.exists())


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(call)
