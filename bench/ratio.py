"""What a benchmark says: a figure beside a bare baseline that was measured in the same run."""

from dataclasses import dataclass
from pathlib import Path

# Data beside the project that this run was told of, by the benchmark that reads it.
FOLDERS: dict[str, Path | None] = {}


class Missing(Exception):
    """What a benchmark measures with cannot be had here, so it says nothing; says why."""


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """`ours` and `bare` in `unit`, and what is promised of them.

    `target` is the promised ratio: at least, or at most if `at_most`. `limit` is the most
    that `ours` may be, in `unit`. Without either nothing is promised.
    """

    name: str
    ours: float
    bare: float
    unit: str
    target: float | None = None
    at_most: bool = False
    limit: float | None = None

    @property
    def ratio(self) -> float:
        return self.ours / self.bare

    @property
    def kept(self) -> bool:
        if self.limit is not None and self.ours > self.limit:
            return False
        if self.target is None:
            return True
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target

    def __str__(self) -> str:
        sign = "<=" if self.at_most else ">="
        promises = [] if self.target is None else [f"{sign} {self.target:g} x"]
        promises += [] if self.limit is None else [f"<= {self.limit:g} {self.unit}"]
        verdict = f"{', '.join(promises)} {'kept' if self.kept else 'MISSED'}" if promises else ""
        figures = f"{_short(self.ours):>10} {_short(self.bare):>10} {self.unit:<8}"
        return f"{self.name:<62}{figures} {self.ratio:>7.2f} x  {verdict}".rstrip()


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
