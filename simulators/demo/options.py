"""What a demo was asked to do, checked."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from simulators.demo.errors import DemoInvalid

ORIGIN = "2026-06-08T06:00:00+02:00"  # a Monday, the early shift's begin
MICROS_PER_HOUR = 3_600_000_000


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options of `taktline demo`; times in plant hours from the begin of the shift."""

    hours: Fraction
    speed: Fraction
    seed: int
    stay: bool
    as_json: bool
    example: Path
    run_dir: Path
    kill_edge_at: Fraction | None = None
    kill_sync_at: Fraction | None = None
    erp_fault: str | None = None
    edge_command: str | None = None
    language: str = "en"

    @property
    def kills(self) -> list[tuple[Fraction, str]]:
        """Moments and names of the processes to be killed, in order."""
        wanted = [(self.kill_edge_at, "edge"), (self.kill_sync_at, "sync")]
        return sorted((at, name) for at, name in wanted if at is not None)


def positive(name: str, text: str) -> Fraction:
    """A number above 0; raises DemoInvalid."""
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    if value <= 0:
        raise DemoInvalid(f"{name} = {text!r}: write a number above 0, for example 8 or 2.5")
    return value


def moment(name: str, text: str | None, hours: Fraction) -> Fraction | None:
    """Plant hours of `2.5` (hours into the run) or `50%` (of the run); raises DemoInvalid."""
    if text is None:
        return None
    share = hours / 100 if text.endswith("%") else 1
    at = positive(name, text.removesuffix("%")) * share
    if at >= hours:
        raise DemoInvalid(f"{name} = {text!r}: the run ends after {float(hours):g} plant hours")
    return at
