"""Archives a store and is killed at a step of it.

    python dying_archivist.py STORE STEP [TIMES]

SIGKILL comes when STEP is begun for the TIMES-th time.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge.domain.clock import ManualClock
from edge.storage.archives import archivist, file, moving
from edge.storage.archives.moving import Wanted
from edge.storage.store import Store

STEPS: dict[str, tuple[Any, str]] = {
    "a block is written": (file.Sealing, "add"),
    "the file is sealed": (file.Sealing, "seal"),
    "its name is on the disk": (file, "to_disk"),
    "it is read back": (moving, "_read_back"),
    "its row is written": (archivist, "anchored"),
    "live rows go": (archivist, "let_go"),
    "it looks for more": (moving, "next_header"),
}


def dying(work: Callable[..., Any], times: int) -> Callable[..., Any]:
    left = [times]

    def step(*values: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*values, **named)

    return step


if __name__ == "__main__":
    place, name = STEPS[sys.argv[2]]
    setattr(place, name, dying(getattr(place, name), int(sys.argv[3])))
    setattr(archivist, "next_header", moving.next_header)  # noqa: B010 - where it is imported
    with Store.open(Path(sys.argv[1]), "e1", ManualClock(plant=1)) as store:
        asyncio.run(store.archivist.run(Wanted(before=1 << 60, acknowledged=None)))
