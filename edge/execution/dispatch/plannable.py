"""What of the documents can be planned on this edge, and what cannot, by name."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from edge.domain.orders import Operation, OperationsDefinition, OperationsRequest
from edge.execution.orders.masterdata import MasterData


@dataclass(frozen=True)
class Plannable:
    """Definitions and requests to plan with; `left_out` says of each other order why."""

    definitions: tuple[OperationsDefinition, ...]
    requests: tuple[OperationsRequest, ...]
    left_out: tuple[str, ...]


def plannable(data: MasterData, work_centers: Collection[str]) -> Plannable:
    """Orders whose every operation can be done here; one bad routing holds no other order."""
    definitions = {
        (one.product, one.revision): here(one, work_centers) for one in data.definitions.values()
    }
    requests, left_out = [], []
    for request in data.requests.values():
        definition = definitions.get((request.product, request.product_revision))
        if why := _why_not(request, definition):
            left_out.append(why)
        else:
            requests.append(request)
    return Plannable(tuple(definitions.values()), tuple(requests), tuple(left_out))


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


def _why_not(request: OperationsRequest, definition: OperationsDefinition | None) -> str:
    product = f"{request.product}/{request.product_revision}"
    if definition is None:
        return f"order {request.id}: no definition of {product}; send it"
    homeless = [str(one.seq) for one in definition.operations if not _has_home(one)]
    if homeless:
        return (
            f"order {request.id}: operation {', '.join(homeless)} of {product} names no work "
            "center of this edge; mend the definition or plant.toml"
        )
    return ""


def _has_home(operation: Operation) -> bool:
    return bool(operation.alternatives)
