"""The way to the store for one work center: its refusal is said once, and its return."""

from dataclasses import dataclass

import structlog

from edge.domain.recording import FactWriter, Recording, StoreUnavailable

log = structlog.get_logger(__name__)


@dataclass
class CollectorHealth:
    """Figures for /metrics, since the edge began."""

    snapshots: int = 0
    facts: int = 0
    rechecks: int = 0
    quarantines: int = 0
    conflicts: int = 0
    store_failures: int = 0


@dataclass
class Recorder:
    """Records for a work center."""

    work_center: str
    writer: FactWriter
    health: CollectorHealth
    refused: bool = False

    async def record(self, recording: Recording) -> None:
        """Commit, if there is anything. Raises StoreUnavailable or BaselineConflict."""
        if not recording.drafts and not recording.baselines:
            return
        try:
            await self.writer.record(recording)
        except StoreUnavailable as error:
            self.health.store_failures += 1
            if not self.refused:
                log.error("store_unavailable", work_center=self.work_center, why=str(error))
            self.refused = True
            raise
        if self.refused:
            log.info("store_available", work_center=self.work_center)
        self.refused = False
        self.health.facts += len(recording.drafts)
