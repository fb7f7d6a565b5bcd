"""Orders and how products are made (ISA-95): definitions, schedules, job orders.

Documents arrive checked by whoever took them in; `definition_from` and
`schedule_from` read them into these classes and raise ValueError that names the
place if a document is not what the contract says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from edge.domain.bom import NOTHING, Needs, gtins_from, needs_from
from edge.domain.clock import parse_time
from edge.domain.flow import FREE, Flow, flow_from
from edge.domain.instructions import BLANK, SetUp, Sheet
from edge.domain.jobs import ANY_NUMBER, Completion, completion_from
from edge.domain.quality.plans import InspectionPlan, plans_from
from edge.domain.vocabulary import FINAL_JOB_STATES, JobState

NUMBERS_PER_ORDER = 1000
BESIDE = "beside"  # phase of a job that the strokes of another one make
LARGEST_ORDER_NUMBER = 4_000_000


@dataclass(frozen=True, kw_only=True)
class AlsoMade:
    """Another product of the same strokes; `side` names it on the tool ("right")."""

    side: str
    product: str
    pieces_per_stroke: Fraction


@dataclass(frozen=True, kw_only=True)
class Tool:
    """What makes the pieces of an operation: so many at once, and perhaps others beside them.

    Of a tool with cavities these are the ones that are not blocked.
    """

    id: str
    pieces_per_stroke: Fraction
    also: tuple[AlsoMade, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """A work center that can do an operation: seconds a piece (0: not known), to set up."""

    work_center: str
    cycle: Fraction
    setup_s: int
    tool: Tool | None = None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One step of a routing. `recipe` is what the machine is told, 0 for none.

    Of each of `skills` somebody must be at the machine before it starts.
    `planned_scrap_percent`: of the pieces made, what is expected to be scrap. `flow`: how pieces
    come to it.
    """

    seq: int
    description: str
    recipe: int
    transfer_batch: int | None
    alternatives: tuple[Alternative, ...]
    needs: Needs = NOTHING
    skills: frozenset[str] = frozenset()
    inspections: tuple[InspectionPlan, ...] = ()
    planned_scrap_percent: Fraction | None = None
    flow: Flow = FREE


@dataclass(frozen=True, kw_only=True)
class OperationsDefinition:
    """How a revision of a product is made; a released revision never changes.

    `gtins`: numbers of GS1 by which labels name the product, of 14 digits.
    """

    product: str
    revision: str
    description: str
    unit: str
    family: str
    operations: tuple[Operation, ...]
    completion: Completion = ANY_NUMBER
    setup_pieces: str = ""
    gtins: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OperationsRequest:
    """An order of a month plan. Times in microseconds UTC; `priority` 1 to 10.

    `material_from`: its first operation cannot begin before its material is there.
    `promise`: the reservation whose place it takes over. `quantity` pieces are to be made;
    `from_stock` more are there already, by promises that it has taken over.
    """

    id: str
    number: int | None
    product: str
    product_revision: str
    quantity: int
    release: int | None
    due: int
    customer: str
    priority: int
    material_from: int | None = None
    promise: int | None = None
    from_stock: int = 0

    @property
    def ordered(self) -> int:
        """Pieces that the ERP wants, wherever they come from."""
        return self.quantity + self.from_stock

    def less(self, stock: int) -> "OperationsRequest":
        """The order of which `stock` pieces are there already; all of it at most."""
        there = min(stock, self.quantity)
        return replace(self, quantity=self.quantity - there, from_stock=there) if there else self


@dataclass(frozen=True, kw_only=True)
class OperationsSchedule:
    """A month plan of the ERP, by revision."""

    id: str
    revision: int
    start: int
    end: int
    orders: tuple[OperationsRequest, ...]


@dataclass(frozen=True, kw_only=True)
class JobOrder:
    """One operation of one order on the floor, with what is known of it now.

    `quantity` is wanted good: the order's, and what later operations are planned to lose of it;
    `run_time_per_item` seconds; `phase` "setup" until
    the first Execute of a running job, else "run"; "beside" for one that the strokes of another
    job make. `wanted_revision`: product and revision
    that the plan wants now, where the job was started by another and keeps it; else empty.
    `transfer_batch` pieces are passed on together while it runs; None: all of them, when it
    has ended. `good_share` of what it makes is planned to be good. `raised`: it has ended, and
    more is wanted of it now than when it did.
    """

    id: str
    order: str
    operation: int
    number: int
    product: str
    revision: str
    work_center: str
    quantity: int
    run_time_per_item: Fraction
    setup_s: int
    recipe: int
    description: str
    due: int
    priority: int
    customer: str
    state: JobState
    version: int
    phase: str
    good: int
    scrap: int
    rework: int
    started_at: int | None
    ended_at: int | None
    tool: Tool | None = None
    needs: Needs = NOTHING
    wanted_revision: str = ""
    transfer_batch: int | None = None
    inspections: tuple[InspectionPlan, ...] = ()
    good_share: Fraction = Fraction(1)
    completion: Completion = ANY_NUMBER
    setup_pieces: str = ""
    raised: bool = False

    @property
    def over(self) -> int:
        """Good pieces beyond what is wanted."""
        return max(self.good - self.quantity, 0)

    @property
    def left(self) -> int:
        """Good pieces still wanted, never below 0."""
        return max(self.quantity - self.good, 0)

    @property
    def passed_on(self) -> int:
        """Good pieces that the next operation may work on, never more than were made.

        All of them once it has ended, or once its quantity is there; else whole transfer batches.
        """
        made = max(self.good, 0)
        if self.state in FINAL_JOB_STATES:
            return made
        if self.transfer_batch is None:
            return 0
        return made if made >= self.quantity else made - made % self.transfer_batch


