"""What is in force of the ERP's documents: definitions and orders."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from edge.domain.orders import (
    Operation,
    OperationsDefinition,
    OperationsRequest,
    OperationsSchedule,
    definition_from,
    schedule_from,
)
from edge.domain.production import ProductionReader
from edge.domain.receipts import Receipt, receipts_from
from edge.domain.recording import Document

DEFINITION = "operations_definition"
SCHEDULE = "operations_schedule"
RECEIPTS = "expected_receipts"


@dataclass(frozen=True)
class MasterData:
    """Definitions by product and revision, requests by order id, confirmed purchases by their
    document; `position` of the newest.

    `from_stock`, by order and product: pieces of it that are there already; its request is of
    the rest. An order that is of another product since has none of them.
    """

    definitions: Mapping[tuple[str, str], OperationsDefinition] = field(default_factory=dict)
    requests: Mapping[str, OperationsRequest] = field(default_factory=dict)
    schedules: tuple[OperationsSchedule, ...] = ()
    position: int = 0
    purchases: Mapping[str, tuple[Receipt, ...]] = field(default_factory=dict)
    from_stock: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """All confirmed purchases, by time."""
        return tuple(sorted(one for there in self.purchases.values() for one in there))

    def stocked(self, from_stock: Mapping[tuple[str, str], int]) -> "MasterData":
        """The same with other pieces that are there already."""
        requests = requests_of(self.schedules, from_stock)
        return replace(self, requests=requests, from_stock=from_stock)

    def definition_of(self, request: OperationsRequest) -> OperationsDefinition | None:
        """How the order's product is made; None while its definition has not come."""
        return self.definitions.get((request.product, request.product_revision))

    def operation_of(self, product: str, revision: str, seq: int) -> Operation | None:
        """An operation of a revision; None where it is not known here."""
        made = self.definitions.get((product, revision))
        operations = made.operations if made else ()
        return next((one for one in operations if one.seq == seq), None)


def load(reader: ProductionReader) -> MasterData:
    """All documents in force; a later position of the same id replaces an earlier one."""
    position = reader.downlink_position()  # first: what comes meanwhile is not said to be read
    definitions = {
        (document.id, document.revision): read_definition(document)
        for document in reader.documents(DEFINITION)
    }
    schedules = _latest(reader.documents(SCHEDULE))
    from_stock = reader.order_stock()
    requests = requests_of(schedules, from_stock)
    purchases = {one.id: receipts_from(one.content) for one in reader.documents(RECEIPTS)}
    return MasterData(definitions, requests, tuple(schedules), position, purchases, from_stock)


def requests_of(
    schedules: Iterable[OperationsSchedule], from_stock: Mapping[tuple[str, str], int]
) -> dict[str, OperationsRequest]:
    """What is to be made of the orders of schedules, by their ids."""
    return {
        order.id: order.less(from_stock.get((order.id, order.product), 0))
        for schedule in schedules
        for order in schedule.orders
    }


def requests_at(reader: ProductionReader, position: int) -> Mapping[str, OperationsRequest]:
    """The orders that were in force by the documents up to a position."""
    documents = [one for one in reader.documents(SCHEDULE) if one.position <= position]
    return requests_of(_latest(documents), reader.order_stock())


def read_definition(document: Document) -> OperationsDefinition:
    """The definition in a document; raises ValueError or KeyError if it is none."""
    return definition_from(document.id, document.revision, document.content)


def read_schedule(document: Document) -> OperationsSchedule:
    """The schedule in a document; raises ValueError or KeyError if it is none."""
    return schedule_from(document.id, document.content)


def _latest(documents: Iterable[Document]) -> list[OperationsSchedule]:
    latest = {document.id: document for document in documents}
    return [read_schedule(document) for document in latest.values()]
