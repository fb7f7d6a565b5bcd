"""What was done to a machine, or is wrong with it, as `audit` facts."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge.domain.clock import Clock
from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.recording import FactWriter, Recording, Request


@dataclass(frozen=True)
class Auditor:
    """Writes audit facts of work centers, or of devices that have none."""

    writer: FactWriter
    clock: Clock

    async def record(
        self,
        equipment: str,
        action: str,
        *details: Mapping[str, Json],
        actor: str | None = None,
        request: Request | None = None,
    ) -> int:
        """One fact for each of `details`, all or nothing; the seq of the first.

        Raises StoreUnavailable, and RequestConflict where `request` was used for another.
        """
        at = self.clock.now()
        drafts = tuple(
            FactDraft(
                kind=FactKind.AUDIT,
                occurred_at=at,
                equipment_id=equipment,
                source=Source.SYSTEM,
                actor=actor,
                body={"action": action, "detail": detail},
            )
            for detail in details
        )
        recorded = await self.writer.record(Recording(drafts=drafts, request=request))
        return recorded.first_seq
