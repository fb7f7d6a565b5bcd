"""GS1: what a label says by application identifiers, and numbers with their check digit.

GS1 General Specifications: 3 (application identifiers), 7.8 (element strings, and which have a
length of their own), 7.9 (check digit), 7.12 (century of a date), 3.3.1 (SSCC). An element string
is an identifier and its value; one without a length of its own ends at FNC1, which a scanner
sends as the character GS (ASCII 29), or with the label. People read it with brackets.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from edge.domain.sentences import Told, say

LENGTH = 18
LEAST_PREFIX, MOST_PREFIX = 7, 10
GS = "\x1d"
# Symbology identifiers of symbols that carry GS1 data (5.10.1): scanners may send them first.
MARKS = ("]C1", "]e0", "]d2", "]Q3", "]J1")
SSCC, GTIN, CONTENT, LOT, SERIAL = "00", "01", "02", "10", "21"
BEST_BEFORE, EXPIRES, VARIABLE_COUNT, COUNT, NET_KG = "15", "17", "30", "37", "310"
GTIN_LENGTHS = (8, 12, 13, 14)

# Digits of an identifier by its first two (3.2), and length of values that need no FNC1 (7.8.5).
DIGITS: Mapping[str, int] = {
    **{f"{at:02d}": 2 for at in (*range(5), *range(10, 23), 30, 37, *range(90, 100))},
    **{f"{at:02d}": 3 for at in (23, 24, 25, 40, 41, 42, 71)},
    **{f"{at:02d}": 4 for at in (*range(31, 37), 39, 43, 70, 72, 80, 81, 82)},
}
LENGTHS: Mapping[str, int] = {
    SSCC: 18,
    GTIN: 14,
    CONTENT: 14,
    "03": 14,
    "04": 16,
    "20": 2,
    "41": 13,
    **{f"{at:02d}": 6 for at in (*range(11, 20), *range(31, 37))},
}
MOST: Mapping[str, int] = {LOT: 20, SERIAL: 20, "22": 20, VARIABLE_COUNT: 8, COUNT: 8}
LONGEST = 90
CHECKED = frozenset({SSCC, GTIN, CONTENT, "03"})
NUMBERS = frozenset({*LENGTHS, VARIABLE_COUNT, COUNT})
# Character set 82 (7.11).
VALUE = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+")
BRACKET = re.compile(r"\((\d{2,4})\)")
Element = tuple[str, str]


class NoLabel(Told, ValueError):
    """What was scanned is no label of GS1, or a damaged one: the text says where and why."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a label says; empty or None where it does not.

    `gtin` is that of the piece or, of a pallet, of what is on it; `expires` the last day; `count`
    pieces, `weight` kg.
    """

    sscc: str = ""
    gtin: str = ""
    lot: str = ""
    serial: str = ""
    expires: date | None = None
    count: int | None = None
    weight: Fraction | None = None


def check_digit(digits: str) -> str:
    """The check digit behind `digits`: weights 3 and 1 in turn from the right, to the next ten.

    Raises ValueError for what is no row of digits.
    """
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError(f"{digits!r} is no row of digits")
    weighed = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))
    )
    return str(-weighed % 10)


def is_valid(number: str) -> bool:
    """Whether the last digit of a number is its check digit."""
    return number[:-1].isdecimal() and number.isascii() and check_digit(number[:-1]) == number[-1]


def gtin(number: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as one of 14; raises ValueError if it is none."""
    if len(number) not in GTIN_LENGTHS or not is_valid(number):
        raise ValueError(f"{number!r} is no GTIN: 8, 12, 13 or 14 digits, the last one checks them")
    return number.rjust(14, "0")


def sscc(prefix: str, serial: int, extension: int = 0) -> str:
    """The SSCC of a company prefix (7 to 10 digits), a serial reference and an extension digit.

    Raises ValueError if the serial does not fit behind the prefix.
    """
    room = LENGTH - 2 - len(prefix)
    if not LEAST_PREFIX <= len(prefix) <= MOST_PREFIX:
        raise ValueError(f"company prefix {prefix!r}: {LEAST_PREFIX} to {MOST_PREFIX} digits")
    if not 0 <= serial < 10**room or not 0 <= extension <= 9:
        raise ValueError(f"serial {serial} does not fit into {room} digits behind {prefix}")
    body = f"{extension}{prefix}{serial:0{room}d}"
    return body + check_digit(body)


def is_marked(code: str) -> bool:
    """Whether a code says itself that it is of GS1: by symbology identifier, FNC1 or brackets."""
    return code.startswith(MARKS) or GS in code or BRACKET.match(code) is not None


def is_label(code: str) -> bool:
    """Whether a code is of GS1: it is marked so, or it is all element strings of which the first
    is a GTIN or SSCC whose check digit is right."""
    if is_marked(code):
        return True
    try:
        found = elements(code)
    except NoLabel:
        return False
    return found[0][0] in CHECKED


