"""The real edge with one wrong: it loses one count between the driver and the store.

A negative control: the demo must see it. The baseline moves on, so nothing recovers it.
"""

from dataclasses import replace

from edge.cli import edge
from edge.domain.facts import FactKind
from edge.domain.recording import Recorded, Recording
from edge.storage.store import Store

AFTER = 5  # counts that are kept before one is lost


class Loss:
    """Takes the place of `Store.record`."""

    counts = 0

    @classmethod
    async def record(cls, store: Store, recording: Recording) -> Recorded:
        kept = []
        for draft in recording.drafts:
            if draft.kind == FactKind.PRODUCTION_COUNT:
                cls.counts += 1
                if cls.counts == AFTER:
                    continue
            kept.append(draft)
        return await record(store, replace(recording, drafts=tuple(kept)))


record = Store.record


async def record_with_a_loss(self: Store, recording: Recording) -> Recorded:
    return await Loss.record(self, recording)


if __name__ == "__main__":
    Store.record = record_with_a_loss  # type: ignore[method-assign]
    edge()
