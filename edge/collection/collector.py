"""One work center: a snapshot becomes facts, baselines and an observation, at once or not.

All that a snapshot says is committed in one recording. If the store cannot take it, all
stays as it was: the machine's counter holds the pieces until the next snapshot.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from edge.collection.alarms import Alarms, Watch
from edge.collection.calendar_window import CalendarWindow
from edge.collection.changes import NOTHING_HELD
from edge.collection.evidence import EDGE_WAS_DOWN, Evidence, open_interval, taken_up
from edge.collection.following import Follower
from edge.collection.ledger import Bookkeeper, Doubted, Ledger, Tally
from edge.collection.owners import owners
from edge.collection.postbox import Box, Postbox
from edge.collection.production import Known, Producer
from edge.collection.recorder import CollectorHealth, Recorder
from edge.collection.settings import WorkCenterSettings
from edge.collection.snapshots import Seen, Snapshot, look, observed
from edge.collection.states import DelaySays, Gap, On, StateTracker, Tracked
from edge.collection.words import HEARTBEAT_STANDS, NO_ANSWER, NOT_IN_PLANT, of_counters
from edge.domain.clock import Clock
from edge.domain.equipment import JobBook, Observation
from edge.domain.facts import FactDraft, FactKind
from edge.domain.recording import (
    BaselineConflict,
    BaselineMove,
    FactWriter,
    Recording,
    StoreUnavailable,
)
from edge.domain.sentences import Sentence
from edge.domain.vocabulary import PRODUCING

ATTEMPTS = 3
NO_ALARMS, NO_MAIL = Alarms(), Box()
log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Memory:
    """All that a collector knows; replaced as a whole, and only after a commit.

    `beat` is the last heartbeat; `valid` the monotonic second of the last valid snapshot;
    no fact is dated before `written` (us).
    """

    ledger: Ledger
    tracked: Tracked
    valid: float
    written: int
    alarms: Alarms = NO_ALARMS
    beat: int | None = None
    box: Box = NO_MAIL


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What came of a snapshot.

    `observation` is None while a counter has to be read `again`; `doubt` says what could
    not be counted, nothing if all was. `acknowledge` is to be written, by tag: the message that
    it answers is committed.
    """

    observation: Observation | None
    again: bool = False
    doubt: Sequence[Sentence] = ()
    acknowledge: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Judged:
    memory: Memory
    drafts: tuple[FactDraft, ...]
    quarantines: int = 0
    again: bool = False


