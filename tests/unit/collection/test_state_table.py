"""What states mean: cases of each model, and that nothing is ever invented."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.collection.settings import WorkCenterSettings
from edge.collection.state_table import ModeTable, StateRow, StateTable
from edge.domain.facts import FactKind
from edge.domain.vocabulary import MachineState
from tests.unit.collection.bench_machine import BenchMachine, settings
from tests.unit.collection.memory_store import MemoryJobs, job
from tests.unit.collection.test_states import gaps, states

CASES = sorted((Path(__file__).parents[2] / "cases" / "states").glob("*.json"))
ROWS = st.lists(
    st.builds(
        StateRow,
        packml=st.sampled_from([int(one) for one in MachineState]),
        raw=st.integers(-5, 20),
        mask=st.none() | st.integers(1, 31),
    ),
    max_size=6,
)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = json.loads(path.read_text())
    assert case["why"].strip()
    table = StateTable(model=case["states"], rows=tuple(StateRow(**row) for row in case["rows"]))
    for one in case["values"]:
        assert table.state(one["shown"]) == one["packml"], one
        if "doubt" in one:
            assert table.doubt("state", one["shown"]).detail == f"state: {one['doubt']}"


@given(rows=ROWS, value=st.integers(-100, 100))
def test_the_first_row_that_fits_is_the_state_and_without_one_there_is_none(
    rows: list[StateRow], value: int
) -> None:
    fitting = [row for row in rows if (value if row.mask is None else value & row.mask) == row.raw]
    expected = fitting[0].packml if fitting else None
    assert StateTable(model="table", rows=tuple(rows)).state(value) == expected


async def test_a_code_without_a_row_is_unknown_and_named_while_pieces_are_counted() -> None:
    table = StateTable(model="table", rows=(StateRow(packml=6, raw=3),))
    machine = BenchMachine(_with(states=table), jobs=MemoryJobs(on=job(1001010)))
    await machine.show(1, state=3, good=0, reject=0)
    for _ in range(8):
        await machine.show(1, state=12, good=machine.values["good"] + 1)
        await machine.collector.tick()
    assert machine.store.pieces() == 8
    assert [one[1:3] for one in states(machine)] == [(6, "APT"), (None, "UNKNOWN")]
    await machine.show(1, state=3)
    [gap] = gaps(machine)
    assert gap[2] == "bad_quality"
    [told] = machine.store.of(FactKind.DATA_GAP)
    assert told.body["detail"] == "state: no row of [[device.state]] fits 12"


async def test_a_builders_mode_counts_as_its_row_says_and_is_shown_as_it_is() -> None:
    modes = ModeTable(rows={7: 2})
    machine = BenchMachine(
        _with(modes=modes, roles={"state": "state", "mode": "mode"}),
        jobs=MemoryJobs(on=job(1001010)),
    )
    await machine.show(1, state=6, mode=1, good=0, reject=0)
    await machine.show(1, mode=7)
    await machine.show(1, mode=8)
    found = machine.store.facts
    shown = [(one.body["mode"], one.body["time_class"]) for one in found if "mode" in one.body]
    assert shown == [(1, "APT"), (7, "ADET"), (8, "APT")]


def _with(**more: Any) -> WorkCenterSettings:
    roles = more.pop("roles", {"state": "state"})
    return replace(settings(), tags=roles, **more)
