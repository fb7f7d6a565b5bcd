"""A barcode scanner types like a keyboard, only faster: keys that are held back until it is
known whether they are a scan (a fast burst that ends in Enter) or a person's.

Pure: times are seconds of any clock that does not go back.
"""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key")

# A scanner sends a key every 1 to 30 ms; a person hardly one in 80.
GAP_S = 0.06
LEAST = 3
# The same code again within this time is the trigger held too long.
TWICE_S = 2.0


@dataclass
class Burst(Generic[Key]):
    """Keys that came fast one after the other."""

    keys: list[Key] = field(default_factory=list)
    text: str = ""
    last: float = 0.0

    def too_late(self, now: float) -> bool:
        """Whether a key at `now` begins anew: what is held is a person's."""
        return bool(self.keys) and now - self.last > GAP_S

    def hold(self, key: Key, character: str, now: float) -> None:
        self.keys.append(key)
        self.text += character
        self.last = now

    def is_scan(self, now: float) -> bool:
        """Whether an Enter at `now` ends a scan."""
        return len(self.text) >= LEAST and not self.too_late(now)

    def release(self) -> list[Key]:
        """The keys that were held; nothing is held any more."""
        keys, self.keys, self.text = self.keys, [], ""
        return keys


@dataclass
class Twice:
    """Knows the last code, to leave out a double scan."""

    code: str = ""
    at: float = -TWICE_S

    def again(self, code: str, now: float) -> bool:
        """Whether `code` came within TWICE_S before; it is remembered."""
        double = code == self.code and now - self.at < TWICE_S
        if not double:
            self.code, self.at = code, now
        return double
