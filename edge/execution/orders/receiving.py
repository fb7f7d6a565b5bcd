"""Documents come in: kept, and turned into job orders, whatever else goes on meanwhile.

What is recorded rests on the versions of the job orders as they were read. If one has
moved on before the commit, because a dispatcher or a person changed it, it is done anew. So it
is where pieces of an order turn out to be there already, or no more. What is there is read from
the store each time: the answer to a commit may have been lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from edge.domain.facts import FactDraft
from edge.domain.recording import Document, Recorded, Recording, Request, VersionConflict
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
    async with floor.wanting:
        floor.register.reload()
        after, made = _read(floor, document)
        try:
            await floor.writer.record(made)
        except VersionConflict:
            return False
        floor.register.reload(after)
        return True


async def restock(
    floor: Floor,
    drafts: Sequence[FactDraft],
    changed: Mapping[tuple[str, str], int],
    request: Request | None = None,
) -> Recorded:
    """Record facts by which other pieces of orders are there already (`changed`, by order and
    product), and what becomes of their job orders. Raises StoreUnavailable and RequestConflict."""
    async with floor.wanting:
        while True:
            floor.register.reload()
            after = floor.register.data.stocked({**floor.reader.order_stock(), **changed})
            made = _of_orders(floor, after, ())
            made = replace(made, drafts=(*drafts, *made.drafts), request=request)
            try:
                recorded = await floor.writer.record(made)
            except VersionConflict:
                log.info("job_orders_moved_on", kind="stock")
                continue
            if not recorded.repeated:
                floor.register.reload(after)
            return recorded


def _read(floor: Floor, document: Document) -> tuple[MasterData, Recording]:
    """Master data after a document, and what is to be recorded of it."""
    data, at = floor.register.data, floor.clock.now()
    try:
        after = intake.merged(data.stocked(floor.reader.order_stock()), [document])
        return after, _of_orders(floor, after, [document])
    except UNREADABLE as error:
        log.exception("document_refused", kind=document.kind, id=document.id)
        return data, intake.refused(document, str(error), site=floor.site, at=at)


def _of_orders(floor: Floor, after: MasterData, documents: Sequence[Document]) -> Recording:
    """What becomes of job orders when this is wanted of them."""
    return intake.recording(
        after,
        documents,
        floor.reader.jobs(),
        site=floor.site,
        at=floor.clock.now(),
        before=floor.register.data,
        questions=floor.register.questions,
    )
