"""The real edge, killed by itself just before or after it commits a step of a plan.

    python edge_that_dies_releasing.py before|after proposed|released --config plant.toml ...

"proposed": a plan that waits for a person; "released": the one that a person has released.
"""

import os
import signal
import sys

from edge.cli import edge
from edge.domain.recording import Recorded, Recording
from edge.storage.store import Store


def is_due(recording: Recording, step: str) -> bool:
    if step == "proposed":
        return recording.proposed is not None
    return recording.plan is not None and recording.request is not None


def doom(moment: str, step: str) -> None:
    """Let the process die at `moment` of `step`."""
    record = Store.record

    async def recorded(store: Store, recording: Recording) -> Recorded:
        due = is_due(recording, step)
        if due and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = await record(store, recording)
        if due:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(Store, "record", recorded)  # noqa: B010


if __name__ == "__main__":
    doom(*sys.argv[1:3])
    del sys.argv[1:3]
    edge()
