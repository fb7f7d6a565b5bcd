"""A job that was laid aside was on several times: each border of each run can be moved."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.domain.facts import Source
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import api
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import API, HOUR, at_time, changed, count, state, tables
from tests.integration.restating.two_jobs import STAND_STILL, A, B, move, sums

END = 180  # minutes; two pieces are made in each
# Job, and the minutes between which it was on: laid aside at each end but the last.
RECORDED = ((A, 0, 40), (B, 40, 70), (A, 70, 110), (A, 125, 140), (B, 140, END))


@dataclass
class Model:
    """When the runs were, as said so far."""

    starts: list[int] = field(default_factory=lambda: [start for _, start, _ in RECORDED])
    ends: list[int] = field(default_factory=lambda: [end for _, _, end in RECORDED])

    def owner(self, minute: int) -> str:
        """Whose the pieces of a minute are."""
        for (job, *_), start, end in zip(RECORDED, self.starts, self.ends, strict=True):
            if start <= minute < end:
                return job
        return ""

    def moved(self, what: str, at: int, where: float) -> tuple[int, list[str | None], int] | None:
        """A border is moved: to which minute, between which jobs, and a run that it is of."""
        if what == "both" and at < 4 and RECORDED[at][0] != RECORDED[at + 1][0]:
            minute = _share(self.starts[at], self.ends[at + 1], where)
            self.ends[at] = self.starts[at + 1] = minute
            return minute, [RECORDED[at][0], RECORDED[at + 1][0]], at + 1
        if what == "end" and at < 4:
            self.ends[at] = _share(self.starts[at], self.starts[at + 1], where)
            return self.ends[at], [RECORDED[at][0], None], at
        if what == "start":
            low = self.ends[at - 1] if at else 0
            self.starts[at] = _share(low, self.ends[at], where)
            return self.starts[at], [None, RECORDED[at][0]], at
        return None

    def pieces(self) -> Counter[tuple[int, str]]:
        """Pieces by hour and job."""
        found: Counter[tuple[int, str]] = Counter()
        for minute in range(END):
            found[SIX + minute // 60 * HOUR, self.owner(minute)] += 2
        return found


def _share(low: int, high: int, where: float) -> int:
    return low + round((high - low) * where)


@asynccontextmanager
async def laid_aside(folder: Path) -> AsyncIterator[tuple[Site, httpx.AsyncClient]]:
    """What `RECORDED` says, on a machine that ran all the time; now it is 09:00."""
    recorded = Model()
    async with site(folder) as here, api(here) as client:
        for n, (job, start, end) in enumerate(RECORDED):
            await changed(here, client, job, "start", SIX + start * MINUTE)
            await here.record(state(6, "APT", job, SIX + start * MINUTE))
            await _counted(here, job, start, end)
            at_time(here, SIX + end * MINUTE)
            if n == len(RECORDED) - 1:
                break
            here.floor.register.reload()
            shown = here.machine.shown["L1"]
            said: dict[str, Any] = {"source": Source.PLC, "actor": None}
            await here.floor.change(here.floor.job(job), "lay_aside", shown, **said)
            if (later := RECORDED[n + 1][1]) > end:
                await here.record(state(6, "ADOT", None, SIX + end * MINUTE))
                await _counted(here, None, end, later)
        assert made(here) == recorded.pieces()
        yield here, client


async def _counted(here: Site, job: str | None, start: int, end: int) -> None:
    every = [(at, min(5, end - at)) for at in range(start, end, 5)]
    await here.record(
        *(
            count(2 * at, 2 * many, job, SIX + at * MINUTE, SIX + (at + many) * MINUTE)
            for at, many in every
        )
    )


def made(here: Site) -> Counter[tuple[int, str]]:
    """Good pieces by hour and job, as the store has them."""
    rows = here.store.reader.hour_quantities("L1", 0, 2**62)
    return Counter({(row.hour, row.job_order_id): row.good for row in rows if row.good})


def on(here: Site) -> list[str]:
    """Whose each minute was, by the states."""
    rows = here.store.reader.state_intervals("L1", 0, 2**62)
    found = []
    for minute in range(END):
        at = SIX + minute * MINUTE
        [one] = [row for row in rows if row.start <= at and (row.end is None or at < row.end)]
        found.append(one.job_order_id)
    return found


async def runs(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The runs in the order in which they were recorded."""
    items = (await client.get(f"{API}/work-centers/L1/boundaries")).json()["items"]
    return list(reversed(items))


