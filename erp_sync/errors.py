"""Errors of the sync service, named by what the caller must do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.domain.faults import Fault


class ConfigInvalid(Exception):
    """`company.toml` is wrong: mend every fault that it names and start again."""

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(_line(file, fault) for fault in faults))
        self.faults = tuple(faults)


def _line(file: str, fault: Fault) -> str:
    place = f"{file}: {fault.place} = {fault.value}" if fault.place else file
    return f"{place}: {fault.message}; mend: {fault.mend}"


class StoreLocked(Exception):
    """Another process holds the store: stop that one, or use another store."""


class StoreUnavailable(Exception):
    """The store cannot take or give data now (full disk, closing): try again later."""


@dataclass(eq=False)
class Problem(Exception):
    """An answer that says what is wrong and what would mend it (RFC 9457).

    `kind` is the last part of the problem's type, `members` are further members of
    the document, `headers` go with the answer.
    """

    status: int
    kind: str
    title: str
    detail: str
    mend: str
    errors: Sequence[Fault] = ()
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.kind}: {self.detail}"


class Alarm(Problem):
    """A refusal that somebody must look into: it is recorded and counted."""


def conflict(kind: str, title: str, detail: str, mend: str, **members: Any) -> Problem:
    """409: what was asked contradicts what is known."""
    return Problem(409, kind, title, detail, mend, members=members)


def invalid(detail: str, mend: str, errors: Sequence[Fault] = ()) -> Problem:
    """422: the request's content is wrong."""
    return Problem(422, "invalid", "The content is not valid", detail, mend, errors)


def not_found(what: str, mend: str) -> Problem:
    """404: there is no such thing."""
    return Problem(404, "not-found", "There is no such thing", what, mend)
