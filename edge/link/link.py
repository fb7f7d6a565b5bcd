"""The link to sync: facts up, documents down, and what is known of it.

The edge works without it. Facts wait in the store until sync has committed them;
`forwarded` moves only on its acknowledgement, so a lost answer sends them again
and sync knows them by (edge, epoch, seq).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import stamina
import structlog

from edge.domain.chain import ChainConflict, ChainEnd, LinkStore
from edge.domain.clock import Clock
from edge.domain.production import ProductionReader
from edge.domain.recording import Document, FactsLacking, StoreUnavailable
from edge.link.client import Asked, Hello, SyncClient
from edge.link.errors import Forked, OutOfStep, SyncRefuses, SyncUnreachable

BATCH = 500
IDLE_S = 2.0  # an empty batch as a sign of life, which moves the watermark
DOWNLINK_WAIT_S = 20
RESTORE_PAUSE_S = 2.0  # until a restore that was cut off is tried again
RESTORE = "restore"
QUESTIONS_WAIT_S = 20
QUESTIONS_PAUSE_S = 60.0
Answers = Callable[[Asked], Awaitable[tuple[int, object]]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class LinkStatus:
    """`state`: off, connecting, connected, unreachable, refused or forked; `since` plant µs."""

    state: str
    since: int
    detail: str = ""


@dataclass
class Link:
    """One edge's link.

    `answers` answers what is asked at sync; `take` records documents; `watermark` gives the
    plant time up to which all is recorded; `news` returns once there are facts beyond the
    given seq, or after some seconds.
    """

    client: SyncClient
    reader: ProductionReader
    store: LinkStore
    clock: Clock
    version: str
    take: Callable[[Sequence[Document]], Awaitable[None]]
    watermark: Callable[[], int]
    news: Callable[[int, float], Awaitable[bool]]
    answers: Answers | None = None

    def __post_init__(self) -> None:
        self.status = LinkStatus("connecting", self.clock.now())
        self._moved = False
        self._behind = False  # whether sync said that this store lacks facts

    def waiting(self) -> int:
        """Facts that sync has not acknowledged yet."""
        return self.reader.chain_end().seq - self.store.acknowledged()[0]

    async def greet(self, seconds: float) -> None:
        """Say hello before counting begins; without an answer in time the edge starts alone.

        Once sync has said that this store lacks facts, their return is awaited however long it
        takes: whoever counts without them counts them again, and the two chains part for ever.
        """
        while True:
            if await self._greeted(seconds):
                return
            await asyncio.sleep(RESTORE_PAUSE_S)

    async def _greeted(self, seconds: float) -> bool:
        """Whether counting may begin."""
        try:
            end = self.store.standing()
            async with asyncio.timeout(seconds):
                answer = await self._said(end)
            self._behind = answer.action == RESTORE
            await self._welcomed(end, answer)
            self._behind = False
        except (SyncUnreachable, TimeoutError) as error:
            self._is("unreachable", str(error) or "no answer")
        except (SyncRefuses, Forked, FactsLacking, StoreUnavailable) as error:
            self._is(_STATES[type(error)], str(error))
        return not self._behind or self.status.state in {"refused", "forked"}

    async def run(self) -> None:
        """Keep the link up for ever; losses and refusals are logged once and tried again."""
        while True:
            async for attempt in stamina.retry_context(
                on=tuple(_STATES),
                attempts=None,
                timeout=None,
                wait_initial=0.5,
                wait_max=15.0,
                wait_jitter=1.0,
            ):
                with attempt:
                    await self._attempt()

    async def _attempt(self) -> None:
        """One session; one that forwarded or took something starts the back-off anew."""
        self._moved = False
        failed: Exception | None = None
        try:
            await self._hello()
            await self._session()
        except* tuple(_STATES) as group:
            failed = _first(group)
        if failed is None:
            return
        self._is(_STATES[type(failed)], str(failed))
        if not self._moved:
            raise failed

    async def _session(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._up())
            tasks.create_task(self._down())
            if self.answers is not None:
                tasks.create_task(self._answering(self.answers))

    async def _hello(self) -> None:
        end = self.store.standing()
        await self._welcomed(end, await self._said(end))

    async def _said(self, end: ChainEnd) -> Hello:
        """Sync's answer to where this edge stands."""
        return await self.client.hello(end, self.store.acknowledged()[0], self.version)

    async def _welcomed(self, end: ChainEnd, answer: Hello) -> None:
        """Stand where sync's answer says."""
        if answer.action == RESTORE:
            await self._restore(end, answer)
            return self._is("connected")
        try:
            await self.store.acknowledge(answer.acknowledged_seq, answer.acknowledged_hash)
            await self._settled(answer.epoch, [])
        except ChainConflict as conflict:
            raise Forked(
                f"sync holds another fact {answer.acknowledged_seq} of this edge than its own "
                f"store ({conflict}); nothing is forwarded until a person has looked at both"
            ) from conflict
        return self._is("connected")

    async def _restore(self, end: ChainEnd, answer: Hello) -> None:
        """Take back what this store lacks, before any counter is read."""
        facts: list[bytes] = []
        while page := await self.client.facts_after(end.seq + len(facts), BATCH):
            facts += page
        try:
            await self._settled(answer.epoch, facts)
        except ChainConflict as conflict:
            raise Forked(f"sync's facts do not follow this store's: {conflict}") from conflict
        await self.store.acknowledge(answer.acknowledged_seq, answer.acknowledged_hash)
        log.warning("store_restored_from_sync", facts=len(facts), epoch=answer.epoch)

    async def _settled(self, epoch: int, facts: Sequence[bytes]) -> None:
        """Settle a restore, if one waits for it; what was recorded meanwhile may go out then."""
        done = await self.store.settle(epoch, facts)
        if done.rechained or done.held:
            log.warning("restore_settled", **vars(done), epoch=epoch)

    async def _up(self) -> None:
        """Forward facts in order, a batch at a time."""
        while True:
            watermark = self.watermark()
            end = self.reader.chain_end()
            sent, _ = self.store.acknowledged()
            facts = self.reader.facts_after(sent, BATCH)
            reaches_end = not facts or facts[-1].seq >= end.seq
            before = watermark if reaches_end else facts[0].occurred_at
            seq, hash_ = await self.client.send(end.epoch, facts, before)
            if facts and (seq, hash_) != (facts[-1].seq, facts[-1].hash):
                raise OutOfStep(f"sync acknowledges {seq}, sent up to {facts[-1].seq}")
            if facts:
                await self.store.acknowledge(seq, hash_)
                self._moved = True
            if reaches_end:
                await self.news(end.seq, IDLE_S)

    async def _down(self) -> None:
        """Take documents as they come; they are kept before the next are asked for."""
        while True:
            after, sha256 = self.reader.downlink_end()
            documents = await self.client.downlink(after, sha256, DOWNLINK_WAIT_S)
            if documents:
                await self.take(documents)
                self._moved = True

    async def _answering(self, answers: Answers) -> None:
        """Answer what is asked at sync, one after the other, as it comes."""
        while True:
            try:
                asked = await self.client.questions(QUESTIONS_WAIT_S)
            except SyncRefuses:  # a sync of before, which asks nothing
                await asyncio.sleep(QUESTIONS_PAUSE_S)
                continue
            for one in asked:
                status, body = await answers(one)
                await self.client.answer(one.id, status, body)

    def _is(self, state: str, detail: str = "") -> None:
        if state != self.status.state:
            write = log.info if state == "connected" else log.warning
            write("link", state=state, detail=detail)
            self.status = LinkStatus(state, self.clock.now(), detail)
        elif detail != self.status.detail:
            self.status = LinkStatus(state, self.status.since, detail)


_STATES: dict[type[Exception], str] = {
    SyncUnreachable: "unreachable",
    SyncRefuses: "refused",
    Forked: "forked",
    OutOfStep: "connecting",
    FactsLacking: "refused",  # by this store: counting begins, forwarding waits for the file
    StoreUnavailable: "connecting",
}


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """The error that ended a session; the others followed from it."""
    error: Exception = group
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
