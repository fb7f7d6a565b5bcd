"""Facts of promises, before they are recorded."""

from collections.abc import Mapping
from typing import Any

from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.promises import PromisedSlot, Reservation, material_json, slot_json
from edge.execution.floor import Floor
from edge.execution.promising.asking import held_materials
from edge.execution.promising.found import Found
from edge.execution.promising.taking import Refused


def reserved(found: Found, date: int, until: int, note: str) -> dict[str, Json]:
    """The body of a reservation of what was found, promised for `date` and held `until` (us)."""
    asking = found.asking
    slots = [_promised_slot(one) for one in found.answer["slots"]] if found.answer else []
    return {
        "event": "reserved",
        "product": found.made.product,
        "revision": found.made.revision,
        "quantity": asking.quantity,
        "from_stock": found.from_stock,
        "make": found.make,
        "customer": asking.customer,
        "priority": asking.priority,
        "date": date,
        "until": until,
        "kept": found.kept,
        "note": note,
        "slots": [slot_json(one) for one in slots],
        "materials": [material_json(one) for one in held_materials(found.needs)],
    }


def _promised_slot(said: Mapping[str, Any]) -> PromisedSlot:
    return PromisedSlot(
        operation=said["seq"], **{name: value for name, value in said.items() if name != "seq"}
    )


def ordered(floor: Floor, one: Reservation, order: str) -> FactDraft:
    """An order has taken a reservation over."""
    body = {"event": "ordered", "promise": one.id, "order": order}
    return of_erp(floor, {**body, "from_stock": one.from_stock, "product": one.product})


def refused(floor: Floor, one: Refused) -> FactDraft:
    """An order does not get the promise that it names."""
    return of_erp(floor, {"event": "refused", **vars(one)})


def of_erp(floor: Floor, body: Mapping[str, Json]) -> FactDraft:
    """What the edge has done with orders as they came."""
    return FactDraft(
        kind=FactKind.PROMISE,
        occurred_at=floor.clock.now(),
        equipment_id=floor.site,
        source=Source.ERP,
        body=body,
    )