def elements(code: str) -> list[Element]:
    """Identifiers and values of a code as scanned, or as people read it; raises NoLabel."""
    code = code.strip(" \r\n")
    found = _bracketed(code) if BRACKET.match(code) else list(_raw(code))
    values: dict[str, str] = {}
    for ai, value in found:
        _check(ai, value)
        if values.setdefault(ai, value) != value:
            raise NoLabel(
                say(
                    "gs1.twice",
                    "({ai}) is there twice: {first} and {value}",
                    ai=ai,
                    first=values[ai],
                    value=value,
                )
            )
    return found


def label(code: str, today: date) -> Label:
    """What a code says; `today` tells the century of its dates. Raises NoLabel."""
    said = dict(elements(code))
    last = said.get(EXPIRES) or said.get(BEST_BEFORE)
    count = said.get(COUNT) or said.get(VARIABLE_COUNT)
    kilos = next((ai for ai in said if ai.startswith(NET_KG)), "")
    return Label(
        sscc=said.get(SSCC, ""),
        gtin=said.get(GTIN) or said.get(CONTENT, ""),
        lot=said.get(LOT, ""),
        serial=said.get(SERIAL, ""),
        expires=day(last, today) if last else None,
        count=int(count) if count else None,
        weight=Fraction(int(said[kilos]), 10 ** int(kilos[-1])) if kilos else None,
    )


def day(text: str, today: date) -> date:
    """The day of YYMMDD, of which DD 00 is the month's last, in the century that lies nearest
    (51 to 99 years ahead are the century before). Raises NoLabel."""
    year, month, of_month = int(text[:2]), int(text[2:4]), int(text[4:])
    century, ahead = today.year // 100, year - today.year % 100
    if ahead > 50:
        century -= 1
    elif ahead < -49:
        century += 1
    try:
        year += century * 100
        return date(year, month, of_month or monthrange(year, month)[1])
    except ValueError as error:  # IllegalMonthError is one, too
        raise NoLabel(say("gs1.no_day", "{text} is no day: YYMMDD", text=text)) from error


def encoded(said: Sequence[Element]) -> str:
    """What a scanner sends of these element strings, after a symbology identifier.

    Raises NoLabel for what cannot be on a label.
    """
    text = MARKS[0]
    for at, (ai, value) in enumerate(said):
        _check(ai, value)
        ends = ai[:2] in LENGTHS or at == len(said) - 1
        text += f"{ai}{value}{'' if ends else GS}"
    return text


def readable(said: Iterable[Element]) -> str:
    """The same as people read it, with brackets; raises NoLabel."""
    text = ""
    for ai, value in said:
        _check(ai, value)
        if BRACKET.search(value):
            raise NoLabel(
                say(
                    "gs1.brackets",
                    "({ai}) {value!r} cannot be told from another element in brackets",
                    ai=ai,
                    value=value,
                )
            )
        text += f"({ai}){value}"
    return text


def _bracketed(code: str) -> list[Element]:
    parts = BRACKET.split(code)[1:]
    return [(ai, value.strip()) for ai, value in zip(parts[::2], parts[1::2], strict=True)]


def _raw(code: str) -> Iterable[Element]:
    rest = code.removeprefix(next((mark for mark in MARKS if code.startswith(mark)), ""))
    rest = rest.lstrip(GS)
    if not rest:
        raise NoLabel(say("gs1.nothing", "there is nothing in it"))
    while rest:
        digits = DIGITS.get(rest[:2])
        if digits is None or not (rest[:digits].isascii() and rest[:digits].isdecimal()):
            raise NoLabel(
                say("gs1.unknown", "{ai!r} is no application identifier of GS1", ai=rest[:4])
            )
        ai, rest = rest[:digits], rest[digits:]
        length = LENGTHS.get(ai[:2])
        value = rest.partition(GS)[0] if length is None else rest[:length]
        yield ai, value
        rest = rest[len(value) :].removeprefix(GS)


def _check(ai: str, value: str) -> None:
    if DIGITS.get(ai[:2]) != len(ai):
        raise NoLabel(say("gs1.no_identifier", "({ai}) is no application identifier of GS1", ai=ai))
    length, most = LENGTHS.get(ai[:2]), MOST.get(ai, LONGEST)
    if length is not None and len(value) != length:
        raise NoLabel(
            say(
                "gs1.length",
                "({ai}) {value!r} has {count} characters, not {length}",
                ai=ai,
                value=value,
                count=len(value),
                length=length,
            )
        )
    if not 0 < len(value) <= most or not VALUE.fullmatch(value):
        raise NoLabel(
            say(
                "gs1.characters",
                "({ai}) {value!r}: 1 to {most} characters of those that GS1 allows",
                ai=ai,
                value=value,
                most=most,
            )
        )
    if ai[:2] in NUMBERS and not value.isdecimal():
        raise NoLabel(say("gs1.no_number", "({ai}) {value!r} is no number", ai=ai, value=value))
    if ai in CHECKED and not is_valid(value):
        raise NoLabel(
            say(
                "gs1.check_digit",
                "({ai}) {value}: its check digit is wrong; scan it again",
                ai=ai,
                value=value,
            )
        )
