"""Reasons, faults and the board of a plant.toml: what contradicts what, and what follows."""

from collections.abc import Iterator, Mapping

from edge.configuration.faults import Fault, Finder
from edge.configuration.model import PlantConfig, Reason
from edge.configuration.rows import Row, repeated
from edge.domain.facts import Json


def stop_faults(plant: Row, finder: Finder) -> Iterator[Fault]:
    """Codes that stand twice, parents and work centers that are not there, trees with rings."""
    reasons = plant.rows("reason")
    for row, first in repeated(reasons, "kind", "code"):
        message = f"stands in {first.key} too"
        yield finder.fault(row.at("code"), row.get("code"), message, "give it another code")
    parents = {(row.get("kind"), row.get("code")): row.get("parent") for row in reasons}
    for row in reasons:
        yield from _parent_faults(row, parents, finder)
    centers = {row.get("id") for row in plant.rows("work_center")}
    for row in (*reasons, *plant.rows("changeover")):
        for place, center in row.items("work_centers"):
            if center not in centers:
                mend = "name a [[work_center]] of this file"
                yield finder.fault(place, center, "is no work center", mend)
    yield from _cause_faults(plant, {code for kind, code in parents if kind == "stop"}, finder)


def _parent_faults(
    row: Row, parents: Mapping[tuple[object, object], object], finder: Finder
) -> Iterator[Fault]:
    kind, parent = row.get("kind"), row.get("parent")
    if parent is None:
        return
    if (kind, parent) not in parents:
        mend = f"name the code of another {kind} reason, or leave it out"
        yield finder.fault(row.at("parent"), parent, f"is no {kind} reason", mend)
        return
    seen, at = {row.get("code")}, parent
    while at is not None:
        if at in seen:
            mend = "let one of them stand at the top"
            yield finder.fault(row.at("parent"), parent, "is below itself", mend)
            return
        seen.add(at)
        at = parents.get((kind, at))


def _cause_faults(plant: Row, codes: set[object], finder: Finder) -> Iterator[Fault]:
    for device in plant.rows("device"):
        for row in device.rows("fault"):
            if (reason := row.get("reason")) is not None and reason not in codes:
                mend = 'name the code of a [[reason]] with kind = "stop"'
                yield finder.fault(row.at("reason"), reason, "is no stop reason", mend)


def causes(plant: PlantConfig, work_center: str) -> dict[int, dict[str, Json]]:
    """What the faults of a work center's device stand for: the reason as a fact says it."""
    one = next(one for one in plant.work_centers if one.id == work_center)
    if one.device is None:
        return {}
    known = {reason.code: reason for reason in plant.reasons if reason.kind == "stop"}
    return {
        fault.code: resolved_reason(known[fault.reason])
        for fault in plant.device(one.device).faults
        if fault.reason
    }


def resolved_reason(reason: Reason) -> dict[str, Json]:
    """`{reason, class, planned}`: what a fact keeps of a reason."""
    planned = reason.planned or reason.loss == "planned"
    return {"reason": reason.code, "class": reason.loss, "planned": planned}
