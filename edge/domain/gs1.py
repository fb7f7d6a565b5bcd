"""Numbers of GS1: the serial shipping container code of a pallet, with its check digit.

GS1 General Specifications, section 7.9 (check digit) and 3.3.1 (SSCC, application identifier 00).
"""

LENGTH = 18
LEAST_PREFIX, MOST_PREFIX = 7, 10


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
