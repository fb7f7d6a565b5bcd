"""A process whose disk is full for a while: `python filler.py PATH`.

No file may grow beyond a limit until the store has refused a recording; then there is
space again. Prints one JSON object: what was acknowledged before and after, and how
often the store refused.
"""

import asyncio
import json
import resource
import sys
from pathlib import Path

from edge.domain.clock import SystemClock
from edge.domain.recording import StoreUnavailable
from edge.storage.store import Store
from tests.unit.storage.samples import baseline, counted, first

LIMIT = 600_000


def let_files_grow_to(size: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


async def main(path: Path) -> None:
    with Store.open(path, "e1", SystemClock()) as store:
        await store.record(first())
        was, acknowledged, refused = baseline(0), 1, 0
        let_files_grow_to(LIMIT)
        for step in range(5_000):
            recording = counted(was, 2, at=step)
            try:
                done = await store.record(recording)
            except StoreUnavailable:
                refused += 1
                if refused == 3:
                    let_files_grow_to(resource.RLIM_INFINITY)
                assert store.reader.chain_end().seq == acknowledged
                continue
            was, acknowledged = recording.baselines[0].new, done.last_seq
            if refused and was.raw > 4_000:
                break
        print(json.dumps({"seq": acknowledged, "raw": was.raw, "refused": refused}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
