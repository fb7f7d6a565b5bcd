"""A barcode scanner types like a keyboard, only faster: keys that are held back until it is
known whether they are a scan (a fast burst that ends in Enter) or a person's. On a slow line its
keys may come as slowly as a person's: a scanner that sends a start character is known by that.

Pure: times are seconds of any clock that does not go back.
"""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key")

# A scanner sends a key every 1 to 30 ms; a person hardly one in 80.
GAP_S = 0.06
LEAST = 3
# After so long nothing more comes of a code that began with the start character.
BROKEN_S = 5.0
# The same code again within this time is the trigger held too long.
TWICE_S = 2.0


@dataclass
class Burst(Generic[Key]):
    """Keys that came fast one after the other, or after the start character.

    `start`: the character that the scanner sends before each code; empty for none. It is no part
    of the code.
    """

    start: str = ""
    begun: bool = False
    keys: list[Key] = field(default_factory=list)
    text: str = ""
    last: float = 0.0

    @property
    def patience_s(self) -> float:
        """How long the next key may take."""
        return BROKEN_S if self.begun else GAP_S

    def too_late(self, now: float) -> bool:
        """Whether a key at `now` begins anew: what is held is a person's, or a broken scan."""
        return (self.begun or bool(self.keys)) and now - self.last > self.patience_s

    def begins(self, character: str | None) -> bool:
        """Whether `character` is the start of a scan."""
        return bool(self.start) and character == self.start

    def begin(self, now: float) -> None:
        """All up to the next Enter is a scan."""
        self.begun, self.last = True, now

    def hold(self, key: Key, character: str, now: float) -> None:
        self.keys.append(key)
        self.text += character
        self.last = now

    def is_scan(self, now: float) -> bool:
        """Whether an Enter at `now` ends a scan."""
        return (self.begun or len(self.text) >= LEAST) and not self.too_late(now)

    def release(self) -> list[Key]:
        """The keys that were held; nothing is held any more."""
        keys, self.keys, self.text, self.begun = self.keys, [], "", False
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
