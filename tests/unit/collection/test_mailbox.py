"""A mailbox: every message once, whatever dies between its commit and its acknowledgement."""

from collections import Counter as Tally
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.collection.collector import Collector, Taken
from edge.collection.mailbox import Act, Message, judge
from edge.collection.snapshots import Snapshot
from edge.domain.clock import ManualClock
from edge.domain.facts import Fact, FactKind, encode
from edge.domain.production import HeldReading
from edge.domain.recording import StoreUnavailable
from edge.execution.quarantine.held import meanings
from erp_sync.inbox.ranges import RawRanges
from plc_drivers.reading import Quality, Reading
from tests.contract.fact_schema import check
from tests.unit.collection.bench_machine import SHIFT_START
from tests.unit.collection.fake_driver import center
from tests.unit.collection.memory_store import MemoryJobs, MemoryStore, job

MODULUS = 8
ROLES = ("sequence", "good", "reject", "order", "acknowledge")
ORDERS = (1001010, 1002010)
SETTINGS = center(
    roles=("state", *(f"mailbox_{role}" for role in ROLES)), counters=(), mailbox_modulus=MODULUS
)
LAST = Message(sequence=7, good=3, reject=1, order=5)


@pytest.mark.parametrize(
    ("last", "shown", "acknowledged", "answered", "expected"),
    [
        (None, LAST, 7, False, (Act.BEGIN, "")),
        (None, LAST, 6, False, (Act.HOLD, "mailbox_first")),
        (LAST, LAST, 7, True, (Act.NOTHING, "")),
        (LAST, LAST, 6, False, (Act.ACKNOWLEDGE, "")),
        (LAST, LAST, None, False, (Act.ACKNOWLEDGE, "")),
        (LAST, Message(sequence=7, good=4), 7, False, (Act.NOTHING, "")),
        (LAST, Message(sequence=7, good=4), 0, True, (Act.NOTHING, "")),
        (LAST, Message(sequence=7, good=4), 6, False, (Act.HOLD, "mailbox_changed")),
        (LAST, Message(sequence=0, good=4), 7, True, (Act.RECORD, "")),
        (LAST, Message(sequence=1, good=4), 7, True, (Act.HOLD, "mailbox_gap")),
        (LAST, Message(sequence=6, good=4), 7, True, (Act.HOLD, "mailbox_gap")),
    ],
)
def test_what_a_message_is_after_the_last_one(
    last: Message | None,
    shown: Message,
    acknowledged: int | None,
    answered: bool,
    expected: tuple[Act, str],
) -> None:
    verdict = judge(last, shown, acknowledged, MODULUS, answered=answered)
    assert (verdict.act, verdict.reason) == expected


@dataclass
class Controller:
    """Writes a payload, then its number, and waits until that is acknowledged."""

    shown: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 0))
    waiting: list[tuple[int, int, int]] = field(default_factory=list)
    told: Tally[tuple[str, int]] = field(default_factory=Tally)
    prepared: bool = False

    def make(self, good: int, reject: int, order: int) -> None:
        self.waiting.append((good, reject, order))
        self.told["good", order] += good
        self.told["scrap", order] += reject

    def prepare(self) -> None:
        """The payload of the next message, not yet its number."""
        if not self.prepared and self.waiting and self.idle:
            good, reject, order = self.waiting.pop(0)
            self.shown |= {"good": good, "reject": reject, "order": order}
            self.prepared = True

    def number(self, step: int = 1) -> None:
        """The number of the message that is prepared."""
        if self.prepared:
            self.shown["sequence"] = (self.shown["sequence"] + step) % MODULUS
            self.prepared = False

    @property
    def idle(self) -> bool:
        return self.shown["acknowledge"] == self.shown["sequence"]


@dataclass
class Edge:
    """A collector that can die at any step; only the store is remembered."""

    controller: Controller
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: ManualClock = field(default_factory=lambda: ManualClock(SHIFT_START, 1000.0))

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        jobs = MemoryJobs(numbers={number: job(number) for number in ORDERS})
        self.collector = Collector(
            SETTINGS, writer=self.store, evidence=self.store, jobs=jobs, clock=self.clock
        )
        self.collector.open()

    async def look(self, between: Callable[[], None] = lambda: None) -> Taken:
        """One snapshot, and a second one if it is asked for."""
        taken = await self._take()
        if taken.again:
            between()
            taken = await self._take()
        return taken

    async def _take(self) -> Taken:
        self.clock.advance(0.5)
        now = self.clock.now()
        shown = {f"mailbox_{role}": value for role, value in self.controller.shown.items()}
        values = {**shown, "state": 6}
        readings = {
            tag: Reading(tag, value, Quality.GOOD, None, None, now) for tag, value in values.items()
        }
        return await self.collector.take(
            Snapshot(asked_at=now, polled=self.clock.monotonic(), readings=readings)
        )

    def answer(self, taken: Taken) -> None:
        """The acknowledgement arrives."""
        for value in taken.acknowledge.values():
            self.controller.shown["acknowledge"] = value
            self.collector.acknowledged()

    def counted(self) -> Tally[tuple[str, int]]:
        found: Tally[tuple[str, int]] = Tally()
        for fact in self.store.of(FactKind.PRODUCTION_COUNT):
            assert fact.job_order_id is not None
            order, operation = fact.job_order_id.removeprefix("WO").split(".")
            found[fact.body["role"], int(order) * 1000 + int(operation)] += fact.body["quantity"]
        return found

    def held(self) -> list[Fact]:
        return self.store.of(FactKind.QUARANTINE)


