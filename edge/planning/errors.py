"""Errors of planning, named by what the caller must do."""

from edge.domain.faults import Fault


class ScenarioInvalid(ValueError):
    """The input contradicts itself or the format; mend what `faults` say and ask again."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


class PlannerLost(RuntimeError):
    """The planner's process died before it answered; ask again, a new one starts."""


class PlannerTooSlow(RuntimeError):
    """The planner did not answer in the time given and was ended; allow more or ask for less."""


class OptimizerMissing(RuntimeError):
    """The library of the effort `high` is not installed; install it or ask for less."""