@dataclass(frozen=True, kw_only=True)
class HourInstruction:
    """What a work center is to make in one clock hour (`hour` is its UTC start).

    `quantity` counts pieces that are begun and finished in it, `begun` those of the
    operation that came before; `scrap` of them are planned to be lost. `change` says what the
    seconds of set-up lead to.
    """

    plan: int
    work_center: str
    hour: int
    label: str
    order: str
    operation: int
    quantity: int
    setup_s: int
    begun: int = 0
    scrap: int = 0
    change: SetUp | None = None
    sheet: Sheet = BLANK

    @property
    def good(self) -> int:
        """Good pieces that the hour is to bring: what is counted against it."""
        return self.quantity - self.scrap


def job_order_id(order: str, operation: int) -> str:
    """The id of an operation of an order on the floor."""
    return f"{order}.{operation}"


def definition_from(
    product: str, revision: str, content: Mapping[str, Any]
) -> OperationsDefinition:
    """The definition of a document's content (`docs/contracts.md`, section 3)."""
    operations = tuple(
        Operation(
            seq=int(operation["seq"]),
            description=str(operation.get("description") or ""),
            recipe=int(operation.get("recipe") or 0),
            transfer_batch=operation.get("transfer_batch"),
            skills=frozenset(map(str, operation.get("skills") or ())),
            alternatives=tuple(
                Alternative(
                    work_center=str(alternative["work_center"]),
                    cycle=Fraction(alternative["cycle_s"] or 0),
                    setup_s=int(alternative.get("setup_s") or 0),
                    tool=_tool(alternative.get("tool")),
                )
                for alternative in operation["alternatives"]
            ),
            needs=needs_from(operation, content, revision),
            inspections=plans_from(operation),
            planned_scrap_percent=_percent(operation.get("planned_scrap_percent")),
            flow=flow_from(operation),
        )
        for operation in content["operations"]
    )
    if not operations or any(not operation.alternatives for operation in operations):
        raise ValueError(f"definition {product}/{revision}: an operation has no work center")
    return OperationsDefinition(
        product=product,
        revision=revision,
        description=str(content.get("description") or ""),
        unit=str(content.get("unit") or ""),
        family=str(content.get("family") or product),
        operations=tuple(sorted(operations, key=lambda operation: operation.seq)),
        completion=completion_from(content.get("completion")),
        setup_pieces=str(content.get("setup_pieces") or ""),
        gtins=gtins_from(content),
    )


def _percent(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _tool(content: Mapping[str, Any] | None) -> Tool | None:
    if not content:
        return None
    also = tuple(
        AlsoMade(
            side=str(one["side"]),
            product=str(one["product"]),
            pieces_per_stroke=pieces_per_stroke(one),
        )
        for one in content.get("also") or ()
    )
    return Tool(id=str(content["id"]), pieces_per_stroke=pieces_per_stroke(content), also=also)


def pieces_per_stroke(content: Mapping[str, Any]) -> Fraction:
    """What a tool makes at once: as it says, or one in each cavity that is not blocked.

    Raises ValueError if that is nothing, or said twice or not at all.
    """
    said, cavities = content.get("pieces_per_stroke"), content.get("cavities")
    blocked = content.get("blocked") or 0
    if (said is None) == (cavities is None):
        raise ValueError("says no pieces a stroke, or twice; write cavities or pieces_per_stroke")
    made = Fraction(str(said)) if cavities is None else Fraction(int(cavities) - int(blocked))
    if made <= 0:
        raise ValueError("makes no piece a stroke; write fewer blocked cavities than there are")
    return made


def schedule_from(id_: str, content: Mapping[str, Any]) -> OperationsSchedule:
    """The schedule of a document's content (`docs/contracts.md`, section 3)."""
    return OperationsSchedule(
        id=id_,
        revision=int(content["revision"]),
        start=parse_time(content["from"]),
        end=parse_time(content["to"]),
        orders=tuple(_request(order) for order in content["orders"]),
    )


def _request(order: Mapping[str, Any]) -> OperationsRequest:
    release, material = order.get("release"), order.get("material_from")
    return OperationsRequest(
        id=str(order["id"]),
        number=order.get("number"),
        product=str(order["product"]),
        product_revision=str(order["product_revision"]),
        quantity=int(order["quantity"]),
        release=parse_time(release) if release else None,
        material_from=parse_time(material) if material else None,
        promise=order.get("promise"),
        due=parse_time(order["due"]),
        customer=str(order.get("customer") or ""),
        priority=int(order.get("priority") or 1),
    )
