"""Labels of GS1 are read as they were written, whatever is on them; a damaged one is refused."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.gs1 import (
    DIGITS,
    GS,
    LENGTHS,
    MARKS,
    Element,
    Label,
    NoLabel,
    check_digit,
    day,
    elements,
    encoded,
    gtin,
    is_label,
    is_valid,
    label,
    readable,
)

TODAY = date(2026, 6, 8)
GTIN = "04012345000016"
SSCC = "340123450000000017"
SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
CHECKED = {"00": 17, "01": 13, "02": 13}


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def numbered(ai: str, count: int) -> st.SearchStrategy[Element]:
    return digits(count).map(lambda body: (ai, body + check_digit(body)))


def element(ai: str) -> st.SearchStrategy[Element]:
    """A value that `ai` can have."""
    if ai in CHECKED:
        return numbered(ai, CHECKED[ai])
    if ai in {"30", "37"}:
        return digits(8).map(lambda value: (ai, value))
    if (length := LENGTHS.get(ai[:2])) is not None:
        return digits(length).map(lambda value: (ai, value))
    return st.text(SET_82, min_size=1, max_size=20).map(lambda value: (ai, value))


PLAIN = ("00", "01", "02", "10", "11", "15", "17", "20", "21", "30", "37", "240", "3103", "414")
labels = st.lists(st.sampled_from([*PLAIN, "91", "7003", "8008"]), min_size=1, unique=True).flatmap(
    lambda ais: st.tuples(*map(element, ais)).map(list)
)


@given(said=labels, mark=st.sampled_from(["", *MARKS]), first=st.booleans())
def test_what_is_written_is_read(said: list[Element], mark: str, first: bool) -> None:
    """Each symbology identifier, or FNC1 as a character, in front of it."""
    code = encoded(said).removeprefix(MARKS[0])
    assert elements(f"{mark}{GS if first else ''}{code}") == said
    try:
        text = readable(said)
    except NoLabel:
        assert any("(" in value for _, value in said)
    else:
        assert elements(text) == said
        assert is_label(text)


@given(said=labels, at=st.data())
def test_a_wrong_digit_is_seen_where_it_is_checked(said: list[Element], at: st.DataObject) -> None:
    checked = [place for place, (ai, _) in enumerate(said) if ai in CHECKED]
    if not checked:
        return
    place = at.draw(st.sampled_from(checked))
    ai, value = said[place]
    digit = at.draw(st.integers(0, len(value) - 1))
    wrong = at.draw(st.sampled_from([one for one in "0123456789" if one != value[digit]]))
    damaged = f"{value[:digit]}{wrong}{value[digit + 1 :]}"
    code, end = encoded(said), len(encoded(said[: place + 1]))
    assert code[:end].endswith(f"{ai}{value}")
    code = f"{code[: end - len(value)]}{damaged}{code[end:]}"
    with pytest.raises(NoLabel):
        elements(code)


@given(code=st.text(SET_82 + GS + "]\n ", max_size=60))
def test_any_code_is_read_or_refused(code: str) -> None:
    try:
        found = elements(code)
    except NoLabel:
        return
    assert found
    assert all(DIGITS[ai[:2]] == len(ai) and value for ai, value in found)
    label_of = dict(found)
    assert all(is_valid(label_of[ai]) for ai in CHECKED if ai in label_of)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            f"(01){GTIN}(17)261231(10)C7-0412(37)850",
            Label(gtin=GTIN, lot="C7-0412", expires=date(2026, 12, 31), count=850),
        ),
        (
            f"]C101{GTIN}1726123110C7-0412{GS}37850",
            Label(gtin=GTIN, lot="C7-0412", expires=date(2026, 12, 31), count=850),
        ),
        (
            f"]d201{GTIN}21SN{GS}15270200",
            Label(gtin=GTIN, serial="SN", expires=date(2027, 2, 28)),
        ),
        (f"(15)270101(17)261201(01){GTIN}", Label(gtin=GTIN, expires=date(2026, 12, 1))),
        (f"00{SSCC}", Label(sscc=SSCC)),
        (
            f"(00){SSCC}(02){GTIN}(37)12(10)A/1",
            Label(sscc=SSCC, gtin=GTIN, count=12, lot="A/1"),
        ),
        (f"(01){GTIN}(3103)000850", Label(gtin=GTIN, weight=Fraction(850, 1000))),
        (f"(01){GTIN} (10) AB ", Label(gtin=GTIN, lot="AB")),
        (f"(01){GTIN}(30)7", Label(gtin=GTIN, count=7)),
        (f"01{GTIN}10A{GS}91OWN", Label(gtin=GTIN, lot="A")),
    ],
)
def test_a_label_says(code: str, said: Label) -> None:
    assert is_label(code)
    assert label(code, TODAY) == said


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("", "there is nothing in it"),
        ("]C1", "there is nothing in it"),
        ("(01)04012345000017", "check digit is wrong"),
        ("(01)4012345000016", "has 13 characters, not 14"),
        (f"(00){SSCC[:-1]}1", "check digit is wrong"),
        (f"(01){GTIN}(17)261331", "is no day"),
        (f"(01){GTIN}(17)26123A", "is no number"),
        (f"(01){GTIN}(10)", "1 to 20 characters"),
        (f"(01){GTIN}(10){'A' * 21}", "1 to 20 characters"),
        (f"(01){GTIN}(10)Ä", "of those that GS1 allows"),
        (f"(01){GTIN}(10)A(10)B", "is there twice: A and B"),
        ("]C15012", "is no application identifier"),
        ("S-4711", "is no application identifier"),
        (f"(01){GTIN}(5)A", "has 18 characters, not 14"),
    ],
)
def test_what_is_no_label_says_why(code: str, why: str) -> None:
    with pytest.raises(NoLabel) as refused:
        label(code, TODAY)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    "code", ["S-4711", "WO1001.10-1", "340123450000000017", "10ABC", "", "PAL-1"]
)
def test_an_own_number_is_no_label(code: str) -> None:
    assert not is_label(code)


@pytest.mark.parametrize(
    ("text", "today", "told"),
    [
        ("261231", date(2026, 6, 8), date(2026, 12, 31)),
        ("760101", date(2026, 6, 8), date(2076, 1, 1)),  # 50 years ahead
        ("770101", date(2026, 6, 8), date(1977, 1, 1)),  # 51: the century before
        ("010101", date(2051, 6, 8), date(2101, 1, 1)),
        ("020101", date(2051, 6, 8), date(2002, 1, 1)),
        ("280200", date(2026, 6, 8), date(2028, 2, 29)),
    ],
)
def test_the_century_of_a_day_is_the_nearest(text: str, today: date, told: date) -> None:
    assert day(text, today) == told


def test_a_gtin_has_four_lengths_and_one_form() -> None:
    assert gtin("4012345000016") == GTIN
    assert gtin("96385074") == "00000096385074"
    for wrong in ("4012345000017", "401234500001", "", "40123450000A6"):
        with pytest.raises(ValueError, match="is no GTIN"):
            gtin(wrong)
