"""The state machine: determinism, truth against counters, exact stops, commands, crew."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.blueprint import Begin, Breakdown, Spoilage
from simulators.clock import MICROS
from simulators.counter import Counter
from simulators.errors import WriteRefused
from simulators.machine import Machine
from simulators.packml import Command, State
from tests.unit.simulators.plants import (
    DAY,
    HOUR,
    LIVELY_MACHINE,
    MONDAY_6,
    RECIPES,
    SLOW_MACHINE,
    STEADY_MACHINE,
    Ledger,
    load,
    machine,
)

WRITES = st.tuples(
    st.sampled_from(["order_setpoint", "target_setpoint", "limit_setpoint"]),
    st.integers(0, 60),
) | st.one_of(
    st.tuples(st.just("recipe_setpoint"), st.sampled_from([10, 20, 30, 99])),
    st.tuples(st.just("command"), st.sampled_from(list(Command))),
    st.tuples(st.just("command"), st.just(Command.LOAD)),
)
# Up to five minutes between two writes, and now and then a whole night.
PAUSES = st.integers(0, 300 * MICROS) | st.just(16 * HOUR)
SCRIPTS = st.lists(st.tuples(PAUSES, WRITES), max_size=40)
SEEDED = [("order_setpoint", 1), ("recipe_setpoint", 20), ("command", 1)]


BREAKAGE = Breakdown(
    code=9,
    name="tool breaks",
    state=State.ABORTED,
    begin=Begin(at=MONDAY_6 + 65 * MICROS),
    lasts=300 * MICROS,
)
SPOILAGE = Spoilage(
    begin=Begin(at=100 * MICROS, after_start=True), lasts=100 * MICROS, scrap=500_000
)
SCRIPTED: dict[str, Any] = {"breakdowns": (BREAKAGE,), "spoilage": (SPOILAGE,)}


def play(made: Machine, script: list[tuple[int, tuple[str, int]]], cuts: list[int]) -> list[Any]:
    """The trace: values after each step, and all truth. `cuts` are extra looks in between."""
    ledger, now, trace = Ledger(), MONDAY_6, []
    for pause, (tag, value) in [(0, write) for write in SEEDED] + script:
        for cut in sorted(cuts):
            made.advance(now + pause * cut // 100)
            ledger.tell(made.take_pieces())
        now += pause
        made.advance(now)
        made.write(tag, value)
        made.advance(now)
        ledger.tell(made.take_pieces())
        trace.append((made.values(), deepcopy(ledger.rows)))
    return trace


@given(SCRIPTS, st.lists(st.integers(0, 100), max_size=5), st.integers(0, 3))
def test_the_same_seed_and_commands_give_the_same_trace_however_often_one_looks(
    script: list[tuple[int, tuple[str, int]]], cuts: list[int], seed: int
) -> None:
    once, again = (machine(SLOW_MACHINE, seed, **SCRIPTED) for _ in range(2))
    assert play(once, script, []) == play(again, script, cuts)


def test_another_seed_gives_another_trace() -> None:
    traces = []
    for seed in (1, 2):
        made = machine(LIVELY_MACHINE, seed)
        load(made, 5, 20)
        made.advance(MONDAY_6)
        made.advance(MONDAY_6 + HOUR)
        traces.append(made.take_pieces())
    assert traces[0] != traces[1]


@given(SCRIPTS, st.integers(0, 3), st.sampled_from([16, 32]))
def test_truth_is_what_the_counters_moved(
    script: list[tuple[int, tuple[str, int]]], seed: int, bits: int
) -> None:
    good, reject = Counter(start=2**bits - 7, bits=bits), Counter(start=65_534, bits=16)
    made = machine(SLOW_MACHINE, seed, good=good, reject=reject)
    ledger, now, before = Ledger(), MONDAY_6, made.values()
    for pause, (tag, value) in [(0, write) for write in SEEDED] + script:
        now += pause
        made.write(tag, value)
        made.advance(now)
        told = made.take_pieces()
        ledger.tell(told)
        after = made.values()
        moved = (
            (after["good"] - before["good"]) % good.modulus,
            (after["reject"] - before["reject"]) % reject.modulus,
        )
        assert moved == (sum(t.good for t in told) % good.modulus, sum(t.scrap for t in told))
        if told:
            assert (told[-1].good_raw, told[-1].reject_raw) == (after["good"], after["reject"])
        before = after
    assert all(order != 0 for order, _ in ledger.rows)


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 5))
def test_it_stops_exactly_at_target_or_limit(target: int, limit: int, seed: int) -> None:
    made = machine(LIVELY_MACHINE, seed)
    load(made, 1_001_010, 20, target, limit)
    made.advance(MONDAY_6)
    made.advance(MONDAY_6 + 24 * HOUR if target or limit else MONDAY_6 + HOUR)
    lot = made.lot
    assert lot is not None
    if target == limit == 0:
        assert made.state is not State.COMPLETE
        return
    assert made.state is State.COMPLETE
    assert lot.good == target or lot.good + lot.scrap == limit
    assert target == 0 or lot.good <= target
    assert limit == 0 or lot.good + lot.scrap <= limit


def test_times_are_to_the_microsecond() -> None:
    made = machine()
    load(made, 1, 10, target=3)
    made.advance(MONDAY_6)
    for seconds, state, raw in [
        (0, State.RESETTING, 65_500),
        (59.999999, State.RESETTING, 65_500),
        (60, State.EXECUTE, 65_500),
        (61.999999, State.EXECUTE, 65_500),
        (62, State.EXECUTE, 65_501),
        (65.999999, State.EXECUTE, 65_502),
        (66, State.COMPLETE, 65_503),
        (9_999, State.COMPLETE, 65_503),
    ]:
        made.advance(MONDAY_6 + round(seconds * MICROS))
        assert (made.values()["state"], made.values()["good"]) == (state, raw), seconds


def test_counters_wrap_at_their_width() -> None:
    made = machine(STEADY_MACHINE)
    load(made, 1, 30, limit=10)
    made.advance(MONDAY_6)
    made.advance(MONDAY_6 + HOUR)
    assert made.values()["reject"] == 4
    load(made, 2, 10, target=40)
    made.advance(MONDAY_6 + HOUR)
    made.advance(MONDAY_6 + 2 * HOUR)
    assert made.values()["good"] == 4


def test_order_and_counter_change_hands_at_the_load() -> None:
    made, ledger = machine(), Ledger()
    load(made, 1, 10, target=5)
    made.advance(MONDAY_6)
    made.advance(MONDAY_6 + HOUR)
    load(made, 2, 20, limit=9)
    assert made.values()["order"] == 1, "setpoints alone move nothing"
    made.advance(MONDAY_6 + HOUR)
    assert (made.values()["order"], made.values()["recipe"]) == (2, 20)
    made.advance(MONDAY_6 + 2 * HOUR)
    ledger.tell(made.take_pieces())
    assert ledger.rows[1, 10] == [5, 0]
    assert sum(ledger.rows[2, 20]) == 9


SHOWN = {
    "empty": State.IDLE,
    "setup": State.RESETTING,
    "run": State.EXECUTE,
    "held": State.HELD,
    "complete": State.COMPLETE,
}
ANSWERS = {
    ("empty", Command.LOAD): State.RESETTING,
    ("complete", Command.LOAD): State.RESETTING,
    ("setup", Command.COMPLETE): State.COMPLETE,
    ("run", Command.COMPLETE): State.COMPLETE,
    ("held", Command.COMPLETE): State.COMPLETE,
    ("setup", Command.HOLD): State.HELD,
    ("run", Command.HOLD): State.HELD,
    ("held", Command.UNHOLD): State.EXECUTE,
}


def in_phase(phase: str) -> Machine:
    made = machine()
    at = MONDAY_6
    commands = {"setup": [1], "run": [1, 0], "held": [1, 0, 3], "complete": [1, 0, 2]}
    for command in commands.get(phase, []):
        if command == 1:
            load(made, 1, 10)
        else:
            at = MONDAY_6 + 300 * MICROS
            made.advance(at)
            made.write("command", command)
        made.advance(at)
    assert made.state is SHOWN[phase]
    return made


@pytest.mark.parametrize("command", list(Command))
@pytest.mark.parametrize("phase", list(SHOWN))
def test_each_command_in_each_phase(phase: str, command: Command) -> None:
    made = in_phase(phase)
    order = made.values()["order"]
    load(made, 77, 10)
    made.write("command", command)
    made.advance(MONDAY_6 + 300 * MICROS if phase != "setup" else MONDAY_6)
    assert made.values()["command"] == 0, "every command is cleared"
    taken = (phase, command) in ANSWERS
    assert made.state is (ANSWERS[phase, command] if taken else SHOWN[phase])
    assert made.values()["order"] == (77 if taken and command is Command.LOAD else order)


@pytest.mark.parametrize(("order", "recipe"), [(0, 10), (5, 99), (5, 0)])
def test_what_it_does_not_know_it_does_not_take_over(order: int, recipe: int) -> None:
    made = machine()
    load(made, order, recipe)
    made.advance(MONDAY_6)
    values = made.values()
    assert (values["order"], values["command"], values["state"]) == (0, 0, State.IDLE)


def test_hold_keeps_the_piece_in_work() -> None:
    made = machine()
    load(made, 1, 10)
    made.advance(MONDAY_6)
    for at, command in [(61, 3), (1000, 4)]:
        made.advance(MONDAY_6 + at * MICROS)
        made.write("command", command)
        made.advance(MONDAY_6 + at * MICROS)
    made.advance(MONDAY_6 + 1001 * MICROS)
    assert made.values()["good"] == 65_501


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("good", 1),
        ("nonsense", 1),
        ("command", 5),
        ("command", -1),
        ("recipe_setpoint", 65_536),
        ("order_setpoint", 2**32),
        ("target_setpoint", -1),
    ],
)
def test_writes_out_of_range_are_refused(tag: str, value: int) -> None:
    made = machine()
    before = made.values()
    with pytest.raises(WriteRefused, match=f"M.{tag}"):
        made.write(tag, value)
    assert made.values() == before


def test_a_stop_shows_its_fault_and_costs_time_until_it_is_mended() -> None:
    made = machine(LIVELY_MACHINE)
    load(made, 1, 20)
    made.advance(MONDAY_6)
    seen: dict[int, set[State]] = {}
    for second in range(3_600):
        made.advance(MONDAY_6 + second * MICROS)
        before = made.values()
        seen.setdefault(made.fault, set()).add(made.state)
        if made.fault:
            made.advance(MONDAY_6 + second * MICROS + MICROS // 4)
            assert made.fault == 0 or made.values()["good"] == before["good"]
    assert seen[7] == {State.HELD}
    assert seen[8] == {State.ABORTED}
    assert seen[0] == {State.EXECUTE, State.RESETTING} or seen[0] == {State.EXECUTE}


def test_the_crew_makes_the_hours() -> None:
    made = machine(crew=DAY, start=MONDAY_6 - HOUR)
    load(made, 1, 10)
    made.advance(MONDAY_6 - HOUR)
    for hours, state, pieces in [
        (-0.5, State.IDLE, 0),
        (0, State.RESETTING, 0),
        (1, State.EXECUTE, 1770),
        (4, State.SUSPENDED, 7170),
        (4.25, State.SUSPENDED, 7170),
        (4.5, State.EXECUTE, 7170),
        (8, State.IDLE, 13470),
        (20, State.IDLE, 13470),
        (24, State.EXECUTE, 13470),
        (25, State.EXECUTE, 15270),
    ]:
        made.advance(MONDAY_6 + round(hours * HOUR))
        values = made.values()
        assert values["state"] == state, hours
        assert (values["good"] - 65_500) % 65_536 == pieces, hours
        assert values["order"] == 1


def test_frozen_it_makes_nothing_but_lives() -> None:
    made, now = machine(), MONDAY_6 + 100 * MICROS
    load(made, 1, 10, target=60)
    made.advance(MONDAY_6)
    made.freeze(now)
    before = made.values()
    made.advance(now + HOUR)
    after = made.values()
    assert after["heartbeat"] != before["heartbeat"]
    assert {k: v for k, v in after.items() if k != "heartbeat"} == {
        k: v for k, v in before.items() if k != "heartbeat"
    }
    made.write("command", 2)
    made.advance(now + HOUR)
    assert made.values()["state"] == State.COMPLETE, "commands are taken"
    load(made, 2, 10)
    made.advance(now + HOUR)
    assert made.values()["state"] == State.RESETTING
    made.thaw(now + 2 * HOUR)
    made.advance(now + 2 * HOUR + 64 * MICROS)
    assert (made.values()["good"] - before["good"]) % 65_536 == 2


def test_thaw_goes_on_where_it_was() -> None:
    straight, frozen = machine(LIVELY_MACHINE), machine(LIVELY_MACHINE)
    for made in (straight, frozen):
        load(made, 1, 20)
        made.advance(MONDAY_6)
    frozen.freeze(MONDAY_6 + HOUR)
    frozen.thaw(MONDAY_6 + 3 * HOUR)
    frozen.advance(MONDAY_6 + 4 * HOUR)
    straight.advance(MONDAY_6 + 2 * HOUR)
    assert frozen.take_pieces() == straight.take_pieces()


@pytest.mark.parametrize(("retentive", "good"), [(True, 65_502), (False, 0)])
def test_a_restart_raises_the_boot_counter(retentive: bool, good: int) -> None:
    made = machine(retentive=retentive, boot=65_535)
    load(made, 1, 10)
    made.advance(MONDAY_6)
    made.advance(MONDAY_6 + 65 * MICROS)
    made.restart()
    assert (made.values()["boot"], made.values()["good"]) == (0, good)
    assert [(told.good, told.good_raw) for told in made.take_pieces()] == [(2, 65_502)]


def test_time_never_runs_backwards() -> None:
    made = machine()
    load(made, 1, 10)
    made.advance(MONDAY_6)
    made.advance(MONDAY_6 + 100 * MICROS)
    before = made.values()
    made.advance(MONDAY_6)
    assert made.values() == before


@pytest.mark.parametrize(
    ("counter", "expected"),
    [
        (Counter(start=2**31 - 3, bits=32, wraps_at=2**31), 7),
        (Counter(start=32_760, bits=16, stops_at=32_767), 32_767),
        (Counter(start=65_530, bits=16), 4),
    ],
)
def test_counters_wrap_or_stop_where_they_are_told(counter: Counter, expected: int) -> None:
    made = machine(good=counter)
    load(made, 1001, 10, target=10)
    made.advance(MONDAY_6)
    made.advance(MONDAY_6 + HOUR)
    assert made.values()["good"] == expected
    assert sum(each.good for each in made.take_pieces()) == 10, "the truth goes on"


@pytest.mark.parametrize(("strokes", "counted"), [(True, 25), (False, 100)])
def test_a_stroke_makes_several_pieces(strokes: bool, counted: int) -> None:
    recipes = {20: replace(RECIPES[20], pieces=4)}
    made, ledger = machine(recipes=recipes, counts_strokes=strokes), Ledger()
    before = made.values()
    load(made, 5, 20, target=counted)
    made.advance(MONDAY_6)
    made.advance(MONDAY_6 + HOUR)
    ledger.tell(made.take_pieces())
    after = made.values()
    good, scrap = ledger.sums()
    per_count = 4 if strokes else 1
    assert (after["good"] - before["good"]) % 2**16 == counted
    assert good == counted * per_count == 100
    assert scrap == (after["reject"] - before["reject"]) % 2**16 * per_count > 0
    assert (after["total"] - before["total"]) * per_count == good + scrap


def test_a_told_breakdown_comes_at_its_moment_and_is_mended_after_its_time() -> None:
    made = machine(breakdowns=(BREAKAGE,))
    load(made, 1, 10)
    made.advance(MONDAY_6)
    made.advance(MONDAY_6 + 65 * MICROS)
    assert (made.state, made.values()["fault"]) == (State.ABORTED, 9)
    made.advance(MONDAY_6 + 365 * MICROS - 1)
    assert made.state is State.ABORTED
    made.advance(MONDAY_6 + 366 * MICROS)
    assert (made.state, made.values()["fault"]) == (State.EXECUTE, 0)
    assert sum(told.good for told in made.take_pieces()) == 3, "5 s of 2 before it, 1 s after it"


def test_a_told_breakdown_waits_until_the_machine_runs() -> None:
    made = machine(breakdowns=(BREAKAGE,))
    made.advance(MONDAY_6 + 100 * MICROS)
    seen = [made.state]
    load(made, 1, 10)
    for second in (100, 159, 161):
        made.advance(MONDAY_6 + second * MICROS)
        seen.append(made.state)
    assert seen == [State.IDLE, State.RESETTING, State.RESETTING, State.ABORTED]


def test_a_told_stretch_has_more_scrap_and_no_longer() -> None:
    made, ledger = machine(spoilage=(replace(SPOILAGE, scrap=1_000_000),)), Ledger()
    load(made, 1, 10)
    made.advance(MONDAY_6)
    seen = []
    for second in (100, 200, 300):
        made.advance(MONDAY_6 + second * MICROS)
        ledger.tell(made.take_pieces())
        seen.append(ledger.sums())
    assert seen == [(19, 1), (20, 50), (70, 50)]
