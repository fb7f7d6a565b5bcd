"""Documents come in: kept, and turned into job orders, whatever else goes on meanwhile.

What is recorded rests on the versions of the job orders as they were read. If one has
moved on before the commit, because a dispatcher or a person changed it, it is done anew.
"""

from collections.abc import Sequence

import structlog

from edge.domain.recording import Document, Recording, VersionConflict
from edge.execution.floor import Floor
from edge.execution.orders import intake
from edge.execution.orders.masterdata import MasterData

# What a document that is not as the contract says makes its readers raise.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
log = structlog.get_logger(__name__)


async def take(floor: Floor, documents: Sequence[Document]) -> None:
    """Keep documents and make their job orders; one that cannot be read is set aside.

    Raises StoreUnavailable; then those before are kept, and the others are to come again.
    """
    for document in documents:
        while not await _taken(floor, document):
            log.info("job_orders_moved_on", kind=document.kind, id=document.id)


async def _taken(floor: Floor, document: Document) -> bool:
    """Take one document; False if a job order changed under it."""
    floor.register.reload()
    after, made = _read(floor, document)
    try:
        await floor.writer.record(made)
    except VersionConflict:
        return False
    floor.register.reload(after)
    return True


def _read(floor: Floor, document: Document) -> tuple[MasterData, Recording]:
    """Master data after a document, and what is to be recorded of it."""
    data, at = floor.register.data, floor.clock.now()
    progress = floor.reader.jobs()
    try:
        after = intake.merged(data, [document])
        return after, intake.recording(
            after,
            [document],
            progress,
            site=floor.site,
            at=at,
            before=data,
            questions=floor.register.questions,
        )
    except UNREADABLE as error:
        log.exception("document_refused", kind=document.kind, id=document.id)
        return data, intake.refused(document, str(error), site=floor.site, at=at)
