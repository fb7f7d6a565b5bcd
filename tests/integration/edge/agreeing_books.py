"""What must hold of an edge's store, of its rooms and of sync's books, whatever was said."""

import asyncio
import contextlib
import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Coroutine
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis.stateful import RuleBasedStateMachine, invariant

from edge.domain.facts import Fact, FactKind, decode
from edge.domain.intervals import Interval
from edge.kpi.book import Question
from edge.kpi.scopes import Level, Period
from edge.storage.verify import verify
from erp_sync.inbox import chain, intake
from erp_sync.storage.engine import Store as SyncStore
from tests.contract.fact_schema import check
from tests.contract.sync.site import config_at
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site

HOUR = 60 * MINUTE
UNHASHED = frozenset({"schedule_received"})  # documents of these tests have no hash
PIECES = ("good", "scrap", "rework")
BUCKET = ("equipment_id", "hour", "job_order_id", "run_time_per_item", "shift", "production_day")
STATES = 'equipment_id, opened, start, "end", time_class, job_order_id'
STOPS = 'equipment_id, id, start, "end", reason'


class Books(RuleBasedStateMachine):
    """A machine whose store, in `folder`, is looked at after each step and at the end."""

    here: Site
    folder: Path
    base: int
    signed: dict[int, tuple[int, int]]
    loop: asyncio.AbstractEventLoop

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Have it done on the loop of the store."""
        return self.loop.run_until_complete(work)

    @invariant()
    def every_piece_is_once(self) -> None:
        rows = self.rows(f"SELECT {', '.join((*BUCKET, *PIECES))} FROM hour_bucket")
        for row in rows:
            assert min(row[-3:]) >= 0, ("an hour below 0", row)
        by_job: dict[str, list[int]] = {}
        for row in rows:
            mine = by_job.setdefault(row[2], [0, 0, 0])
            mine[:] = [a + b for a, b in zip(mine, row[-3:], strict=True)]
        opened = {
            row[0]: row[1:]
            for row in self.rows("SELECT job_order_id, good, scrap FROM job_opening")
        }
        for id_, *had in self.rows(f"SELECT job_order_id, {', '.join(PIECES)} FROM job_progress"):
            good, scrap = opened.get(id_, (0, 0))
            made = by_job.pop(id_, [0, 0, 0])
            assert had == [made[0] + good, made[1] + scrap, made[2]], (
                id_,
                had,
                made,
                opened.get(id_),
            )
            assert min(had) >= 0, ("a job below 0", id_, had)
        assert set(by_job) <= {""}, by_job
        told = told_by([decode(one.data) for one in self.here.store.reader.facts_after(0, 100_000)])
        assert sum(sum(row[-3:]) for row in rows) == told

    @invariant()
    def rooms_hold_what_they_keep(self) -> None:
        for row in self.rows("SELECT job_order_id, hour, pieces, approved FROM setup_bucket"):
            assert 0 <= row[3] <= row[2], ("set-up", row)
        place = ", ".join(BUCKET)
        sums = "sum(held + waiting), min(held), min(waiting)"
        kept = self.rows(f"SELECT {place}, {sums} FROM nonconformance_part GROUP BY {place}")
        rework = {
            row[:6]: row[6]
            for row in self.rows(f"SELECT {', '.join(BUCKET)}, rework FROM hour_bucket")
        }
        for row in kept:
            assert min(row[7:]) >= 0, row
            assert rework.get(row[:6], 0) >= row[6], ("kept apart, and not there", row, rework)
        sql = "SELECT hour, good, scrap FROM hour_signature WHERE signed_seq IS NOT NULL"
        for hour, good, scrap in self.rows(sql):
            assert self.signed.setdefault(hour, (good, scrap)) == (good, scrap)
        for stop in self.rows(
            'SELECT start, "end" FROM stop WHERE start IS NOT NULL AND "end" IS NOT NULL'
        ):
            assert stop[0] <= stop[1], stop

    @invariant()
    def what_is_used_was_passed_on_or_is_shown(self) -> None:
        register = self.here.floor.register
        register.reload()
        for job in register.jobs.values():
            assert 0 <= job.passed_on <= max(job.good, 0)

    def books_agree(self) -> None:
        """Facts folded anew, and folded by sync, are what stands here."""
        found = verify(self.folder / "edge.sqlite")
        assert found.broken is None, found.broken
        assert set(found.differing) <= {"baselines"}, found.differing
        for stored in self.here.store.reader.facts_after(0, 100_000):
            if stored.kind not in UNHASHED:
                check(stored.data)
        self.sync_agrees()
        self.hours_add_up_to_the_shift()

    def sync_agrees(self) -> None:
        facts = [one.data for one in self.here.store.reader.facts_after(0, 100_000)]
        shutil.copy(migrated(), self.folder / "sync.sqlite")
        store = SyncStore(config_at(self.folder).store_url)
        try:
            late = self.here.clock.now() + 48 * HOUR
            for first in range(0, len(facts), 7):
                arrivals = chain.read("e1", facts[first : first + 7])
                take = partial(
                    intake.take_in, edge_id="e1", epoch=1, arrivals=arrivals, watermark=late
                )
                self.do(store.write(partial(take, zone=ZoneInfo("Europe/Berlin"), now=SIX)))
        finally:
            store.close()
        with contextlib.closing(sqlite3.connect(self.folder / "sync.sqlite")) as db:
            self.same_rows(db)
            self.feed_adds_up(db)

    def same_rows(self, db: sqlite3.Connection) -> None:
        """Sums, states and stops are the same in both stores."""
        sums = ", ".join(PIECES)
        for table, columns in (
            ("hour_bucket", f"{', '.join(BUCKET)}, {sums}"),
            ("job_progress", f"job_order_id, {sums}"),
            ("state_interval", STATES),
            ("stop", STOPS),
        ):
            sql = f"SELECT {columns} FROM {table}"
            theirs, ours = Counter(db.execute(sql).fetchall()), Counter(self.rows(sql))
            assert theirs == ours, (table, theirs - ours, ours - theirs)

    def feed_adds_up(self, db: sqlite3.Connection) -> None:
        """Effects of facts, and items by hour, are the pieces of the hours, order by order."""
        sums = Counter[tuple[str, str]]()
        for id_, *made in self.rows(f"SELECT job_order_id, {', '.join(PIECES)} FROM hour_bucket"):
            sums.update({(id_, name): many for name, many in zip(PIECES, made, strict=True)})
        effects, items = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for (text,) in db.execute("SELECT effects FROM fact WHERE effects IS NOT NULL"):
            for one in json.loads(text):
                effects.update(_pieces(one))
        for (text,) in db.execute("SELECT data FROM grouped_item WHERE grouping = 'hour'"):
            items.update(_pieces(json.loads(text)))
        assert _some(effects) == _some(sums)
        assert _some(items) == _some(sums)

    def hours_add_up_to_the_shift(self) -> None:
        """Figures by hour are the pieces of the hours; those of the shift are of its hours."""
        end = self.base + 8 * HOUR
        self.here.clock.plant += MINUTE  # an hour that begins only now has no figures yet
        if self.here.clock.now() <= self.base + HOUR:
            return
        sql = "SELECT sum(good), sum(scrap) FROM hour_bucket WHERE equipment_id = 'L1'"
        sql += " AND hour >= ? AND hour < ?"
        for period, only in ((Period.HOUR, ""), (Period.SHIFT, " AND shift <> ''")):
            asked = Interval(self.base, end)
            question = Question(level=Level.UNIT, by=period, asked=asked, of="L1")
            reports: list[Any] = list(self.here.rooms.figures.reports(question))
            found = [
                sum(int(one["elements"].get(name) or 0) for one in reports)
                for name in ("good_quantity", "scrap_quantity")
            ]
            [made] = self.rows(sql + only, (self.base, end))
            assert found == [one or 0 for one in made], (period, found, made)

    def facts(self, kind: str, event: str | None = None) -> list[Fact]:
        found = [
            decode(one.data)
            for one in self.here.store.reader.facts_after(0, 100_000)
            if one.kind == kind
        ]
        return [one for one in found if event is None or one.body["event"] == event]

    def rows(self, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.here.store.rows.query(sql, values)]


def told_by(facts: list[Fact]) -> int:
    """Pieces by plain reckoning: what each count is last said to be, less what ran again."""
    last = {one.seq: int(one.body["quantity"]) for one in facts if one.kind == "production_count"}
    back = {
        one.seq: int(one.body["quantity"])
        for one in facts
        if str(one.body.get("effect")).startswith("rerun")
    }
    said = {one.seq: int(one.body["quantity"]) for one in facts if one.kind in {"scrap", "rework"}}
    for one in facts:
        if one.kind != FactKind.CORRECTION:
            continue
        seq, changes = one.body["corrects"], one.body["changes"]
        for book in (last, back, said):
            if seq in book and "quantity" in changes:
                book[seq] = changes["quantity"]
        if (parts := changes.get("parts")) and seq in said | last:
            many = [part["quantity"] for part in parts if "quantity" in part]
            whole = last.get(seq, said.get(seq))
            assert not many or sum(many) == whole, ("parts are not the whole", one.seq, many, whole)
    return sum(last.values()) - sum(back.values())


def _pieces(item: dict[str, Any]) -> dict[tuple[str, str], int]:
    id_ = f"{item['order']}.{item['operation']}" if item["order"] else ""
    return {(id_, name): item[name] for name in PIECES}


def _some(sums: Counter[tuple[str, str]]) -> dict[tuple[str, str], int]:
    return {key: many for key, many in sums.items() if many}


@cache
def migrated() -> Path:
    """An empty store of sync."""
    folder = Path(tempfile.mkdtemp())
    SyncStore(config_at(folder).store_url).close()
    return folder / "sync.sqlite"
