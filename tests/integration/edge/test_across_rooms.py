"""Whatever people say of pieces, in any order, in all rooms: every book keeps each piece once.

A random history of one line's counts, jobs, scrap, rework, quarantined pieces, corrections, moved
boundaries, assignments, approvals, opening rows, lots and stops, archives and rebuilds between.
After each step the sums of hours, jobs and facts are the same; in the end the projections are those
that the facts make, and sync has the same sums by its own fold and in its feed.
"""

import asyncio
import contextlib
import os
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from edge.domain.clock import parse_time
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.recording import Request, RequestConflict, VersionConflict
from edge.domain.vocabulary import JobState
from edge.execution import errors
from edge.execution.desk import Asked
from edge.execution.genealogy.scanning import Received
from edge.execution.orders.actions import Actions
from edge.execution.orders.onward import Onward
from edge.execution.quality.disposing import WAYS, Disposition, Suspects
from edge.execution.restating.assigning import Assignment
from edge.execution.restating.borders import Move
from edge.execution.restating.correcting import Correction
from edge.execution.restating.declaring import LATEST, Found, MadeIn, ReworkDone
from edge.execution.restating.opening import Opening, OperationRow
from edge.storage.archives.moving import Wanted
from tests.integration.edge.agreeing_books import HOUR, Books
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.unit.execution.floor_parts import definition, order, schedule

AUTUMN = parse_time("2026-10-25T01:00:00+02:00")
BLOCK = 256
REFUSED = (
    errors.BeyondTolerance,
    errors.FaultyRows,
    errors.Implausible,
    errors.InvalidAction,
    errors.NotAllowed,
    errors.NothingReported,
    errors.UnknownObject,
    VersionConflict,
)
JOBS = ("WO1.10", "WO1.10", "WO1.10", "WO2.10", "WO1.20", "WO2.20")
jobs = st.sampled_from(JOBS)
pieces = st.integers(1, 40)
minutes = st.integers(1, 50)
places = st.integers(0, 30)
words = st.integers(1, 8)  # what people say is refused beyond what there is
ago = st.sampled_from([-1, -1, 0, 1, 2])
SIDES = [
    (None, "WO1.10"),
    ("WO1.10", None),
    ("WO1.10", "WO2.10"),
    ("WO2.10", "WO1.10"),
    (None, "WO2.10"),
    ("WO2.10", None),
]
AS = st.sampled_from([None, None, None, "good", "reject"])