async def test_each_run_is_listed_as_recorded_and_as_now_known(tmp_path: Path) -> None:
    async with laid_aside(tmp_path) as (here, client):
        before = await runs(client)
        assert [(one["job_order_id"], (one["start"] - SIX) // MINUTE) for one in before] == [
            (job, start) for job, start, _ in RECORDED
        ]
        assert [one["end"] is None for one in before] == [False] * 4 + [True]
        said = await move(client, "k", SIX + 30 * MINUTE, run=before[0]["started"])
        assert said.status_code == 201, said.text
        now = await runs(client)
        assert (now[0]["end"], now[1]["start"]) == (SIX + 30 * MINUTE,) * 2
        assert (now[0]["recorded_end"], now[1]["recorded_start"]) == (SIX + 40 * MINUTE,) * 2
        assert now[2:] == before[2:]
        # Of the job itself stands when it was on last; what was laid aside has not ended.
        job = here.floor.job(A)
        assert (job.started_at, job.ended_at) == (SIX + 125 * MINUTE, None)
        for fact in here.store.reader.facts_after(said.json()["seq"] - 1, 100):
            check(fact.data)
    assert projected_soundly(tmp_path / "edge.sqlite")


@pytest.mark.parametrize(
    ("between", "minute", "moved"),
    [
        ([A, B], 30, (0, "end", 1, "start")),
        ([A, B], 150, (3, "end", 4, "start")),
        ([B, A], 60, (1, "end", 2, "start")),
        ([None, A], 120, (3, "start")),
        ([A, None], 130, (3, "end")),
        ([A, None], 115, (2, "end")),
    ],
)
async def test_the_border_that_can_lie_there_is_meant(
    tmp_path: Path, between: list[str | None], minute: int, moved: tuple[Any, ...]
) -> None:
    async with laid_aside(tmp_path) as (_, client):
        answer = await move(client, "k", SIX + minute * MINUTE, between)
        assert answer.status_code == 201, answer.text
        now = await runs(client)
        for at, side in zip(moved[::2], moved[1::2], strict=True):
            assert now[at][side] == SIX + minute * MINUTE


async def test_where_several_can_the_caller_names_a_run(tmp_path: Path) -> None:
    async with laid_aside(tmp_path) as (_, client):
        ids = [one["started"] for one in await runs(client)]
        # A was laid aside at 07:50 and on again from 08:05: both can have been at 08:05.
        said = await move(client, "a", SIX + 125 * MINUTE, [A, None])
        assert (said.status_code, "say which by run" in said.text) == (422, True), said.text
        assert f"{ids[2]} for that at" in said.text
        other = await move(client, "b", SIX + 125 * MINUTE, [A, None], run=ids[1])
        assert (other.status_code, "none of theirs" in other.text) == (422, True), other.text
        past = await move(client, "c", SIX + 60 * MINUTE, [A, None], run=ids[2])
        assert (past.status_code, "began only at" in past.text) == (422, True), past.text
        done = await move(client, "d", SIX + 125 * MINUTE, [A, None], run=ids[2])
        assert done.status_code == 201, done.text
        third = await move(client, "e", SIX + 75 * MINUTE, [A, None], run=ids[0])
        assert (third.status_code, f"{B} was on between" in third.text) == (409, True), third.text


where = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1))
moves = st.lists(
    st.tuples(st.sampled_from(["both", "end", "start"]), st.integers(0, 4), where),
    min_size=1,
    max_size=8,
)


@given(moves)
@example([("end", 2, 0.7), ("start", 3, 0.0), ("start", 3, 1.0)])
@example([("start", 0, 0.5), ("end", 0, 0.0), ("both", 0, 0.3)])
@example([("both", 3, 0.3), ("end", 3, 0.8), ("end", 3, 1.0)])
@settings(max_examples=15, deadline=None)
def test_any_border_again_and_again(said: list[tuple[str, int, float]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_again_and_again(Path(folder), said))


async def _again_and_again(folder: Path, said: list[tuple[str, int, float]]) -> None:
    async with laid_aside(folder) as (here, client):
        before, model = sums(here), Model()
        ids = [one["started"] for one in await runs(client)]
        for n, (what, at, where) in enumerate(said):
            if (border := model.moved(what, at, where)) is None:
                continue
            minute, between, run = border
            answer = await move(client, f"k{n}", SIX + minute * MINUTE, between, run=ids[run])
            assert answer.status_code in {201, 422}, answer.text
            assert answer.status_code == 201 or "lies there already" in answer.text, answer.text
            assert sums(here) == before
            assert made(here) == +model.pieces()
            assert on(here) == [model.owner(one) for one in range(END)]
        had = tables(folder / "edge.sqlite", *STAND_STILL)
        await here.store.rebuild()
        assert tables(folder / "edge.sqlite", *STAND_STILL) == had
