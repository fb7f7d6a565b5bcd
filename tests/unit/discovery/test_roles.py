"""What places mean, from how they move beside each other."""

from random import Random

import pytest

from plc_drivers.discovery.roles import Watched, propose
from plc_drivers.discovery.series import MICROS, series_of

LOOKS = 300
TIMES = [at * MICROS // 5 for at in range(LOOKS)]


def place(id_: str, values: list[int], bits: int = 16, name: str = "") -> Watched:
    return Watched(
        id=id_, address=id_, type=f"uint{bits}", series=series_of(TIMES, values, bits), name=name
    )


def machine(seed: int, running: int = 6, resting: int = 11) -> dict[str, list[int]]:
    """A machine that runs and stands by turns; codes for both as given."""
    draw = Random(seed)
    shown: dict[str, list[int]] = {key: [] for key in ("state", "good", "reject", "total", "fault")}
    good = reject = 0
    left, runs = 20, True
    for _ in range(LOOKS):
        if left == 0:
            runs, left = not runs, draw.randint(5, 25)
        left -= 1
        if runs:
            made = draw.choice((0, 1, 1, 2))
            bad = made if draw.random() < 0.15 else 0
            good, reject = good + made - bad, reject + bad
        shown["state"].append(running if runs else resting)
        shown["good"].append(good)
        shown["reject"].append(reject)
        shown["total"].append(good + reject)
        shown["fault"].append(0 if runs else 101)
    return shown


def roles(*places: Watched) -> dict[str, str]:
    return {one.place.id: one.role for one in propose(places)}


BEAT = [at // 5 for at in range(LOOKS)]


@pytest.mark.parametrize("seed", range(8))
def test_a_machine_without_names(seed: int) -> None:
    shown = machine(seed)
    found = roles(
        place("a", shown["reject"]),
        place("b", BEAT),
        place("c", shown["state"]),
        place("d", shown["good"]),
        place("e", shown["fault"]),
        place("f", [1] * LOOKS),
    )
    assert found == {
        "a": "reject",
        "b": "heartbeat",
        "c": "state",
        "d": "good",
        "e": "fault",
        "f": "other",
    }


@pytest.mark.parametrize("seed", range(8))
def test_a_place_that_was_not_always_read_is_matched_by_its_times(seed: int) -> None:
    shown = machine(seed)
    gaps = [None if at % 7 == 3 or 40 < at < 90 else one for at, one in enumerate(shown["state"])]
    state = Watched(id="s", address="s", type="uint16", series=series_of(TIMES, gaps, 16))
    found = propose([state, place("g", shown["good"]), place("r", shown["reject"])])
    assert [one.role for one in found] == ["state", "good", "reject"]
    assert "100 % of the pieces" in found[0].evidence[0]


@pytest.mark.parametrize("seed", range(8))
def test_total_good_and_reject_by_their_sums(seed: int) -> None:
    shown = machine(seed)
    found = roles(*(place(key, shown[key]) for key in ("good", "total", "reject")))
    assert found == {"good": "good", "total": "total", "reject": "reject"}


def test_a_heartbeat_and_a_machine_that_never_rests_are_not_taken_for_each_other() -> None:
    pieces = [at // 3 for at in range(LOOKS)]
    slow = [at // 40 for at in range(LOOKS)]
    found = {one.place.id: one for one in propose([place("b", BEAT), place("g", pieces)])}
    assert {one.role for one in found.values()} == {"other"}
    assert all("never rested" in one.evidence[-1] for one in found.values())
    assert roles(place("b", BEAT), place("g", pieces), place("r", slow))["g"] == "other"
    assert roles(place("b", BEAT)) == {"b": "other"}
    bit = [at // 3 % 2 for at in range(LOOKS)]
    assert roles(place("h", bit), place("g", pieces)) == {"h": "heartbeat", "g": "good"}
    named = roles(place("b", BEAT, name="Heartbeat"), place("g", pieces, name="Good"))
    assert named == {"b": "heartbeat", "g": "good"}


def test_a_total_that_never_rests_is_no_heartbeat() -> None:
    total = [at // 2 for at in range(LOOKS)]
    reject = [value // 9 for value in total]
    good = [value - bad for value, bad in zip(total, reject, strict=True)]
    found = roles(place("t", total), place("g", good), place("r", reject))
    assert found == {"t": "total", "g": "good", "r": "reject"}


@pytest.mark.parametrize("seed", range(8))
def test_total_and_good_without_a_reject_counter(seed: int) -> None:
    shown = machine(seed)
    assert roles(place("x", shown["good"]), place("y", shown["total"])) == {
        "x": "good",
        "y": "total",
    }


@pytest.mark.parametrize("seed", range(4))
def test_an_order_number_that_rises_at_each_changeover_is_no_counter(seed: int) -> None:
    shown = machine(seed)
    orders, order = [], 1010
    for at in range(LOOKS):
        order += 1000 * (shown["state"][at - 2 : at + 1] == [11, 11, 11] and at % 25 == 0)
        orders.append(order)
    found = roles(
        place("o", orders, 32),
        *(place(key, shown[key]) for key in ("state", "good", "reject")),
    )
    assert [found[key] for key in ("state", "good", "reject")] == ["state", "good", "reject"]
    assert found["o"] not in ("good", "reject", "total")


def test_own_codes_give_a_table_with_the_one_row_that_is_certain() -> None:
    shown = machine(1, running=40, resting=20)
    found = propose([place("g", shown["good"]), place("s", shown["state"])])
    (state,) = [one for one in found if one.role == "state"]
    assert state.states == {40: 6}


def test_a_clock_alone_is_not_taken_for_pieces_nor_pieces_for_a_clock() -> None:
    shown = machine(2)
    assert roles(place("b", BEAT), place("g", shown["good"])) == {"b": "heartbeat", "g": "good"}


def test_names_settle_what_did_not_move() -> None:
    found = roles(
        place("s", [6] * LOOKS, name="Press.State"),
        place("g", [700] * LOOKS, name="Press.GoodCount"),
        place("c", [0] * LOOKS, name="Press.OrderSetpoint"),
    )
    assert found == {"s": "state", "g": "good", "c": "other"}


def test_a_role_is_given_once() -> None:
    shown = machine(3)
    found = propose([place(str(at), shown["good"]) for at in range(4)])
    given = [one.role for one in found if one.role != "other"]
    assert len(given) == len(set(given))


def test_a_model_decides_before_everything_else() -> None:
    shown = machine(4)
    known = Watched(
        id="k",
        address="k",
        type="int32",
        series=series_of(TIMES, shown["state"], 32),
        known="state",
        model="type of PackML",
        states="packml",
    )
    found = {one.place.id: one for one in propose([known, place("g", shown["good"])])}
    assert found["k"].role == "state"
    assert found["k"].evidence == ("type of PackML",)


def test_nothing_at_all() -> None:
    assert propose([]) == ()
    empty = Watched(id="e", address="e", type="string")
    assert roles(empty) == {"e": "other"}


@pytest.mark.parametrize(
    ("others", "role"), [([], "boot"), ([place("n", [3] * LOOKS, name="Press.Boots")], "other")]
)
def test_the_start_of_the_server_marks_boots_where_nothing_else_does(
    others: list[Watched], role: str
) -> None:
    start = Watched(id="t", address="i=2257", type="datetime", name="ServerStatus.StartTime")
    moment = Watched(id="b", address="ns=2;i=1", type="datetime", name="Press.BootTime")
    good = place("g", machine(5)["good"])
    found = roles(start, moment, good, *others)
    assert (found["t"], found["b"]) == (role, "other")
    assert roles(start) == {"t": "other"}  # nothing counts here


def test_a_name_that_says_another_role_is_no_order() -> None:
    shown = machine(3)
    seldom = [20 + (at > 90) + (at > 200) for at in range(LOOKS)]
    found = roles(
        place("a", shown["good"], name="Good"),
        place("b", shown["state"], name="State"),
        place("c", seldom, name="Reject"),
    )
    assert found == {"a": "good", "b": "state", "c": "reject"}
