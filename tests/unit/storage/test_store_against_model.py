"""Random recordings in random groups, compared with a store in plain Python."""

import asyncio
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from edge.domain.clock import ManualClock
from edge.domain.facts import FactKind, decode
from edge.domain.recording import ExpectedVersion, Recorded, Recording, Request
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.unit.storage.model import Model, Outcome, as_draft, broken, folded, with_defaults
from tests.unit.storage.samples import HOUR, baseline, counted, draft, first, job_event, state

work_centers = st.sampled_from(["L1", "L2"])
tags = st.sampled_from(["good", "scrap"])
jobs = st.sampled_from(["WO1.10", "WO2.20", None])
times = st.integers(0, 3 * HOUR)
keys = st.sampled_from(["a", "b", "c", "d"])
requests = st.none() | st.builds(Request, key=keys, fingerprint=st.sampled_from(["f", "g"]))


@st.composite
def counts(draw: st.DrawFn, model: Model) -> Recording:
    """Pieces of a counter, from its baseline or (rarely) from a stale one."""
    work_center, tag = draw(work_centers), draw(tags)
    was = model.baselines.get((work_center, tag))
    if was is None or draw(st.integers(0, 9)) == 0:
        return first(draw(st.integers(0, 9)), tag=tag, work_center=work_center)
    if draw(st.integers(0, 5)) == 0:
        was = baseline(draw(st.integers(0, 30)), tag=tag, work_center=work_center)
    return counted(was, draw(st.integers(1, 9)), at=draw(times), job=draw(jobs))


@st.composite
def events(draw: st.DrawFn, model: Model) -> Recording:
    job = draw(st.sampled_from(["WO1.10", "WO2.20"]))
    version = model.versions.get(job, 0) + draw(st.sampled_from([0, 0, 0, 1]))
    kind = draw(st.sampled_from(["created", "started", "interrupted", "ended"]))
    return Recording(
        drafts=(job_event(kind, version + 1, job=job, at=draw(times)),),
        versions=(ExpectedVersion(job_order_id=job, version=version),),
        request=draw(requests),
    )


@st.composite
def floor(draw: st.DrawFn) -> Recording:
    """States, reasons and scrap, some of them broken."""
    work_center = draw(work_centers)
    classes = draw(st.lists(st.sampled_from(["APT", "ADET", "ADOT"]), max_size=3))
    at, fault = draw(times), draw(st.integers(0, 2))
    drafts = [state(name, at=at, work_center=work_center, fault=fault) for name in classes]
    scrapped = {"quantity": 2, "reason": "burr", "effect": "reclassify", "hour": 0}
    drafts.append(draft(FactKind.SCRAP, scrapped, work_center=work_center, job=draw(jobs)))
    reason = {"stop": draw(st.integers(1, 9)), "reason": "jam", "note": draw(st.sampled_from("xy"))}
    drafts.append(draft(FactKind.STOP_REASON, reason, work_center=work_center))
    if draw(st.integers(0, 4)) == 0:
        drafts.insert(draw(st.integers(0, len(drafts))), broken(drafts[0]))
    return Recording(drafts=tuple(drafts), request=draw(requests))


class StoreAgainstModel(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "edge.db"
        self.clock = ManualClock(plant=10)
        self.model = Model()
        self.runner = asyncio.Runner()
        self.store = Store.open(self.path, "e1", self.clock)

    # One rule, because hypothesis leaves whole rules out of most of its runs.
    @rule(
        data=st.data(),
        size=st.integers(1, 6),
        tick=st.integers(-5, 50),
        how=st.sampled_from(["go on", "open again", "open again", "rebuild", "lose"]),
    )
    def record_at_once(self, data: st.DataObject, size: int, tick: int, how: str) -> None:
        """Recordings that wait together and are committed as the writer takes them."""
        self.clock.plant += tick
        one = st.one_of(counts(self.model), events(self.model), floor())
        group = data.draw(st.lists(one, min_size=size, max_size=size))
        expected = [self.model.apply(recording) for recording in group]
        assert self.runner.run(self.outcomes(group)) == expected
        if how != "go on":
            self.disturb(how)

    def disturb(self, how: str) -> None:
        """Close and open it, or make the projections anew from the facts."""
        if how == "open again":
            self.store.close()
            self.store = Store.open(self.path, "e1", self.clock)
            return
        assert verify(self.path).whole
        if how == "lose":
            self.lose_the_projections()
        assert self.runner.run(self.store.rebuild()) == len(self.model.drafts)

    def lose_the_projections(self) -> None:
        """What is thrown away comes back from the facts, baselines too."""
        conn = sqlite3.connect(self.path)
        with conn:
            conn.execute("DELETE FROM hour_bucket")
            conn.execute("UPDATE job_progress SET good = 77")
            conn.execute("DELETE FROM baselines")
        conn.close()

    async def outcomes(self, group: list[Recording]) -> list[Outcome]:
        done = await asyncio.gather(*map(self.store.record, group), return_exceptions=True)
        return [
            (one.first_seq, one.last_seq, one.repeated) if isinstance(one, Recorded) else type(one)  # type: ignore[misc]
            for one in done
        ]

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        facts = self.store.reader.facts_after(0, 10_000)
        assert [fact.seq for fact in facts] == [*range(1, len(self.model.drafts) + 1)]
        assert [as_draft(decode(fact.data)) for fact in facts] == self.model.drafts
        held = {(b.equipment_id, b.tag): b for b in self.store.reader.baselines()}
        assert held == self.model.baselines
        assert self.store.reader.chain_end().seq == len(self.model.drafts)
        self.compare_projections([fact.data for fact in facts])
        assert verify(self.path).whole
        self.store.close()
        self.runner.close()
        self.folder.cleanup()

    def compare_projections(self, data: list[bytes]) -> None:
        expected = folded(data)
        conn = sqlite3.connect(self.path)
        conn.row_factory = sqlite3.Row
        for table in ("hour_bucket", "state_interval", "stop", "job_progress"):
            rows = [dict(row) for row in conn.execute(f"SELECT * FROM {table}")]
            wanted = [
                with_defaults(row, tuple(rows[0]) if rows else ())
                for row in expected.get(table, {}).values()
            ]
            assert sorted(map(repr, rows)) == sorted(map(repr, map(replace_none, wanted)))
        conn.close()


def replace_none(row: dict[str, object]) -> dict[str, object]:
    """A stop that only a reason has begun belongs to no job."""
    return {**row, "job_order_id": row["job_order_id"] or ""}


TestStoreAgainstModel = StoreAgainstModel.TestCase
TestStoreAgainstModel.settings = settings(max_examples=25, stateful_step_count=10)