class Collector:
    """Collects one work center; `open` first, then snapshots as they come, and ticks."""

    def __init__(
        self,
        settings: WorkCenterSettings,
        *,
        writer: FactWriter,
        evidence: Evidence,
        jobs: JobBook,
        clock: Clock,
    ) -> None:
        self.settings = settings
        self.health = CollectorHealth()
        self._evidence, self._jobs, self._clock = evidence, jobs, clock
        self._recorder = Recorder(settings.id, writer, self.health)
        window = CalendarWindow(settings.calendar, settings.zone)
        self._books = Bookkeeper(settings, owners(settings, jobs))
        told = DelaySays(causes=settings.causes, micro_us=settings.micro_stop_us)
        self._tracker = StateTracker(
            settings.id,
            window,
            settings.modes,
            delay=told,
            setup_pieces=settings.setup_pieces,
        )
        self._follower = Follower(settings, self._tracker, jobs)
        self._producer = Producer(settings, window)
        self._postbox = Postbox(settings, jobs)
        self._watch = Watch(settings.id, frozenset(one.role for one in settings.counters))
        self._lock = asyncio.Lock()
        self._memory: Memory | None = None
        self._begun: tuple[FactDraft, ...] = ()  # what the start has to say, until committed
        self._doubts: dict[str, float] = {}  # since when a counter is read again, by tag
        self._observation: Observation | None = None
        self._read_at: int | None = None
        self._recorded = self._polled = float("-inf")
        self._doubt_words = HEARTBEAT_STANDS.detail
        self._retired = False
        self._held = NOTHING_HELD  # what passed since the last recording

    def open(self, why: tuple[str, str] = EDGE_WAS_DOWN) -> None:
        """Take up what the store knows; reads the store.

        `why` says, as reason and in words, what is to be said of the time since.
        """
        now = self._clock.now()
        rows = self._evidence.baselines()
        ledger = self._books.opened(rows)
        interval = open_interval(self._evidence, self.settings.id, now)
        tracked, gap = taken_up(interval, ledger, now, why)
        if interval is not None:
            on = On(job=self._jobs.running(self.settings.id))
            tracked, self._begun = self._tracker.resume(tracked, on, gap)
        self._memory = Memory(
            ledger=ledger,
            tracked=tracked,
            valid=self._clock.monotonic(),
            written=tracked.at,
            box=self._postbox.opened(rows),
        )

    def take_over(self, other: "Collector") -> None:
        """Go on where `other` stands, which is held: it is the same work center, told otherwise.

        Counters stand in the ledger by their tags; one that is new begins with its first reading.
        """
        self.health = other.health
        self._recorder.health, self._recorder.refused = self.health, other._recorder.refused
        box = self._postbox.opened(self._evidence.baselines())
        self._memory = replace(other._opened(), box=box)
        self._begun, self._doubts = other._begun, other._doubts
        self._observation, self._read_at = other._observation, other._read_at
        self._recorded, self._polled = other._recorded, other._polled
        self._doubt_words, self._held = other._doubt_words, other._held

    async def hold(self) -> None:
        """Let nothing be taken or noticed until `go_on`; waits for what is being recorded."""
        await self._lock.acquire()

    def go_on(self, *, retired: bool = False) -> None:
        """End `hold`; whoever is `retired` takes and notices nothing any more."""
        self._retired = retired
        self._lock.release()

    def farewell(self) -> tuple[FactDraft, ...]:
        """What closes the state of a work center that goes away, while it is held."""
        memory, now = self._opened(), self._clock.now()
        tracked, drafts = self._tracker.leave(memory.tracked, now)
        return self._dated(replace(memory, tracked=tracked), drafts)[1]

    @property
    def observation(self) -> Observation | None:
        """The last committed snapshot; None while the machine is silent."""
        shown, memory = self._observation, self._opened()
        if shown is None or memory.tracked.gap is not None:
            return None
        age = self._clock.monotonic() - shown.polled
        return shown if age <= self.settings.patience_s else None

    @property
    def recording(self) -> bool:
        """Whether what the machine makes is recorded: the last snapshot was, a moment ago."""
        age = self._clock.monotonic() - self._polled
        return not self._recorder.refused and age <= self.settings.unknown_after_s

    @property
    def read_at(self) -> int | None:
        """Plant time (us) of the last complete snapshot whose facts are committed."""
        return self._read_at

    async def take(self, snapshot: Snapshot) -> Taken:
        """Count and record a snapshot. Raises StoreUnavailable; then nothing has changed."""
        async with self._lock:
            if self._retired:
                return Taken(observation=None, doubt=(NOT_IN_PLANT,))
            self._held = self._held.joined(snapshot.passed, snapshot.missed)
            for _ in range(ATTEMPTS):
                seen = look(self.settings, snapshot, self._held)
                judged = self._judge(seen)
                if isinstance(judged, Taken):
                    return judged
                try:
                    await self._commit(judged, seen.polled)
                except BaselineConflict as conflict:
                    self._read_anew(conflict)
                    continue
                self._held = NOTHING_HELD
                return self._taken(seen, again=judged.again)
        raise StoreUnavailable(f"{self.settings.id}: baselines keep changing under the count")

    async def tick(self, trouble: str = "") -> None:
        """Notice silence, and cut what is unknown at the calendar's borders.

        `trouble` says what is the matter with the device. Raises StoreUnavailable.
        """
        async with self._lock:
            if self._retired:
                return
            memory, on = self._opened(), On(job=self._jobs.running(self.settings.id))
            since = self._clock.monotonic() - memory.valid
            if since <= self.settings.patience_s and memory.tracked.gap is None:
                return
            gap = self._gap(memory.tracked, trouble)
            tracked, drafts = self._tracker.lose(memory.tracked, self._clock.now(), on, gap)
            await self._commit_states(replace(memory, tracked=tracked), drafts)
            if memory.tracked.gap is None:
                log.warning("state_unknown", work_center=self.settings.id, why=gap.reason)

    async def reclassify(self) -> None:
        """Judge the time class anew, because the job has changed. Raises StoreUnavailable."""
        async with self._lock:
            if self._retired:
                return
            memory = self._opened()
            on = self._follower.on(memory.tracked.shown, memory.tracked.on.order)
            tracked, drafts = self._tracker.judge(memory.tracked, self._clock.now(), on)
            await self._commit_states(replace(memory, tracked=tracked), drafts)

    def _judge(self, seen: Seen) -> _Judged | Taken:
        """What a snapshot makes true, or that it has to be taken again."""
        memory = self._opened()
        tally = self._books.tally(memory.ledger, seen, self._doubted_long(seen))
        if isinstance(tally, Doubted):
            return self._doubt(tally, seen)
        self._doubts = {}
        mail = self._postbox.take(memory.box, seen)
        if mail.pieces or mail.notes:
            tally = replace(
                tally, pieces=(*tally.pieces, *mail.pieces), notes=(*tally.notes, *mail.notes)
            )
        drafts = self._count_drafts(memory, tally, seen)
        alarms, raised = self._alarms(memory, tally, seen)
        followed = self._follower.follow(memory.tracked, seen, memory.beat)
        return _Judged(
            memory=Memory(  # each poll: made at once, which costs a third of `replace`
                ledger=tally.ledger,
                tracked=followed.tracked,
                valid=seen.polled if followed.valid else memory.valid,
                written=memory.written,
                alarms=alarms,
                beat=seen.values.get("heartbeat"),
                box=mail.box,
            ),
            drafts=(*drafts, *raised, *followed.drafts),
            quarantines=sum(note.kind == FactKind.QUARANTINE for note in tally.notes),
            again=mail.again,
        )

    def _count_drafts(self, memory: Memory, tally: Tally, seen: Seen) -> list[FactDraft]:
        """Facts of counts, each epoch's baseline where it belongs: the store replays them."""
        if not tally.pieces and not tally.notes:
            return []
        tracked = memory.tracked
        passed = {one.values["state"] for one in seen.passed if "state" in one.values}
        states = {tracked.shown.state, *passed}
        both = seen.shown is not None and {*states, seen.shown.state} <= PRODUCING
        patience = self.settings.patience_s
        unbroken = tracked.gap is None and seen.polled - memory.valid <= patience
        since = tracked.valid_at if both and unbroken else None
        known = Known(running_since=since, patience_s=patience)
        began = min((one.start for one in tally.pieces), default=seen.at)
        ended = max((one.end for one in tally.pieces), default=seen.at)
        note = self._producer.note
        return [
            *(note(one, began) for one in tally.notes if one.ahead),
            *(draft for one in tally.pieces for draft in self._producer.facts(one, seen, known)),
            *(note(one, ended) for one in tally.notes if not one.ahead),
        ]

    def _alarms(
        self, memory: Memory, tally: Tally, seen: Seen
    ) -> tuple[Alarms, tuple[FactDraft, ...]]:
        alarms, told = memory.alarms, tuple[FactDraft, ...]()
        if seen.countable:
            alarms, told = self._watch.counted(alarms, tally.pieces, seen.at)
        # A machine that does not tell its state may be running.
        producing = "state" not in self.settings.tags or (
            seen.shown is not None and seen.shown.state in PRODUCING
        )
        alarms, stuck = self._watch.saturated(
            alarms, tally.saturated, tally.left_end, seen.at, producing=producing
        )
        return alarms, (*told, *stuck)

    def _gap(self, tracked: Tracked, trouble: str) -> Gap:
        start = tracked.at if tracked.valid_at is None else tracked.valid_at
        if self._clock.monotonic() - self._polled > self.settings.patience_s:
            detail = trouble or NO_ANSWER.detail
            return Gap(start=start, reason="unreachable", detail=detail)
        return Gap(start=start, reason="bad_quality", detail=self._doubt_words)

    def _doubted_long(self, seen: Seen) -> frozenset[str]:
        patience = self.settings.recheck_s
        return frozenset(
            tag for tag, since in self._doubts.items() if seen.polled - since >= patience
        )

    def _doubt(self, doubted: Doubted, seen: Seen) -> Taken:
        self._doubts = {tag: self._doubts.get(tag, seen.polled) for tag in doubted.reasons}
        self.health.rechecks += 1
        return Taken(observation=None, again=True, doubt=of_counters(doubted.reasons))

    async def _commit(self, judged: _Judged, polled: float) -> None:
        memory, drafts = self._dated(judged.memory, judged.drafts)
        moves = (*memory.ledger.moves, *memory.box.moves)
        due = polled - self._recorded >= self.settings.evidence_s
        if drafts or due or any(_is_news(move) for move in moves):
            await self._recorder.record(Recording(drafts=drafts, baselines=moves))
            self._recorded, self._begun = polled, ()
            memory = replace(memory, ledger=memory.ledger.settled(), box=memory.box.settled())
        self._memory = memory
        self.health.quarantines += judged.quarantines

    async def _commit_states(self, memory: Memory, states: tuple[FactDraft, ...]) -> None:
        memory, drafts = self._dated(memory, states)
        if drafts:
            await self._recorder.record(Recording(drafts=drafts))
            self._begun = ()
        self._memory = memory

    def _dated(
        self, memory: Memory, drafts: tuple[FactDraft, ...]
    ) -> tuple[Memory, tuple[FactDraft, ...]]:
        """The facts by time, none before what was already written; ties stay as given.

        Pieces recovered after a silence say in `from`, `to` and `hour` when they were made.
        """
        if not drafts and not self._begun:
            return memory, ()
        dated, last = [], memory.written
        for draft in sorted((*self._begun, *drafts), key=lambda draft: draft.occurred_at):
            last = max(last, draft.occurred_at)
            late = last != draft.occurred_at
            dated.append(replace(draft, occurred_at=last) if late else draft)
        return replace(memory, written=last), tuple(dated)

    def _read_anew(self, conflict: BaselineConflict) -> None:
        """Another hand moved the baselines: what they say now is where counting goes on."""
        self.health.conflicts += 1
        log.warning("baselines_moved", work_center=self.settings.id, why=str(conflict))
        rows = self._evidence.baselines()
        ledger, box = self._books.opened(rows), self._postbox.opened(rows)
        self._memory = replace(self._opened(), ledger=ledger, box=box)

    def acknowledged(self) -> None:
        """The machine has been told that its last message is recorded."""
        memory = self._opened()
        self._memory = replace(memory, box=replace(memory.box, answered=True))

    def _taken(self, seen: Seen, *, again: bool = False) -> Taken:
        self.health.snapshots += 1
        self._polled = seen.polled
        self._read_at = seen.at if seen.countable else self._read_at
        self._doubt_words = (seen.doubt or HEARTBEAT_STANDS).detail
        self._observation = observed(self.settings.id, seen)
        return Taken(
            observation=self._observation,
            again=again,
            doubt=(seen.doubt,) if seen.doubt and not seen.countable else (),
            acknowledge=self._postbox.due(self._opened().box, seen),
        )

    def _opened(self) -> Memory:
        if self._memory is None:
            raise RuntimeError(f"{self.settings.id}: the collector was not opened")
        return self._memory


def _is_news(move: BaselineMove) -> bool:
    """Whether a move says more than that the machine was seen again."""
    return move.expected is None or move.expected.raw != move.new.raw
