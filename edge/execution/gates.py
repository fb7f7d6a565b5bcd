"""What may forbid a job order's start: each room that can says so, in words, before it happens.

A gate is asked at each start and resume, by people and by the dispatcher alike, and by the
board for the jobs that come next, so that nobody learns of it only at the machine.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from edge.domain.facts import Json
from edge.domain.orders import JobOrder
from edge.domain.sentences import Sentence
from edge.execution.errors import Blocked

GATED = frozenset({"start", "resume"})


@dataclass(frozen=True, kw_only=True)
class Block:
    """Why a job order may not start; the part of the sentence's code before a dot is the gate's
    ("hold", "skill", "revision", ...). What the people at the machine should know, though it
    forbids nothing, is a block with `only_warns`.
    """

    said: Sentence
    only_warns: bool = False

    def view(self) -> dict[str, Json]:
        """As the board tells it."""
        return self.said.view() | {"only_warns": self.only_warns}


class Gate(Protocol):
    """A room's say in starts; quick, for it is asked for each board."""

    def blocks(self, job: JobOrder, actor: str | None) -> Iterable[Block]:
        """What speaks against starting `job`; `actor` None where no person asks."""
        ...


@dataclass
class Gates:
    """All gates of a floor, in the order in which they are told."""

    gates: list[Gate] = field(default_factory=list)

    def blocks(self, job: JobOrder, actor: str | None = None) -> Sequence[Block]:
        """All that speaks against starting `job`."""
        return [block for gate in self.gates for block in gate.blocks(job, actor)]

    def allows(self, job: JobOrder) -> bool:
        """Whether nothing forbids starting `job`."""
        return all(block.only_warns for block in self.blocks(job))

    def check(self, job: JobOrder, action: str, actor: str | None = None) -> None:
        """Raise Blocked if a gate forbids `action`."""
        if action not in GATED:
            return
        forbidding = [one for one in self.blocks(job, actor) if not one.only_warns]
        if forbidding:
            raise Blocked(job.id, [one.said for one in forbidding])