class Floor(Books):
    """One line of two work centers; the first sets up with approval for orders of WO2."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.undo = contextlib.AsyncExitStack()
        self.folder = Path(self.loop.run_until_complete(self._enter()))
        self.keys, self.raw, self.signed = (
            0,
            Counter[tuple[str, str]](),
            dict[int, tuple[int, int]](),
        )
        self.lots, self.base, self.archived = 0, SIX, False
        self.refused = Counter[str]()

    async def _enter(self) -> str:
        folder = self.undo.enter_context(tempfile.TemporaryDirectory())
        other = definition("HINGE-S")
        product = replace(other, content={**other.content, "setup_pieces": "approval"})
        second = {**order("WO2", 2), "product": "HINGE-S"}
        steel = {"material": "STEEL", "quantity": "1/8", "unit": "kg", "tracked": "lot"}
        first = definition()
        first.content["operations"][0]["materials"] = [{**steel, "revision": "B"}]
        documents = (first, product, schedule(1, order("WO1"), second))
        self.here: Site = await self.undo.enter_async_context(
            site(Path(folder), documents=documents)
        )
        self.actions = Actions(self.here.floor)
        return folder

    def teardown(self) -> None:
        try:
            self.books_agree()
        finally:
            self.loop.run_until_complete(self.undo.aclose())
            self.loop.close()

    @initialize(night=st.sampled_from([0, 0, 0, 1]), many=st.sampled_from([20, 20, 20, 0]))
    def begins(self, night: int, many: int) -> None:
        """At six, or an hour before clocks are set back; mostly with pieces to speak of."""
        if night:
            self.base = AUTUMN
            self.here.clock.plant = self.base + 10 * MINUTE
        self.mounts()
        self.acts("WO1.10", "start")
        if many:
            self.runs("WO1.10", many, 25)

    # What happens

    @rule(minutes=minutes)
    def later(self, minutes: int) -> None:
        self.here.clock.plant += minutes * MINUTE

    @rule(
        center=st.sampled_from(["L1", "L2"]),
        many=pieces,
        role=st.sampled_from(["good", "good", "scrap"]),
        tool=st.booleans(),
        nobody=st.sampled_from([False, False, True]),
    )
    def counts(self, center: str, many: int, role: str, tool: bool, nobody: bool) -> None:
        floor, now = self.here.floor, self.here.clock.now()
        floor.register.reload()
        job = None if nobody else floor.register.running_job(center)
        if job is not None and job.state != JobState.RUNNING:
            job = None
        flags: list[str] = []
        if job is not None and job.phase == "setup":
            flags = ["setup"]
            role = "scrap" if floor.work_centers[center].setup_policy(job) != "good" else role
        when = self.actions.declaring._desk.when(center, now, job)
        raw = self.raw[center, role]
        self.raw[center, role] += many
        body = {
            "role": role,
            "quantity": many,
            "tag": role,
            "counter_epoch": 1,
            "raw_from": raw,
            "raw_to": raw + many,
            "from": max(now - 3 * MINUTE, when["hour"]),
            "to": now,
            "flags": flags,
            **when,
        }
        if tool:
            body["tool"] = {"id": "T7", "pieces_per_stroke": "2"}
        self.do(
            self.here.record(
                FactDraft(
                    kind=FactKind.PRODUCTION_COUNT,
                    occurred_at=now,
                    equipment_id=center,
                    job_order_id=job.id if job else None,
                    source=Source.PLC,
                    body=body,
                )
            )
        )

    @rule(of=st.sampled_from(["WO1.10", "WO2.10"]), many=pieces, minutes=minutes)
    def runs(self, of: str, many: int, minutes: int) -> None:
        """The first work center goes to a job, if it is not on it, and makes pieces of it."""
        self.here.floor.register.reload()
        on = self.here.floor.register.running_job("L1")
        if on is not None and on.id != of:
            self.acts(on.id, "complete")
        if on is None or on.id != of:
            self.acts(of, "start")
        self.state("L1", "APT")
        for role in ("good", "good", "scrap"):
            self.later(minutes)
            self.counts("L1", many, role, tool=False, nobody=False)

    @rule(
        center=st.sampled_from(["L1", "L2"]), shown=st.sampled_from(["APT", "ADET", "ASUT", "ADOT"])
    )
    def state(self, center: str, shown: str) -> None:
        floor, now = self.here.floor, self.here.clock.now()
        job = floor.register.running_job(center)
        body = {
            "state": {"APT": 6, "ASUT": 15}.get(shown, 11),
            "mode": 1,
            "fault": 0,
            "time_class": shown,
            "calendar": self.actions.declaring._desk.when(center, now, None)["calendar"],
            "reason": "state",
        }
        self.do(
            self.here.record(
                FactDraft(
                    kind=FactKind.EQUIPMENT_STATE,
                    occurred_at=now,
                    equipment_id=center,
                    job_order_id=job.id if job else None,
                    source=Source.PLC,
                    body=body,
                )
            )
        )

    @rule(id_=jobs, action=st.sampled_from(["start", "start", "complete", "interrupt", "resume"]))
    def acts(self, id_: str, action: str) -> None:
        def again(asked: Asked) -> Coroutine[Any, Any, Any]:
            return self.actions.change_job(id_, action, asked, confirm=True)

        self.says(again, self.version(id_))
        self.do(self.settle())

    @rule(id_=jobs, many=words, made=ago, counted_as=AS)
    def scraps(self, id_: str, many: int, made: int, counted_as: Any) -> None:
        found = Found(quantity=many, reason="burr", made=self.made(made), counted_as=counted_as)
        self.says(lambda a: self.actions.declaring.scrap(id_, found, a))

    @rule(id_=jobs, many=words, made=ago)
    def reworks(self, id_: str, many: int, made: int) -> None:
        self.says(lambda a: self.actions.declaring.rework(id_, many, "burr", a, self.made(made)))

    @rule(
        id_=jobs,
        many=words,
        result=st.sampled_from(["good", "scrap"]),
        again=st.sampled_from([None, None, "good", "scrap"]),
    )
    def reworked(self, id_: str, many: int, result: Any, again: Any) -> None:
        done = ReworkDone(quantity=many, result=result, counted_as=again)
        self.says(lambda a: self.actions.declaring.rework_done(id_, done, a))

    @rule(id_=jobs, many=words, hour=ago)
    def suspects(self, id_: str, many: int, hour: int) -> None:
        said = Suspects(
            quantity=many, reason="burr", hour=None if hour < 0 else self.base + hour * HOUR
        )
        self.says(lambda a: self.here.rooms.quality.disposing.open(id_, said, a))

    @rule(place=places, way=st.sampled_from(sorted(WAYS)), many=st.one_of(st.none(), words))
    def disposes(self, place: int, way: str, many: int | None) -> None:
        if opened := self.facts("nonconformance", "opened"):
            said = Disposition(decision=way, note="looked at", quantity=many)
            id_ = opened[place % len(opened)].seq
            self.says(lambda a: self.here.rooms.quality.disposing.decide(id_, said, a))

    @rule(
        place=places,
        kind=st.sampled_from(["production_count", "production_count", "scrap"]),
        many=st.one_of(st.none(), st.integers(0, 60)),
        job=st.sampled_from(["", "", "WO1.10", "WO2.10", None]),
    )
    def corrects(self, place: int, kind: str, many: int | None, job: str | None) -> None:
        found = self.facts(kind)
        changes: dict[str, Any] = {} if many is None else {"quantity": many}
        changes |= {} if job == "" else {"job_order_id": job}
        if found and changes:
            seq = found[place % len(found)].seq
            said = Correction(changes=changes, note="counted by hand")
            self.says(lambda a: self.actions.correcting.correct(seq, said, a))

    @rule(
        sides=st.sampled_from(SIDES),
        back=st.integers(0, 300),
        by_raw=st.integers(0, 5),
    )
    def boundary_moves(self, sides: tuple[str | None, str | None], back: int, by_raw: int) -> None:
        move = Move(
            before=sides[0], after=sides[1], note="late", at=self.here.clock.now() - back * MINUTE
        )
        if by_raw == 0:
            move = replace(move, at=None, raw=("good", back))
        self.says(lambda a: self.here.rooms.boundaries.move("L1", move, a))

    @rule(
        sides=st.sampled_from(SIDES),
        hour=st.integers(0, 2),
        many=st.one_of(st.none(), words),
    )
    def assigns(self, sides: tuple[str | None, str | None], hour: int, many: int | None) -> None:
        of, job = sides
        said = Assignment(
            job=job, taken_from=of, hour=self.base + hour * HOUR, quantity=many, note="his"
        )
        self.says(lambda a: self.here.rooms.assigning.assign("L1", said, a))

    @rule(id_=jobs, good=words)
    def approves(self, id_: str, good: int) -> None:
        self.says(lambda a: self.actions.approving.approve(id_, good, a))

    @rule(
        id_=jobs,
        good=st.integers(0, 60),
        scrap=st.integers(0, 10),
        finished=st.booleans(),
        confirm=st.booleans(),
    )
    def opens(self, id_: str, good: int, scrap: int, finished: bool, confirm: bool) -> None:
        number, operation = id_.split(".")
        row = OperationRow(
            row=1,
            order=number,
            operation=int(operation),
            good=good,
            scrap=scrap,
            state="finished" if finished else "open",
        )
        opening = Opening(operations=[row], counters=[], sha256="0" * 64, confirm=confirm)
        self.says(lambda a: self.here.rooms.openings.take(opening, a))
        self.do(self.settle())

    @precondition(lambda self: self.lots < 4)
    @rule()
    def mounts(self) -> None:
        self.lots += 1
        lot = f"S{self.lots}"
        mounting = self.here.rooms.materials.mounting
        self.says(
            lambda a: mounting.receive(
                Received(lot=lot, material="STEEL", revision="B", quantity="9", unit="kg"), a
            )
        )
        self.says(lambda a: mounting.mount("L1", lot, a))

    @rule(place=places, after=minutes, join=st.booleans())
    def splits(self, place: int, after: int, join: bool) -> None:
        stops = self.here.store.reader.stops("L1", 0, self.here.clock.now() + 1)
        if stops:
            stop, room = stops[place % len(stops)], self.here.rooms.stops
            at = stop.start + after * MINUTE
            self.says(
                lambda a: room.merge(stop.id, at, a) if join else room.split(stop.id, at, "", "", a)
            )

    @rule(hour=st.integers(0, 4))
    def signs(self, hour: int) -> None:
        at = self.base + hour * HOUR
        self.says(lambda a: self.here.rooms.board.cause("L1", at, "jam", "", a))
        self.says(lambda a: self.here.rooms.board.sign("L1", at, "", a))

    @rule(quantity=st.sampled_from([0, 20, 60, 100, 140]))
    def plans(self, quantity: int) -> None:
        self.revision = getattr(self, "revision", 1) + 1
        second = {**order("WO2", 2), "product": "HINGE-S"}
        orders = [second] if not quantity else [order("WO1", quantity=quantity), second]
        self.do(self.here.take(schedule(self.revision, *orders)))
        self.do(self.settle())

    @precondition(lambda self: not self.archived)
    @rule()
    def archives(self) -> None:
        self.archived = True
        padding = FactDraft(
            kind=FactKind.AUDIT,
            occurred_at=self.here.clock.now(),
            equipment_id="s1",
            source=Source.SYSTEM,
            body={
                "action": "label_printed",
                "detail": {"lot": "P", "copy": 1, "label": "lot", "printer": "p", "sent": True},
            },
        )
        self.do(self.here.record(*([padding] * BLOCK)))
        self.do(self.here.store.archivist.run(Wanted(before=1 << 60, acknowledged=None)))

    @rule()
    def rebuilds(self) -> None:
        self.do(self.here.store.rebuild())
        self.here.floor.register.reload()

    # How it is said

    def says(self, work: Any, version: int | None = None) -> None:
        """Say it once, then again (nothing changes), then something else under its key."""
        self.keys += 1
        key = f"k{self.keys}"
        asked = Asked(actor="ann", request=Request(key=key, fingerprint=key), version=version)
        before = self.here.store.reader.chain_end().seq
        try:
            self.do(work(asked))
        except REFUSED as error:
            why = error
            self.refused[type(why).__name__] += 1
            kept = [one.kind for one in self.here.store.reader.facts_after(before, 10)]
            assert set(kept) <= {"audit"}, (why, kept)  # a lot that is refused is kept in mind
            return
        end = self.here.store.reader.chain_end().seq
        if end == before:
            return
        self.do(work(asked))
        assert self.here.store.reader.chain_end().seq == end
        with pytest.raises(RequestConflict):
            self.do(work(replace(asked, request=Request(key=key, fingerprint="other"))))
        assert self.here.store.reader.chain_end().seq == end

    async def settle(self) -> None:
        self.here.floor.register.reload()
        for _ in range(20):
            before = self.here.store.reader.chain_end().seq
            await Onward(self.here.floor).look()
            if self.here.store.reader.chain_end().seq == before:
                return
        raise AssertionError("it does not come to rest")

    def version(self, id_: str) -> int | None:
        self.here.floor.register.reload()
        job = self.here.floor.register.jobs.get(id_)
        return job.version if job else None

    def made(self, hour: int) -> MadeIn:
        return LATEST if hour < 0 else MadeIn(hour=self.base + hour * HOUR)


SEARCH = os.environ.get("HYPOTHESIS_PROFILE") == "search"


def test_every_piece_is_once_whatever_is_said_of_it() -> None:
    """`HYPOTHESIS_PROFILE=search` looks for longer, at other histories each time."""
    examples, steps = (1000, 50) if SEARCH else (12, 25)
    bounds = settings(max_examples=examples, stateful_step_count=steps, deadline=None)
    run_state_machine_as_test(Floor, settings=bounds)


# Random histories are short, and mostly refused: in this one each room has its say.
HISTORY: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("scraps", ("WO1.10", 2, 0, None)),
    ("reworks", ("WO1.10", 4, -1)),
    ("reworked", ("WO1.10", 2, "good", None)),
    ("reworked", ("WO1.10", 1, "scrap", "good")),
    ("suspects", ("WO1.10", 5, -1)),
    ("disposes", (0, "scrap", 2)),
    ("disposes", (0, "use", None)),
    ("corrects", (0, "production_count", 18, "")),
    ("counts", ("L1", 9, "good", False, True)),
    ("assigns", ((None, "WO1.10"), 1, 4)),
    ("state", ("L1", "ADET")),
    ("later", (20,)),
    ("state", ("L1", "APT")),
    ("splits", (0, 5, False)),
    ("splits", (0, 5, True)),
    ("signs", (0,)),
    ("runs", ("WO2.10", 6, 10)),
    ("approves", ("WO2.10", 3)),
    ("boundary_moves", (("WO1.10", "WO2.10"), 45, 1)),
    ("opens", ("WO2.20", 0, 0, True, True)),
    ("plans", (140,)),
    ("mounts", ()),
    ("archives", ()),
    ("corrects", (1, "production_count", 19, "")),
    ("rebuilds", ()),
)


@pytest.mark.parametrize("night", [0, 1])
def test_each_room_has_its_say_and_every_piece_is_once(night: int) -> None:
    floor, silent = Floor(), {"later", "rebuilds"}
    if night:
        silent.add("signs")  # no shift, nothing to sign
    try:
        floor.begins(night=night, many=20)
        for name, said in HISTORY:
            end = floor.here.store.reader.chain_end().seq
            getattr(floor, name)(*said)
            recorded = floor.here.store.reader.chain_end().seq > end
            assert recorded == (name not in silent), (name, said, floor.refused)
            floor.every_piece_is_once()
            floor.rooms_hold_what_they_keep()
            floor.what_is_used_was_passed_on_or_is_shown()
    finally:
        floor.teardown()
