"""What can go wrong in the simulators, named by what the caller must do."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One mistake in a scenario: where, what stands there, what is wrong, what would be right."""

    place: str
    value: object
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place} = {self.value!r}: {self.message}; mend: {self.mend}"


class ScenarioInvalid(Exception):
    """Mend the scenario file: it holds every fault at once."""

    def __init__(self, source: str, faults: list[Fault]) -> None:
        super().__init__("\n".join(f"{source}: {fault}" for fault in faults))
        self.faults = faults


class IdentityUnusable(Exception):
    """Mend the folder `certificates`, or the certificate and key that lie there."""


class PortTaken(Exception):
    """Choose another port, or 0 for a free one."""


class TruthLost(Exception):
    """Stop: the referee no longer takes the truth, so nothing more may become visible."""


class WriteRefused(Exception):
    """Write another value: this machine does not take it."""
