"""What a test wants of a device whose protocol is spoken by a program that nobody here wrote."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from plc_drivers.configuration import DeviceConfig

WORD, DOUBLE = 1 << 16, 1 << 32
MODULUS = {"good": WORD, "reject": WORD, "total": DOUBLE}
READS = ("state", "mode", "fault", "order", "boot", "good", "reject", "total")
WRITES = ("order_setpoint", "target_setpoint", "command")
WIDE = frozenset({"order", "total", "order_setpoint", "target_setpoint"})
POLL_MS, TIMEOUT_MS = 50, 500


@dataclass(frozen=True)
class Truth:
    """What the machine really made since it was built, whatever its counters show."""

    good: int = 0
    reject: int = 0


class Foreign(Protocol):
    """A machine that goes on while the server in front of it is down, as real ones do."""

    name: str

    async def open(self) -> None:
        """Run the program; the device answers when this is done."""
        ...

    async def close(self) -> None: ...

    async def down(self) -> None:
        """Nothing answers any more."""
        ...

    async def up(self) -> None:
        """A server as new, at the same address, before the same machine."""
        ...

    async def drop(self) -> None:
        """Every connection ends, or is met with silence once, without a word."""
        ...

    async def make(self, good: int = 0, reject: int = 0) -> None:
        """Pieces are made: all counters of them move at once."""
        ...

    async def boot(self, *, retentive: bool) -> None:
        """The controller starts anew; counters are kept only if they are retentive."""
        ...

    async def reset(self) -> None:
        """Somebody sets the counters to 0 by hand."""
        ...

    async def show(self, **values: int) -> None:
        """What tags show from now on, without a piece made."""
        ...

    async def truth(self) -> Truth: ...

    async def written(self) -> dict[str, int]:
        """What setpoints hold, by tag."""
        ...

    def config(self, id_: str) -> DeviceConfig: ...


@dataclass
class Controller:
    """The machine behind a Modbus face: registers by tag, and what is true."""

    values: dict[str, int] = field(
        default_factory=lambda: (
            dict.fromkeys((*READS, *WRITES), 0)
            | {"state": 6, "mode": 1, "boot": 1, "order": 1_001_010}
        )
    )
    good: int = 0
    reject: int = 0

    def make(self, good: int, reject: int) -> None:
        self.good += good
        self.reject += reject
        more = {"good": good, "reject": reject, "total": good + reject}
        for tag, by in more.items():
            self.values[tag] = (self.values[tag] + by) % MODULUS[tag]

    def boot(self, *, retentive: bool) -> None:
        self.values["boot"] += 1
        if not retentive:
            self.reset()

    def reset(self) -> None:
        self.values |= dict.fromkeys(MODULUS, 0)

    def registers(self) -> list[int]:
        """Two registers a tag from 0 on, the low word first."""
        words: list[int] = []
        for tag in (*READS, *WRITES):
            words += [self.values[tag] & 0xFFFF, self.values[tag] >> 16]
        return words


def register(tag: str) -> int:
    """The first register of a tag."""
    return 2 * (*READS, *WRITES).index(tag)


def from_words(words: Sequence[int]) -> dict[str, int]:
    """Setpoints from all registers."""
    at = {tag: register(tag) for tag in WRITES}
    return {tag: words[first] | words[first + 1] << 16 for tag, first in at.items()}
