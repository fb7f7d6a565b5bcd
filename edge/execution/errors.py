"""Errors of execution, named by what the caller must do."""

from collections.abc import Sequence

from edge.domain.faults import Fault
from edge.domain.recording import BaselineConflict
from edge.domain.sentences import Sentence, Told


class UnknownObject(Told):
    """There is no such job order, stop or work center here: look at the list again."""


class NotAllowed(Told):
    """The job order's or machine's state forbids it now: the text says what would help."""


class Blocked(NotAllowed):
    """Something forbids the job order's start: each of `said`."""

    def __init__(self, job: str, reasons: Sequence[Sentence]) -> None:
        super().__init__(*reasons)
        self._job = job

    @property
    def detail(self) -> str:
        return f"{self._job}: {super().detail}"


class LotRefused(NotAllowed):
    """A lot, or a revision, that may not be used here: each of `said` is a reason."""


class FaultyRows(Exception):
    """A file that cannot be taken: mend every one of `faults`, by row and column."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("; ".join(f"{one.place}: {one.message}" for one in self.faults))


class CountersMove(Told, BaselineConflict):
    """The counters never stood still for what was to be recorded with them: send it again."""


class PrinterUnreachable(Told):
    """A label could not be sent, and is not queued: see to the printer, then print again."""


class NoAdvice(Told):
    """What was asked about the plan was not answered in time: ask again, a new process starts."""


class NotAuthorized(Told):
    """Whoever asks may not decide this: somebody with the role that is named signs on and does."""


class NotRecognised(Told):
    """Nobody is known by this badge or PIN: scan again, or have plant.toml say whose it is."""


class Implausible(Told):
    """What was said can hardly be: ask whoever said it, and send it again with `confirm`."""


class NothingReported(Told):
    """A job is to end that nobody reported good pieces of: ask, and send it with `confirm`."""


class BeyondTolerance(Told):
    """More or fewer pieces than the product's tolerance: ask a supervisor, then `confirm`."""


class InvalidAction(Told):
    """What was asked makes no sense as it stands: mend the named value."""
