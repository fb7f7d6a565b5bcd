"""What can go wrong between terminal and edge, named by what the terminal does about it."""

from collections.abc import Mapping
from dataclasses import dataclass


class EdgeUnreachable(Exception):
    """No answer: keep what is shown, say its age, try again. The text says why."""


class EdgeBusy(Exception):
    """The edge cannot take the request now: send the same again after `seconds`."""

    def __init__(self, problem: "Problem", seconds: float) -> None:
        super().__init__(str(problem))
        self.problem, self.seconds = problem, seconds


class AnswerInvalid(Exception):
    """The edge answered something that the contract does not have: show place and value."""


@dataclass(frozen=True)
class Problem:
    """A problem document (RFC 9457) as far as an operator reads it; `kind` is the last part of
    its type. `code` and `params` are those of its sentence, `errors` several sentences.
    """

    status: int
    title: str
    detail: str
    mend: str
    confirm: bool = False
    kind: str = ""
    code: str = ""
    params: Mapping[str, object] | None = None
    errors: tuple[Mapping[str, object], ...] = ()

    def __str__(self) -> str:
        said = ": ".join(part for part in (self.title, self.detail) if part)
        return f"{said}; {self.mend}" if self.mend else said


class Refused(Exception):
    """The edge refuses the request as it is: show its words, do not repeat it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class OutOfDate(Refused):
    """What was acted on has changed meanwhile (409): show why, and refresh."""


class AsksBack(Refused):
    """What was said can hardly be (409 with `confirm`): ask, and send it with `confirm`."""


class AccessDenied(Refused):
    """The token is missing, wrong or lacks a scope (401, 403): show which variable holds it."""
