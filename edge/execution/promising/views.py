"""Promises as the API tells them: figures, dates in us, and a sentence for each limit."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from edge.domain.facts import Json
from edge.domain.promises import Reservation, material_json, slot_json
from edge.domain.sentences import Sentence, say
from edge.execution.floor import Floor
from edge.execution.promising.asking import MaterialNeed
from edge.execution.promising.found import Found, when, why_no_date

HOUR_S = 3600


def found_view(floor: Floor, found: Found) -> dict[str, Json]:
    """What can be promised."""
    asking, answer = found.asking, found.answer
    wanted, date = asking.wanted, found.date
    return {
        "at": found.at,
        "plan": found.plan or None,
        "product": found.made.product,
        "revision": found.made.revision,
        "quantity": asking.quantity,
        "wanted": wanted,
        "date": date,
        "why_no_date": why_no_date(floor, found).view() if date is None else None,
        "in_time": None if wanted is None or date is None else date <= wanted,
        "range": _range(found),
        "why_no_range": None if found.range or date is None else _no_range().view(),
        "kept": found.kept,
        "from_stock": found.from_stock,
        "make": found.make,
        "parts": _parts(found),
        "work_centers": [_slot(one) for one in answer["slots"]] if answer else [],
        "limits": _limits(floor, found),
        "late": [{"order": id_, "completion": at} for id_, at in _late(answer)],
        "materials": [_material(one) for one in found.needs if one.supply.known],
        "unchecked": [one.material for one in found.needs if not one.supply.known],
    }


def _late(answer: Mapping[str, Any] | None) -> list[tuple[str, int]]:
    return sorted(answer["late"].items()) if answer else []


def _range(found: Found) -> dict[str, Json] | None:
    """Four times of five it is there between the two; `hours` were looked at. `open`: it may be
    later, beyond the calendar that was looked at."""
    if (seen := found.range) is None:
        return None
    said: dict[str, Json] = {"from": max(seen.low, found.at), "to": seen.high, "hours": seen.hours}
    return {**said, "open": True} if seen.open else said


def _no_range() -> Sentence:
    return say(
        "promise.no_range",
        "there is no range yet: no rates were observed for it",
        "it comes once some orders of it were made",
    )


def _parts(found: Found) -> list[dict[str, Json]]:
    """What is there when: stock now, the pieces that are done by the wanted date, the rest."""
    parts: list[dict[str, Json]] = []
    if found.from_stock:
        parts.append({"quantity": found.from_stock, "date": found.at, "from": "stock"})
    if not found.make or found.date is None or found.answer is None:
        return parts
    early = found.answer["by_wanted"] if found.asking.split else None
    if early and early < found.make:
        parts.append({"quantity": early, "date": found.asking.wanted, "from": "made"})
    rest = found.make - (early if early and early < found.make else 0)
    parts.append({"quantity": rest, "date": found.date, "from": "made"})
    return parts


def _slot(said: Mapping[str, Any]) -> dict[str, Json]:
    return {
        "operation": said["seq"],
        "work_center": said["work_center"],
        "from": said["start"],
        "to": said["end"],
        "setup_s": said["setup_us"] // 1_000_000,
        "quantity": said["quantity"],
    }


def _material(one: MaterialNeed) -> dict[str, Json]:
    return {
        "material": one.material,
        "unit": one.unit,
        "needed": str(one.needed),
        "free": str(max(one.supply.free, Fraction(0))),
        "from": one.there,
    }


def _limits(floor: Floor, found: Found) -> list[dict[str, Json]]:
    """What the date hangs on, each proved by working it out again without it."""
    limits = [_unknown(one) for one in found.lacking]
    if found.answer is None or limits:
        return limits
    for one in found.answer["limits"]:
        said = {**one}
        if one["type"] == "MATERIAL":
            said["material"] = _last(found.needs)
        limits.append({**said, "said": _limit(floor, said, found).view()})
    return limits


def _last(needs: Sequence[MaterialNeed]) -> str:
    """The material that is there last."""
    known = [one for one in needs if one.supply.known]
    return max(known, key=lambda one: one.there or 0).material


def _unknown(one: MaterialNeed) -> dict[str, Json]:
    coming = sum((receipt.quantity for receipt in one.supply.coming), Fraction(0))
    lacks = one.needed - max(one.supply.free, Fraction(0)) - coming
    said = say(
        "promise.no_purchase",
        "{lacks} {unit} of {material} lack, and no purchase that is known brings them",
        "order them, and send the expected receipts",
        lacks=_amount(lacks),
        unit=one.unit,
        material=one.material,
    )
    return {"type": "MATERIAL", "relaxed": None, "material": one.material, "said": said.view()}


def _limit(floor: Floor, one: Mapping[str, Any], found: Found) -> Sentence:
    relaxed = when(floor, one["relaxed"])
    if one["type"] == "MATERIAL":
        return say(
            "promise.material",
            "{material} is there from {until} on; with it now: done {relaxed}",
            "have it delivered earlier",
            material=one["material"],
            until=when(floor, one["until"]),
            relaxed=relaxed,
        )
    if one["type"] == "PRECEDENCE":
        return say(
            "promise.precedence",
            "whole batches are passed on; piece by piece: done {relaxed}",
            "pass on smaller batches",
            relaxed=relaxed,
        )
    if one["type"] == "CALENDAR":
        return say(
            "promise.calendar",
            "work centers are closed for a time; without that: done {relaxed}",
            "open them in that time",
            relaxed=relaxed,
        )
    return say(
        "promise.capacity",
        "{work_center} has {needed} h to do in {available} open hours until then; free and open:"
        " done {relaxed}",
        "open more hours there, or let orders of lower priority move",
        work_center=one["work_center"],
        needed=_hours(one["needed_s"]),
        available=_hours(one["available_s"]),
        relaxed=relaxed,
    )


def _hours(seconds: int) -> str:
    return f"{seconds / HOUR_S:.1f}"


def _amount(amount: Fraction) -> str:
    return str(amount) if amount.denominator == 1 else f"{float(amount):.3f}"


def reservation_view(one: Reservation, now: int) -> dict[str, Json]:
    """A reservation as it stands."""
    return {
        "id": one.id,
        "state": one.state_at(now),
        "at": one.at,
        "actor": one.actor,
        "product": one.product,
        "revision": one.revision,
        "quantity": one.quantity,
        "from_stock": one.from_stock,
        "make": one.make,
        "customer": one.customer,
        "priority": one.priority,
        "date": one.date,
        "until": one.until,
        "kept": one.kept,
        "note": one.note,
        "order": one.order_id or None,
        "closed_at": one.closed_at,
        "work_centers": [slot_json(slot) for slot in one.slots],
        "materials": [material_json(of) for of in one.materials],
    }
