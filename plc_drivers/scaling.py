"""What a device holds and what is told of it: told = held x scale + offset, exactly."""

from decimal import Decimal, localcontext
from fractions import Fraction

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import DATA_TYPES, exact_decimal
from plc_drivers.reading import Value

_DIGITS = 60  # more than any product of a 64-bit number and a scale in use has


def told(tag: TagConfig, held: Value) -> Value:
    """What is told of a value that the device holds; texts, bits and switches are never scaled.

    An integer stays one where scale and offset are integers, else a decimal is told.
    """
    if not tag.scaled or isinstance(held, (bool, str)) or held is None:
        return held
    with localcontext(prec=_DIGITS):
        number = held * tag.scale + tag.offset
    return int(number) if isinstance(held, int) and _whole(tag) else number


def held(tag: TagConfig, value: Value) -> Value:
    """What the device must hold so that `value` is told; ValueError if its type has no such."""
    kind = DATA_TYPES[tag.type]
    if not tag.scaled or isinstance(value, (bool, str)) or value is None:
        return value
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"{value} is not a finite number")
    exact = (Fraction(value) - Fraction(tag.offset)) / Fraction(tag.scale)
    if kind.is_integer:
        if exact.denominator != 1:
            raise ValueError(f"{value} is no whole step of scale {tag.scale}, offset {tag.offset}")
        return int(exact)
    with localcontext(prec=_DIGITS):
        number = Decimal(exact.numerator) / exact.denominator
    if kind.python is not Decimal or told(tag, _kept(number, kind.bits)) != value:
        raise ValueError(f"{value} cannot be held exactly as {tag.type} of scale {tag.scale}")
    return number


def _kept(number: Decimal, bits: int) -> Decimal:
    """What is read back of a number that was written as a 32- or 64-bit one."""
    try:
        return exact_decimal(float(number), bits)
    except OverflowError as error:
        raise ValueError(f"{number} is too large for {bits} bits") from error


def _whole(tag: TagConfig) -> bool:
    return tag.scale == tag.scale.to_integral_value() and tag.offset == (
        tag.offset.to_integral_value()
    )
