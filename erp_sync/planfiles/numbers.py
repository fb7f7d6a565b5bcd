"""Whole numbers as people and spreadsheets write them; never a guess between 1.2 and 1200."""

import re
import unicodedata
from fractions import Fraction

from erp_sync.planfiles.cells import Broken, Cell

LARGEST = 10**15  # a spreadsheet keeps 15 digits
# Thousands apart by one kind of sign: groups of three, the first of one to three.
SPACED = re.compile(r"[+-]?[1-9]\d{0,2}([ '’_])\d{3}(?:\1\d{3})*(?:[.,]\d+)?")
SIGNS = re.compile(r"\d[\s'’_]+\d")
PLAIN = re.compile(r"[+-]?\d{1,19}")
LONG = re.compile(r"[+-]?\d{20,}")
GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
MIXED = re.compile(r"([+-]?\d{1,3}(?:([.,])\d{3})+)(?!\2)[.,](\d+)")
FRACTION = re.compile(r"([+-]?\d+)[.,](\d+)")
MARK = {"point": ".", "comma": ","}


class NotWhole(ValueError):
    """Why a value is no whole number, and what would mend it."""

    def __init__(self, message: str, mend: str = "write a whole number, for example 1200") -> None:
        super().__init__(message)
        self.message, self.mend = message, mend


def whole_number(cell: Cell, decimal: str = "") -> int:
    """The whole number in a cell; raises NotWhole.

    Thousands may be apart by spaces, apostrophes, points or commas, in groups of three, and
    decimals may be zero. Digits are decimal ones: 10² is neither 102 nor 100. `decimal` (point,
    comma) says what the one mark in 1,200 is; without it that is refused, because it is 1.2 in
    one country and 1200 in another.
    """
    if isinstance(cell, Broken):
        raise NotWhole(*cell.why)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise NotWhole("is no number")
    if isinstance(cell, str):
        return _of_text(cell, decimal)
    if cell != cell or abs(cell) >= LARGEST:
        raise NotWhole("has more digits than a spreadsheet keeps", "write a smaller number")
    if cell != int(cell):
        raise NotWhole("is not a whole number")
    return int(cell)


def _of_text(text: str, decimal: str) -> int:
    said = _plain(text)
    if SPACED.fullmatch(said):
        said = re.sub("[ '’_]", "", said)
    elif SIGNS.search(said):
        raise NotWhole("is no number: its digits are not in groups of three")
    if PLAIN.fullmatch(said):
        return int(said)
    if mixed := MIXED.fullmatch(said):
        return _checked(mixed[1], mixed[2], mixed[3], decimal)
    if grouped := GROUPED.fullmatch(said):
        return _of_groups(said, grouped[1], decimal)
    if parts := FRACTION.fullmatch(said):
        mark = said[len(parts[1])]
        if decimal and MARK[decimal] != mark:
            raise NotWhole(f"has the decimal mark {mark}, where {decimal} was said")
        return _whole(Fraction(f"{parts[1]}.{parts[2]}"))
    if LONG.fullmatch(said):
        raise NotWhole("has more digits than a quantity can have", "write a smaller number")
    raise NotWhole("is no number")


def _plain(text: str) -> str:
    """The text with its signs in their usual width; what only looks like a digit is refused."""
    for sign in text:
        is_like = any(map(str.isdecimal, unicodedata.normalize("NFKC", sign)))
        if is_like and not sign.isdecimal():
            raise NotWhole(f"has {sign}, which is no digit of a number")
    return unicodedata.normalize("NFKC", text).strip().replace("−", "-")


def _of_groups(said: str, mark: str, decimal: str) -> int:
    grouped = int(said.replace(mark, ""))
    leading_zero = said.lstrip("+-").startswith("0")
    if said.count(mark) > 1:  # 1.234.567: a number has one decimal mark
        if decimal and MARK[decimal] == mark:
            raise NotWhole(f"has {mark} between thousands, where it was said to be the decimal one")
        return grouped
    if leading_zero or (decimal and MARK[decimal] == mark):
        return _whole(Fraction(said.replace(mark, ".")))
    if decimal:
        return grouped
    raise NotWhole(
        f"is {grouped} with {mark} between thousands and {said.replace(mark, '.')} with it as the "
        "decimal mark",
        f"write {grouped}, or say decimal={'comma' if mark == '.' else 'point'}"
        f" (--decimal) if {grouped} is meant",
    )


def _checked(whole: str, mark: str, rest: str, decimal: str) -> int:
    """1.234,00: the last mark is the decimal one."""
    if decimal and MARK[decimal] == mark:
        raise NotWhole(f"has {mark} between thousands, where it was said to be the decimal one")
    return _whole(Fraction(f"{whole.replace(mark, '')}.{rest}"))


def _whole(number: Fraction) -> int:
    if number.denominator != 1:
        raise NotWhole("is not a whole number")
    return int(number)
