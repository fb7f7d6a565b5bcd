"""What of the documents can be planned on this edge, and what cannot, by name."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from edge.domain.hours import DAY
from edge.domain.orders import (
    Operation,
    OperationsDefinition,
    OperationsRequest,
    OperationsSchedule,
)
from edge.domain.reach import REACH, REACH_YEARS, day_of
from edge.domain.remarks import Remark
from edge.domain.sentences import Sentence, say
from edge.execution.orders.masterdata import MasterData

NONE_ASIDE: Mapping[str, Sentence] = {}


@dataclass(frozen=True)
class Plannable:
    """Definitions and requests to plan with, up to `until` (us); `left_out` says of what is left
    out why, and what would mend it."""

    definitions: tuple[OperationsDefinition, ...]
    requests: tuple[OperationsRequest, ...]
    until: int
    left_out: tuple[Remark, ...]


def plannable(
    data: MasterData,
    work_centers: Collection[str],
    at: int,
    aside: Mapping[str, Sentence] = NONE_ASIDE,
) -> Plannable:
    """Orders that can be planned at `at` (us): every operation can be done here, and their dates
    are within reach. One bad routing or date holds no other order, and none that is set `aside`
    (order -> why) does.
    """
    definitions = {
        (one.product, one.revision): here(one, work_centers) for one in data.definitions.values()
    }
    requests, left_out = list[OperationsRequest](), list[Remark]()
    for request in data.requests.values():
        if not request.quantity:
            continue  # all of it is there already
        definition = definitions.get((request.product, request.product_revision))
        whys = [*_why_not(request, definition, at)]
        if not whys and request.id in aside:
            whys = [aside[request.id]]
        left_out += (Remark(order=request.id, said=why) for why in whys)
        if not whys:
            requests.append(_without_old_dates(request, at))
    until = max([at + DAY, *(min(one.end, at + REACH) for one in data.schedules)])
    far = _ending_far(data.schedules, at)
    return Plannable(tuple(definitions.values()), tuple(requests), until, (*left_out, *far))


def has_homes(definition: OperationsDefinition) -> bool:
    """Whether each of its operations names a work center."""
    return all(map(_has_home, definition.operations))


def here(definition: OperationsDefinition, work_centers: Collection[str]) -> OperationsDefinition:
    """The definition with this edge's work centers only."""
    operations = [
        replace(
            operation,
            alternatives=tuple(
                one for one in operation.alternatives if one.work_center in work_centers
            ),
        )
        for operation in definition.operations
    ]
    return replace(definition, operations=tuple(operations))


def _why_not(
    request: OperationsRequest, definition: OperationsDefinition | None, at: int
) -> Iterable[Sentence]:
    product = f"{request.product}/{request.product_revision}"
    if definition is None:
        return [say("plan.no_definition", "no definition of {product}", "send it", product=product)]
    homeless = [str(one.seq) for one in definition.operations if not _has_home(one)]
    if homeless:
        return [
            say(
                "plan.no_work_center",
                "operation {operations} of {product} names no work center of this edge",
                "mend the definition or plant.toml",
                operations=", ".join(homeless),
                product=product,
            )
        ]
    return _far_dates(request, at)


def _has_home(operation: Operation) -> bool:
    return bool(operation.alternatives)


def _far_dates(request: OperationsRequest, at: int) -> Iterable[Sentence]:
    """What is said of each date that no plan of today reaches."""
    for name, said in _dates(request).items():
        if said is not None and (said > at + REACH or (name == "due" and said < at - REACH)):
            yield say(
                "plan.far_date",
                "{name} {day} is more than {years} years from now",
                "mend it in the schedule",
                name=name,
                day=day_of(said),
                years=REACH_YEARS,
            )


def _dates(request: OperationsRequest) -> dict[str, int | None]:
    return {
        "due": request.due,
        "release": request.release,
        "material_from": request.material_from,
    }


def _without_old_dates(request: OperationsRequest, at: int) -> OperationsRequest:
    """Without a release and a material date of long ago, which hold nothing back."""
    first, release, material = at - REACH, request.release, request.material_from
    if release is not None and release < first:
        request = replace(request, release=None)
    if material is not None and material < first:
        request = replace(request, material_from=None)
    return request


def _ending_far(schedules: Iterable[OperationsSchedule], at: int) -> tuple[Remark, ...]:
    return tuple(
        Remark(
            said=say(
                "plan.far_end",
                "schedule {schedule}: to {day} is more than {years} years from now, it is planned"
                " as if it ended then",
                "mend it",
                schedule=one.id,
                day=day_of(one.end),
                years=REACH_YEARS,
            )
        )
        for one in schedules
        if one.end > at + REACH
    )
