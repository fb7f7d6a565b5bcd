"""A process that records pieces until it is killed: `python recorder.py PATH TASKS`.

Prints a line `TAG SEQ RAW` for each recording when it has been acknowledged. With TASKS 0
it only holds the store, says so and waits for the end of its input.
"""

import asyncio
import os
import sys

from edge.domain.clock import SystemClock
from edge.domain.recording import Baseline
from edge.storage.store import Store
from tests.unit.storage.samples import counted, first


async def count_on(store: Store, tag: str) -> None:
    """Count pieces of a tag from where the store has it, for ever."""
    held = {baseline.tag: baseline for baseline in store.reader.baselines()}
    if tag not in held:
        await store.record(first(tag=tag))
    was = held.get(tag) or Baseline(equipment_id="L1", tag=tag, counter_epoch=1, raw=0, at=0)
    while True:
        recording = counted(was, 1 + was.raw % 7, at=was.at + 1)
        done = await store.record(recording)
        was = recording.baselines[0].new
        os.write(1, f"{tag} {done.last_seq} {was.raw}\n".encode())


async def main(path: str, tasks: int) -> None:
    with Store.open(path, "e1", SystemClock()) as store:
        if not tasks:
            os.write(1, b"held\n")
            await asyncio.to_thread(sys.stdin.read)
            return
        await asyncio.gather(*(count_on(store, f"tag{number}") for number in range(tasks)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
