"""An old store is brought to the schema of today by a process that dies in between.

    python old_store.py STORE

SIGKILL comes while the facts of before are folded: after the new tables, before their rows.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from edge.domain.clock import ManualClock
from edge.storage import store
from edge.storage.store import Store


def die(*_: Any) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


if __name__ == "__main__":
    setattr(store, "project", die)  # noqa: B010 - the module only imports it
    Store.open(Path(sys.argv[1]), "e1", ManualClock(plant=1))
