"""A store of before is brought forward by a process that dies in between.

    python dying_migration.py STORE renamed|packed

SIGKILL comes once the table of before has another name, or once every fact is packed.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from edge.domain.clock import ManualClock
from edge.storage.store import Store
from edge.storage.tables import facts


def die(*_: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    step = {"renamed": "_packed", "packed": "zip_longest"}[sys.argv[2]]
    setattr(facts, step, die)
    Store.open(Path(sys.argv[1]), "e1", ManualClock(plant=1))
