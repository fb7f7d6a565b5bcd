"""What rooms add to the menu is complete, and only answers that are right leave a form."""

import pytest

from terminal_ui.asking import Choice, Field, Kind, Wrong, answer
from terminal_ui.items import Item, Room, Scan, always
from terminal_ui.registry import load_rooms, scanned
from terminal_ui.scanner import BROKEN_S, GAP_S, TWICE_S, Burst, Twice
from terminal_ui.texts import LANGUAGES, load_texts

ROOMS = load_rooms()
EN = load_texts("en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_and_item_has_its_texts(room: Room, language: str) -> None:
    texts = load_texts(language)
    wanted = {f"{room.name}.title"} | {f"{room.name}.item.{item.name}" for item in room.items}
    wanted |= {f"{room.name}.cannot.{i.name}" for i in room.items if i.possible is not always}
    assert wanted <= set(texts.table)


def test_scans_name_items_and_no_prefix_is_used_twice() -> None:
    prefixes = [scan.prefix for room in ROOMS for scan in room.scans]
    assert len(set(prefixes)) == len(prefixes)
    for room in ROOMS:
        names = [item.name for item in room.items]
        assert len(set(names)) == len(names)
        assert {scan.item for scan in room.scans} <= set(names)


@pytest.mark.parametrize(
    ("field", "entered", "said"),
    [
        (Field(name="n", kind=Kind.NUMBER, least=1, most=9), " 9 ", 9),
        (Field(name="n", kind=Kind.NUMBER), "-12", -12),
        (Field(name="n", kind=Kind.DECIMAL), "12,50", "12.50"),
        (Field(name="n", kind=Kind.TEXT, optional=True), "  ", None),
        (Field(name="n", kind=Kind.SCAN, prefix="LOT:"), "LOT:A1", "A1"),
        (Field(name="n", kind=Kind.SCAN, prefix="LOT:"), "A1", "A1"),
        (Field(name="n", kind=Kind.CHOICE, choices=[Choice(code="a", text="A")]), "a", "a"),
        (Field(name="n", kind=Kind.SECRET), "0042", "0042"),
    ],
)
def test_an_answer(field: Field, entered: str, said: object) -> None:
    assert answer(field, entered, EN) == said


@pytest.mark.parametrize(
    ("field", "entered", "why"),
    [
        (Field(name="n", kind=Kind.NUMBER, least=1), "0", "0: at least 1"),
        (Field(name="n", kind=Kind.NUMBER, most=9), "10", "10: at most 9"),
        (Field(name="n", kind=Kind.NUMBER), "1.5", "'1.5' is not a whole number"),
        (Field(name="n", kind=Kind.NUMBER), "٣", "'٣' is not a whole number"),
        (Field(name="n", kind=Kind.DECIMAL), "1e5", "'1e5' is not a number"),
        (Field(name="n", kind=Kind.TEXT), "", "enter something"),
        (Field(name="n", kind=Kind.CHOICE), "a", "choose one of the list"),
    ],
)
def test_what_is_no_answer_says_why(field: Field, entered: str, why: str) -> None:
    with pytest.raises(Wrong, match=why):
        answer(field, entered, EN)


def _room(name: str, *prefixes: str) -> Room:
    item = Item(name="take")
    scans = tuple(Scan(prefix=prefix, item="take", field="code") for prefix in prefixes)
    return Room(name=name, order=1, items=(item,), scans=scans)


def test_of_several_prefixes_the_longest_takes_a_code() -> None:
    rooms = (_room("lots", "L"), _room("labels", "LB:"))
    assert (found := scanned("LB:7", rooms)) is not None
    assert (found.room.name, found.value) == ("labels", "7")
    assert (found := scanned("L7", rooms)) is not None
    assert (found.room.name, found.value) == ("lots", "7")
    assert scanned("X7", rooms) is None
    assert scanned("LB:", (_room("labels", "LB:"),)) is None


def test_a_burst_is_a_scan_and_a_person_is_not() -> None:
    burst = Burst[str]()
    for place, character in enumerate("LOT:1"):
        burst.hold(character, character, place * GAP_S / 2)
    assert burst.is_scan(2.5 * GAP_S)
    assert not burst.is_scan(10.0)
    assert burst.release() == list("LOT:1")
    assert not burst.is_scan(2.5 * GAP_S)


def test_after_the_start_character_a_scan_may_be_slow_but_not_without_end() -> None:
    burst = Burst[str](start="~")
    assert not burst.begins("L")
    assert burst.begins("~")
    burst.begin(0.0)
    for place, character in enumerate("L1", 1):
        assert not burst.too_late(place * 10 * GAP_S)
        burst.hold(character, character, place * 10 * GAP_S)
    assert burst.text == "L1"
    assert burst.is_scan(30 * GAP_S)
    assert not burst.is_scan(20 * GAP_S + BROKEN_S + 0.1)
    assert burst.release() == list("L1")
    assert burst.patience_s == GAP_S
    assert not burst.is_scan(30 * GAP_S)


def test_without_a_start_character_nothing_begins_a_scan() -> None:
    assert not any(Burst[str]().begins(one) for one in ("", None, "~"))


def test_the_same_code_within_two_seconds_is_one_scan() -> None:
    twice = Twice()
    assert not twice.again("A", 5.0)
    assert twice.again("A", 5.0 + TWICE_S - 0.1)
    assert not twice.again("A", 5.0 + TWICE_S)
    assert not twice.again("B", 5.0 + TWICE_S)
