"""Formulas over the elements: one object computes a figure and prints its arithmetic.

A formula is built of symbols (`APT / PBT`), so that its text, the elements that it needs, its
exact value and the text with the numbers put in can never say different things.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from edge.kpi.elements import Elements

Exact = int | Fraction
Ratio = Fraction | None
Parts = tuple[int, int]
"""Numerator and denominator, not cancelled: that is done once, at the end."""


@dataclass(frozen=True)
class Symbol:
    """An element as the standard abbreviates it; `unit` us, pcs, Wh, 1 or unit (of material)."""

    symbol: str
    element: str
    unit: str


@dataclass(frozen=True)
class Formula:
    """A figure of the elements.

    `text` in symbols; `numbers` the same with the exact numbers put in, in the elements' units,
    of integers, fractions, + - * / and brackets only; `parts` is None where an element is not
    known or a denominator is 0.
    """

    text: str
    symbols: tuple[Symbol, ...]
    parts: Callable[[Elements], Parts | None]
    numbers: Callable[[Elements], str]
    loose: bool = False

    def value(self, of: Elements) -> Fraction | None:
        """The exact figure; None where an element is not known or a denominator is 0."""
        found = self.parts(of)
        return None if found is None else Fraction(*found)

    def __add__(self, other: "Formula") -> "Formula":
        return _joined(self, "+", other, _plus, loose=True)

    def __truediv__(self, other: "Formula") -> "Formula":
        return _joined(self.tight, "/", other.divisor, _over)

    def __mul__(self, other: "Formula") -> "Formula":
        return _joined(self.tight, "*", other.tight, _times)

    @property
    def tight(self) -> "Formula":
        """In brackets, if it is a sum."""
        return self._bracketed() if self.loose else self

    @property
    def divisor(self) -> "Formula":
        """In brackets, if it is more than one symbol."""
        return self if len(self.symbols) < 2 and not self.loose else self._bracketed()

    def _bracketed(self) -> "Formula":
        def numbers(of: Elements) -> str:
            return f"({self.numbers(of)})"

        return Formula(f"({self.text})", self.symbols, self.parts, numbers)


def symbol(name: str, element: str, unit: str, text: str = "") -> Formula:
    """The formula that is one element."""

    def parts(of: Elements) -> Parts | None:
        found = getattr(of, element)
        if type(found) is int:
            return found, 1
        return None if found is None else (found.numerator, found.denominator)

    def numbers(of: Elements) -> str:
        return written(getattr(of, element))

    return Formula(text or name, (Symbol(name, element, unit),), parts, numbers)


def constant(number: int, text: str) -> Formula:
    """A number that turns one unit into another, `text` as people write it."""
    return Formula(text, (), lambda _: (number, 1), lambda _: str(number))


def written(value: Exact | None) -> str:
    """An exact number as text; a fraction in brackets; `?` for none."""
    if value is None:
        return "?"
    exact = Fraction(value)
    return str(exact) if exact.denominator == 1 else f"({exact})"


def _joined(
    left: Formula,
    sign: str,
    right: Formula,
    made: Callable[[Parts, Parts], Parts | None],
    *,
    loose: bool = False,
) -> Formula:
    first, second = left.parts, right.parts

    def parts(of: Elements) -> Parts | None:
        one = first(of)
        if one is None:
            return None
        other = second(of)
        return None if other is None else made(one, other)

    def numbers(of: Elements) -> str:
        return f"{left.numbers(of)} {sign} {right.numbers(of)}"

    symbols = tuple(dict.fromkeys((*left.symbols, *right.symbols)))
    text = f"{left.text} {'×' if sign == '*' else sign} {right.text}"
    return Formula(text, symbols, parts, numbers, loose)


def _plus(one: Parts, other: Parts) -> Parts:
    return one[0] * other[1] + other[0] * one[1], one[1] * other[1]


def _times(one: Parts, other: Parts) -> Parts:
    return one[0] * other[0], one[1] * other[1]


def _over(one: Parts, other: Parts) -> Parts | None:
    return (one[0] * other[1], one[1] * other[0]) if other[0] else None