async def step(edge: Edge, what: str) -> None:
    """One thing that can happen, on either side of the wire."""
    controller = edge.controller
    match what:
        case "prepare":
            controller.prepare()
        case "number":
            controller.number()
        case "look":
            edge.answer(await edge.look())
        case "torn":
            edge.answer(await edge.look(controller.number))
        case "lost":  # what is written never arrives
            await edge.look()
        case "late":  # it arrives, and the edge dies before it knows
            taken = await edge.look()
            for value in taken.acknowledge.values():
                controller.shown["acknowledge"] = value
            edge.begin()
        case "die":
            edge.begin()
        case "die after commit":
            await edge.look()
            edge.begin()
        case "full":
            edge.store.down = True
            with suppress(StoreUnavailable):  # at rest nothing has to be recorded
                await edge.look()
            edge.store.down = False


STEPS = (
    *("prepare", "number", "look", "torn"),
    *("lost", "late", "die", "die after commit", "full"),
)
payloads = st.tuples(st.integers(0, 50), st.integers(0, 5), st.sampled_from(ORDERS))


@settings(max_examples=60)
@given(
    made=st.lists(payloads, max_size=12),
    steps=st.lists(st.sampled_from(STEPS), max_size=60),
)
async def test_every_piece_once_whatever_dies_at_whichever_step(
    made: list[tuple[int, int, int]], steps: list[str]
) -> None:
    edge = Edge(Controller())
    await step(edge, "look")
    await step(edge, "look")
    for one in made:
        edge.controller.make(*one)
    for what in steps:
        await step(edge, what)
    for _ in range(4 * len(made) + 4):
        for what in ("prepare", "number", "look"):
            await step(edge, what)
    assert +edge.counted() == +edge.controller.told
    assert not edge.held()
    assert edge.controller.idle
    ranges = RawRanges(ends={}, holes=set())
    for fact in edge.store.facts:
        ranges.take(fact)
        check(encode(fact))


@settings(max_examples=60)
@given(
    made=st.lists(st.tuples(payloads, st.integers(0, MODULUS - 1)), max_size=12),
    steps=st.lists(st.sampled_from(("look", "lost", "late", "die", "full")), max_size=30),
)
async def test_a_controller_that_breaks_the_rule_is_never_believed_and_never_stands(
    made: list[tuple[tuple[int, int, int], int]], steps: list[str]
) -> None:
    """Any number may follow any other: what is not counted is kept apart, never both."""
    edge, told = Edge(Controller()), 0
    await step(edge, "look")
    await step(edge, "look")
    for (good, reject, order), jump in made:
        if jump == 0:
            continue  # the same number again, once answered, says nothing
        edge.controller.make(good, reject, order)
        edge.controller.prepare()
        edge.controller.number(jump)
        told += good + reject
        for what in (*steps[:3], "look", "look", "look"):
            await step(edge, what)
        steps = steps[3:]
        assert edge.controller.idle
    counted = sum(edge.counted().values())
    held = sum(fact.body["raw_to"] - fact.body["raw_from"] for fact in edge.held())
    assert counted + held == told
    ranges = RawRanges(ends={}, holes=set())
    for fact in edge.store.facts:
        ranges.take(fact)
        check(encode(fact))


async def test_a_payload_that_changes_before_it_is_answered_is_kept_apart_once() -> None:
    edge = Edge(Controller())
    await step(edge, "look")
    edge.controller.make(10, 0, ORDERS[0])
    edge.controller.prepare()
    edge.controller.number()
    await step(edge, "lost")
    edge.controller.shown["good"] = 11
    for _ in range(3):
        await step(edge, "lost")
    (held,) = edge.held()
    assert (held.body["reason"], held.body["raw_to"]) == ("mailbox_changed", 11)
    assert edge.store.pieces() == 10
    meant = meanings(
        HeldReading(
            equipment_id="L1",
            id=held.seq,
            at=held.occurred_at,
            tag=held.body["tag"],
            counter_epoch=held.body["counter_epoch"],
            raw_from=held.body["raw_from"],
            raw_to=held.body["raw_to"],
            reason=held.body["reason"],
            role=held.body["role"],
            from_=held.body["from"],
            to=held.body["to"],
            modulus=held.body["modulus"],
            limit=held.body["limit"],
            pieces_per_pulse=None,
            decided=None,
            decided_at=None,
            actor=None,
            quantity=None,
            job_order_id=None,
            note=None,
        )
    )
    assert [(one.how, one.pieces, one.believed) for one in meant] == [("difference", 11, True)]
    audits = edge.store.of(FactKind.AUDIT)
    assert [one.body["detail"]["why"] for one in audits] == ["mailbox_changed"]


async def test_a_message_from_before_the_edge_is_kept_apart() -> None:
    edge = Edge(Controller())
    edge.controller.make(10, 2, ORDERS[0])
    edge.controller.prepare()
    edge.controller.number()
    await step(edge, "look")
    assert {(one.body["tag"], one.body["raw_to"]) for one in edge.held()} == {
        ("mailbox_good", 10),
        ("mailbox_reject", 2),
    }
    assert edge.controller.idle
    edge.controller.make(5, 0, ORDERS[1])
    for what in ("prepare", "number", "look"):
        await step(edge, what)
    assert edge.counted() == {("good", ORDERS[1]): 5}
