"""The real edge, killed by itself in the middle of a reload.

    python edge_that_dies_reloading.py MOMENT --config plant.toml ...

MOMENT: "before" or "after" the commit that says that the configuration is in force, or "close":
just when the connection of a device that changes is to be closed.
"""

import os
import signal
import sys
from typing import Any

from edge.cli import edge
from edge.collection.supervisor import DeviceSupervisor
from edge.domain.facts import FactKind
from edge.domain.recording import Recorded, Recording
from edge.storage.store import Store


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def doom(moment: str) -> None:
    """Let the process die at `moment`."""
    record = Store.record

    async def recorded(store: Store, recording: Recording) -> Recorded:
        kinds = [draft.kind for draft in recording.drafts if "changes" in draft.body]
        due = FactKind.CONFIGURATION_APPLIED in kinds
        if due and moment == "before":
            die()
        done = await record(store, recording)
        if due and moment == "after":
            die()
        return done

    async def closed(_: Any) -> None:
        die()

    setattr(Store, "record", recorded)  # noqa: B010
    if moment == "close":
        setattr(DeviceSupervisor, "end", closed)  # noqa: B010


if __name__ == "__main__":
    moment_ = sys.argv[1]
    del sys.argv[1]
    doom(moment_)
    edge()
