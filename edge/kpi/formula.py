"""Formulas over the elements: one object computes a figure and prints its arithmetic.

A formula is built of symbols (`APT / PBT`), so that its text, the elements that it needs, its
exact value and the text with the numbers put in can never say different things. It is kept as
a quotient of products of sums, so that a report adds up each sum once for all its figures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial

from edge.kpi.elements import Elements

Exact = int | Fraction
Ratio = Fraction | None
Parts = tuple[int, int]
"""Numerator and denominator, not cancelled: that is done once, at the end, if at all."""
Term = tuple[str | int, ...]
"""Names of elements, and whole numbers, that are added up."""


class Terms(dict[Term, Parts | None]):
    """The sums of some elements, each added up when it is first asked for.

    None where an element is not known.
    """

    def __init__(self, of: Elements) -> None:
        super().__init__()
        self.of = of

    def __missing__(self, term: Term) -> Parts | None:
        total: Exact = 0
        found: Parts | None = None
        for one in term:
            value = one if type(one) is int else getattr(self.of, one)  # type: ignore[arg-type]
            if value is None:
                break
            total += value
        else:
            found = total.numerator, total.denominator
        self[term] = found
        return found


@dataclass(frozen=True)
class Symbol:
    """An element as the standard abbreviates it; `unit` us, pcs, Wh, 1 or unit (of material)."""

    symbol: str
    element: str
    unit: str


@dataclass(frozen=True)
class Formula:
    """A figure of the elements: the product of the sums `over`, divided by each of `under`.

    `text` in symbols; `numbers` the same with the exact numbers put in, in the elements' units,
    of integers, fractions, + - * / and brackets only.
    """

    text: str
    symbols: tuple[Symbol, ...]
    over: tuple[Term, ...]
    under: tuple[Term, ...]
    numbers: Callable[[Elements], str]
    loose: bool = False

    @cached_property
    def parts(self) -> Callable[[Terms], Parts | None]:
        """The exact figure; None where an element is not known or a denominator is 0."""
        if len(self.over) == len(self.under) == 1:  # most are; a plant's month has a million
            return partial(_quotient, self.over[0], self.under[0])
        return self._of_products

    def _of_products(self, of: Terms) -> Parts | None:
        numerator = denominator = 1
        for term in self.over:
            one = of[term]
            if one is None:
                return None
            numerator *= one[0]
            denominator *= one[1]
        for term in self.under:
            one = of[term]
            if one is None or not one[0]:
                return None
            numerator *= one[1]
            denominator *= one[0]
        return numerator, denominator

    def value(self, of: Elements) -> Fraction | None:
        """The exact figure; None where an element is not known or a denominator is 0."""
        found = self.parts(Terms(of))
        return None if found is None else Fraction(*found)

    def __add__(self, other: "Formula") -> "Formula":
        term = (*self._sum(), *other._sum())
        return _joined(self, "+", other, (term,), (), loose=True)

    def __truediv__(self, other: "Formula") -> "Formula":
        if other.under:
            raise TypeError(f"({self.text}) / ({other.text}): divide by a product of sums")
        under = (*self.under, *other.over)
        return _joined(self.tight, "/", other.divisor, self.over, under)

    def __mul__(self, other: "Formula") -> "Formula":
        over, under = (*self.over, *other.over), (*self.under, *other.under)
        return _joined(self.tight, "*", other.tight, over, under)

    def _sum(self) -> Term:
        if self.under or len(self.over) != 1:
            raise TypeError(f"{self.text}: only symbols and their sums are added")
        return self.over[0]

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

        return Formula(f"({self.text})", self.symbols, self.over, self.under, numbers)


def _quotient(over: Term, under: Term, of: Terms) -> Parts | None:
    """What `_of_products` says of one sum over another."""
    one, other = of[over], of[under]
    if one is None or other is None or not other[0]:
        return None
    return one[0] * other[1], one[1] * other[0]


def symbol(name: str, element: str, unit: str, text: str = "") -> Formula:
    """The formula that is one element."""

    def numbers(of: Elements) -> str:
        return written(getattr(of, element))

    return Formula(text or name, (Symbol(name, element, unit),), ((element,),), (), numbers)


def constant(number: int, text: str) -> Formula:
    """A number that turns one unit into another, `text` as people write it."""
    return Formula(text, (), ((number,),), (), lambda _: str(number))


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
    over: tuple[Term, ...],
    under: tuple[Term, ...],
    *,
    loose: bool = False,
) -> Formula:
    def numbers(of: Elements) -> str:
        return f"{left.numbers(of)} {sign} {right.numbers(of)}"

    symbols = tuple(dict.fromkeys((*left.symbols, *right.symbols)))
    text = f"{left.text} {'×' if sign == '*' else sign} {right.text}"
    return Formula(text, symbols, over, under, numbers, loose)
