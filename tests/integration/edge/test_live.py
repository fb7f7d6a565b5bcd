"""What a board keeps of its shift is what reading it would give, and is seldom read."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.facts import FactDraft, FactKind, Source
from edge.execution.figures.live import LiveShifts
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_kpis import HOUR, count, state

STEPS = st.lists(
    st.tuples(st.sampled_from(["count", "state", "scrap", "correct", "look"]), st.integers(1, 20)),
    max_size=12,
)


def kept_is_what_is_read(here: Site, live: LiveShifts) -> None:
    for unit in ("L1", "L2"):
        rows = live.rows(unit, SIX, SIX + 8 * HOUR)
        reader = here.store.reader
        assert list(rows.pieces) == list(reader.hour_quantities(unit, SIX, SIX + 8 * HOUR))
        assert list(rows.intervals) == list(reader.state_intervals(unit, SIX, SIX + 8 * HOUR))
        assert rows.stops == reader.stop_book(unit, SIX, SIX + 8 * HOUR)


async def step(here: Site, what: str, n: int, raw: int) -> int:
    at = SIX + n * MINUTE
    if what == "count":
        await here.record(count(SIX + n % 3 * HOUR, n, raw))
        return raw + n
    if what == "state":
        await here.record(state(at, "APT" if n % 2 else "ADET"))
    if what == "scrap" and raw:
        body = {"quantity": 1, "reason": "burr", "effect": "reclassify", "hour": SIX,
                "run_time_per_item": "7/3", "calendar": None}  # fmt: skip
        await here.record(_said(FactKind.SCRAP, body))
    if what == "correct":
        facts = here.store.reader.facts_after(0, 1000)
        counted = [one.seq for one in facts if one.kind == FactKind.PRODUCTION_COUNT]
        if counted:
            body = {"corrects": counted[n % len(counted)], "changes": {"quantity": n}, "note": ""}
            await here.record(_said(FactKind.CORRECTION, body))
    return raw


def _said(kind: FactKind, body: dict[str, object]) -> FactDraft:
    return FactDraft(
        kind=kind, occurred_at=SIX + HOUR, equipment_id="L1", job_order_id="WO1.10",
        source=Source.OPERATOR, actor="ann", body=body,
    )  # fmt: skip


@given(STEPS)
@settings(max_examples=12, deadline=None)
async def test_what_is_kept_is_what_is_read_after_any_facts(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with site(Path(folder)) as here:
            live, raw = LiveShifts(here.store.reader), 0
            kept_is_what_is_read(here, live)
            for what, n in steps:
                raw = await step(here, what, n, raw)
                if what == "look":
                    kept_is_what_is_read(here, live)
            kept_is_what_is_read(here, live)


async def test_counting_does_not_read_the_shift_again(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        live = LiveShifts(here.store.reader)
        live.rows("L1", SIX, SIX + 8 * HOUR)
        for n in range(10):
            await here.record(count(SIX, 5, 5 * n))
            rows = live.rows("L1", SIX, SIX + 8 * HOUR)
            assert [row.good for row in rows.pieces] == [5 * (n + 1)]
        assert live.read == 1
        await here.record(state(SIX, "APT"))
        live.rows("L1", SIX, SIX + 8 * HOUR)
        assert live.read == 2
