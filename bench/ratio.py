"""What a benchmark says: a figure beside a bare baseline that was measured in the same run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from edge.domain.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """`ours` and `bare` in `unit`; `target` is the promise: at least, or at most if `at_most`."""

    name: str
    ours: float
    bare: float
    unit: str
    target: float | None = None
    at_most: bool = False

    @property
    def ratio(self) -> float:
        return self.ours / self.bare

    @property
    def kept(self) -> bool:
        if self.target is None:
            return True
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target

    def __str__(self) -> str:
        figures = f"{self.ours:>12,.0f} {self.bare:>12,.0f} {self.unit:<8} {self.ratio:>7.2f} x"
        if self.target is None:
            return f"{self.name:<52}{figures}"
        sign = "<=" if self.at_most else ">="
        kept = "kept" if self.kept else "MISSED"
        return f"{self.name:<52}{figures}  {sign} {self.target} {kept}"


def rate(amount: int, rounds: Iterable[Callable[[], None]], clock: Clock) -> float:
    """Median of `amount` a second over the rounds."""
    seconds = []
    for run in rounds:
        start = clock.monotonic()
        run()
        seconds.append(clock.monotonic() - start)
    return amount / median(seconds)
