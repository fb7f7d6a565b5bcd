"""Strict reading of a TOML table: what is wrong is noted, so that all faults show at once.

A value that could not be read is answered by a stand-in, so that reading goes on; whoever
reads must look at the faults before the result is used.
"""

from collections.abc import Callable, Mapping
from datetime import time
from fractions import Fraction
from typing import Any, TypeVar

from simulators.clock import parse_time
from simulators.errors import Fault

Value = TypeVar("Value")
MISSING = object()


class Table:
    """One TOML table at a place such as `machine[0]`."""

    def __init__(self, content: Mapping[str, Any], place: str, faults: list[Fault]) -> None:
        self._content, self.place, self._faults = content, place, faults
        self._seen: set[str] = set()

    def text(self, key: str, default: str | None = None, among: tuple[str, ...] = ()) -> str:
        """A non-empty string, one of `among` if that is given."""
        value = self._take(key, default)
        if not isinstance(value, str) or not value:
            return self._refuse(key, value, "is no text", 'write it as "text"', "")
        if among and value not in among:
            return self._refuse(key, value, "is not known", f"one of {', '.join(among)}", among[0])
        return value

    def integer(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number from `least` to `most`; booleans and floats are none."""
        value = self._take(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            mend = f"a whole number from {least} to {most}"
            return self._refuse(key, value, "is out of range or no whole number", mend, least)
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._take(key, default)
        if not isinstance(value, bool):
            return self._refuse(key, value, "is neither true nor false", "true or false", default)
        return value

    def fraction(self, key: str, least: str, most: str, default: str | None = None) -> Fraction:
        """A number as a string, decimal ("2.5") or fraction ("125/48"), from `least` to `most`."""
        value = self._take(key, default)
        if isinstance(value, str) and value.isascii():
            try:
                number = Fraction(value)
                if Fraction(least) <= number <= Fraction(most):
                    return number
            except (ValueError, ZeroDivisionError):
                pass  # named below, like every other value that is no such number
        mend = f'a decimal or fraction in quotes from "{least}" to "{most}", such as "{most}"'
        return self._refuse(key, value, "is no such number", mend, Fraction(1))

    def texts(
        self, key: str, among: tuple[str, ...], default: tuple[str, ...] | None = None
    ) -> list[str]:
        """A non-empty list of different strings out of `among`."""
        value = self._take(key, None if default is None else list(default))
        good = isinstance(value, list) and value and all(each in among for each in value)
        if not good or len(set(value)) < len(value):
            mend = f"a list of different ones of {', '.join(among)}"
            return self._refuse(key, value, "is no such list", mend, [])
        return list(value)

    def clock_time(self, key: str) -> time:
        """A local time of day, "06:00"."""
        return self._parsed(key, self._take(key, None), _clock_time, '"HH:MM"', time())

    def clock_spans(self, key: str) -> list[tuple[time, time]]:
        """Pairs of local times, `["10:00-10:30"]`; none if the key is absent."""
        return self._pairs(key, "-", _clock_time, '"HH:MM-HH:MM"', time())

    def spans(self, key: str) -> list[tuple[int, int]]:
        """Pairs of ISO times with offset, "from/to", as microseconds UTC; none if absent."""
        return self._pairs(key, "/", parse_time, '"2026-06-08T06:00+02:00/..."', 0)

    def table(self, key: str) -> "Table":
        """A table inside this one."""
        value = self._take(key, None)
        if not isinstance(value, dict):
            value = self._refuse(key, value, "is no table", "write { key = value }", {})
        return Table(value, f"{self.place}.{key}".lstrip("."), self._faults)

    def tables(self, key: str, least: int = 0) -> list["Table"]:
        """A list of tables, `[[key]]`."""
        value = self._take(key, [])
        good = isinstance(value, list) and all(isinstance(each, dict) for each in value)
        if not good or len(value) < least:
            value = self._refuse(key, value, "is no such list", f"at least {least} [[{key}]]", [])
        place = f"{self.place}.{key}".lstrip(".")
        return [Table(each, f"{place}[{n}]", self._faults) for n, each in enumerate(value)]

    def peek(self, key: str) -> object:
        """What stands there, unread; None if nothing does."""
        return self._content.get(key)

    def skip(self, key: str) -> None:
        """Know of a key that is not read."""
        self._seen.add(key)

    def refuse(self, key: str, message: str, mend: str) -> None:
        """Note a fault that only shows when keys are seen together."""
        self._refuse(key, self._content.get(key), message, mend, None)

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in sorted(set(self._content) - self._seen):
            known = ", ".join(sorted(self._seen))
            self._refuse(key, self._content[key], "is an unknown key", f"one of {known}", None)

    def _take(self, key: str, default: object) -> Any:
        self._seen.add(key)
        return self._content.get(key, MISSING if default is None else default)

    def _pairs(
        self, key: str, mark: str, parse: Callable[[str], Value], form: str, stand_in: Value
    ) -> list[tuple[Value, Value]]:
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            return self._refuse(key, value, "is no list of spans", f"a list of {form}", [])
        pairs = [each.partition(mark) for each in value]
        return [
            (
                self._parsed(key, start, parse, form, stand_in),
                self._parsed(key, end, parse, form, stand_in),
            )
            for start, _, end in pairs
        ]

    def _parsed(
        self, key: str, value: Any, parse: Callable[[str], Value], form: str, stand_in: Value
    ) -> Value:
        try:
            if isinstance(value, str):
                return parse(value)
        except ValueError as error:
            return self._refuse(key, value, str(error), form, stand_in)
        return self._refuse(key, value, "is no time", form, stand_in)

    def _refuse(self, key: str, value: Any, message: str, mend: str, stand_in: Value) -> Value:
        place = f"{self.place}.{key}".lstrip(".")
        if value is MISSING:
            value, message = None, "is missing"
        self._faults.append(Fault(place=place, value=value, message=message, mend=mend))
        return stand_in


def _clock_time(text: str) -> time:
    moment = time.fromisoformat(text)
    if len(text) != len("06:00"):
        raise ValueError(f"{text!r} is no local time of day")
    return moment
