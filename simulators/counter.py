"""A counter as a controller has it: its width, and what it does at its end."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Counter:
    """An unsigned counter of `bits` that begins at `start`.

    It wraps at 2^bits, or at `wraps_at` values (PackML: 2^31), or stops at `stops_at` and
    wraps never (CTU of IEC 61131-3: 32,767).
    """

    start: int
    bits: int
    wraps_at: int = 0
    stops_at: int = 0

    @property
    def modulus(self) -> int:
        return self.wraps_at or 1 << self.bits

    def after(self, value: int, step: int = 1) -> int:
        """What it shows `step` counts later."""
        if self.stops_at:
            return min(value + step, self.stops_at)
        return (value + step) % self.modulus
