"""Materials and lots as the API shows them."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from edge.domain.genealogy import Lot
from edge.domain.gs1 import is_label
from edge.domain.orders import JobOrder
from edge.execution.errors import NotAllowed, UnknownObject
from edge.execution.genealogy.loading import loaded_view
from edge.execution.genealogy.room import Materials


def lot_views(room: Materials, lots: Sequence[Lot]) -> list[dict[str, Any]]:
    """Lots with what is left of each."""
    balances = room.reader.balances([one.lot for one in lots])
    return [_lot(room, one, balances[one.lot].left) for one in lots]


def lot_view(room: Materials, lot: Lot) -> dict[str, Any]:
    """A lot with what is left of it."""
    return _lot(room, lot, room.reader.balance(lot.lot).left)


def _lot(room: Materials, lot: Lot, left: Fraction | None) -> dict[str, Any]:
    return {
        **vars(lot),
        "quantity": None if lot.quantity is None else str(lot.quantity),
        "left": None if left is None else str(left),
        "held": room.judge.held(lot.lot) or None,
    }


def whole_lot(room: Materials, lot: Lot) -> dict[str, Any]:
    """A lot, its balance, and the pallets that it is in or that are in it."""
    balance = room.reader.balance(lot.lot)
    return _lot(room, lot, balance.left) | {
        "made_pieces": balance.made,
        "consumed": str(balance.consumed),
        "out": str(balance.out),
        "into": str(balance.into),
        "mounted_on": list(room.reader.mounted_on(lot.lot)),
        "holders": [one.target for one in room.reader.holders(lot.lot)],
        "contents": [
            {"lot": one.source, "quantity": str(one.quantity)}
            for one in room.reader.contents(lot.lot)
        ],
    }


def scan_view(room: Materials, code: str) -> dict[str, Any]:
    """What a label says, null for an own id; `lot` null where none is known, or several."""
    said = None
    if room.reader.lot(code) is None and is_label(code):
        label = room.scanning.label(code)
        said = vars(label) | {
            "expires": label.expires.isoformat() if label.expires else None,
            "weight": None if label.weight is None else str(label.weight),
            "material": room.scanning.material(label.gtin) if label.gtin else "",
        }
    try:
        lot, why = lot_view(room, room.scanning.lot(code)), ""
    except (UnknownObject, NotAllowed) as error:
        lot, why = None, str(error)
    return {"code": code, "label": said, "lot": lot, "why_none": why}


def center_view(room: Materials, center: str, waiting: list[JobOrder]) -> dict[str, Any]:
    """What is mounted, what is needed by the job order that is on or comes next, what is open."""
    setting = room.reader.setting(center)
    job = room.mounting.on(center) or (waiting[0] if waiting else None)
    there = {one.material: room.reader.lot(one.lot) for one in setting.mounted}
    return {
        "work_center": center,
        "since": setting.start or None,
        "job_order_id": job.id if job else None,
        "mounted": lot_views(room, [lot for lot in there.values() if lot is not None]),
        "needs": [
            {
                "material": one.id,
                "revision": one.revision,
                "quantity": str(one.quantity),
                "unit": one.unit,
                "tracked": one.tracked,
                "scrap_percent": str(one.scrap_percent),
                "lot": lot.lot if (lot := there.get(one.id)) else None,
            }
            for one in (job.needs.materials if job else ())
        ],
        "documents": [vars(one) for one in (job.needs.documents if job else ())],
        "program": vars(job.needs.program) if job and job.needs.program else None,
        "open": [vars(one) for one in setting.open],
        "loaded": [loaded_view(one) for one in room.reader.loaded(center)],
    }
