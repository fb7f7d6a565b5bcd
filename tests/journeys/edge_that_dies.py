"""The real edge, cut off at a moment between two of its effects: SIGKILL to itself.

    python edge_that_dies.py FOLDER SEED --config plant.toml ...

Each life draws from SEED and its number what it dies of: the n-th commit of a job order's
change, write to a machine, commit of counts, or call to sync, just before or just after it.
It writes a line into FOLDER/deaths and is gone. With a file FOLDER/calm it lives on.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

from edge.cli import edge
from edge.collection.supervisor import DeviceSupervisor
from edge.domain.facts import FactKind
from edge.domain.recording import Recording
from edge.link.client import SyncClient
from edge.storage.store import Store

Effect = Callable[..., Awaitable[Any]]
# What a life dies of, how often it is chosen, and within how many of them it comes.
CAUSES = {"job": (4, 4), "write": (4, 6), "count": (1, 30), "send": (1, 10), "hello": (1, 1)}
KINDS = {FactKind.JOB_ORDER_EVENT: "job", FactKind.PRODUCTION_COUNT: "count"}


class Fate:
    """What this life dies of."""

    def __init__(self, folder: Path, seed: str) -> None:
        self._folder, self._calm = folder, folder / "calm"
        lives = folder / "lives"
        life = len(lives.read_text().splitlines()) if lives.exists() else 0
        _append(lives, str(life))
        draws = Random(f"{seed}/{life}")
        names = list(CAUSES)
        [self.cause] = draws.choices(names, [CAUSES[name][0] for name in names])
        self.left = draws.randint(1, CAUSES[self.cause][1])
        self.before = draws.random() < 0.5

    async def around(self, cause: str, effect: Effect, *arguments: Any, **options: Any) -> Any:
        """Do `effect`, unless it is time to die before it, or after it."""
        counts = cause == self.cause and not self._calm.exists()
        self.left -= counts
        due = counts and self.left == 0
        if due and self.before:
            self._die(f"before {cause}")
        answer = await effect(*arguments, **options)
        if due:
            self._die(f"after {cause}")
        return answer

    def _die(self, how: str) -> None:
        _append(self._folder / "deaths", how)
        os.kill(os.getpid(), signal.SIGKILL)


def _append(file: Path, line: str) -> None:
    with file.open("a") as out:
        out.write(line + "\n")


def doomed(fate: Fate, effect: Effect, cause: Callable[..., str]) -> Effect:
    """`effect` with `fate` beside it; `cause` names it by its arguments."""

    async def live(*arguments: Any, **options: Any) -> Any:
        return await fate.around(cause(*arguments), effect, *arguments, **options)

    return live


def recorded(_: Store, recording: Recording) -> str:
    """The cause of death that a recording would be."""
    causes = [KINDS[draft.kind] for draft in recording.drafts if draft.kind in KINDS]
    return causes[0] if causes else "other"


EFFECTS: tuple[tuple[type, str, Callable[..., str]], ...] = (
    (Store, "record", recorded),
    (DeviceSupervisor, "write", lambda *_: "write"),
    (SyncClient, "send", lambda *_: "send"),
    (SyncClient, "hello", lambda *_: "hello"),
)


def doom(fate: Fate) -> None:
    """Let `fate` stand beside every effect of the edge."""
    for owner, name, cause in EFFECTS:
        setattr(owner, name, doomed(fate, getattr(owner, name), cause))


if __name__ == "__main__":
    folder_, seed_ = sys.argv[1:3]
    del sys.argv[1:3]
    doom(Fate(Path(folder_), seed_))
    edge()
