"""Operations definitions: checked as a whole, all faults at once."""

from collections import Counter
from typing import Any

from pydantic import ValidationError

from edge.domain.faults import Fault
from erp_sync.errors import invalid
from erp_sync.masterdata.documents import DefinitionDocument
from erp_sync.masterdata.faults import faults_of


def checked_definition(content: Any) -> DefinitionDocument:
    """The definition of a JSON document; raises Problem (422) with every fault."""
    try:
        document = DefinitionDocument.model_validate(content)
    except ValidationError as error:
        faults = faults_of(error)
    else:
        faults = _contradictions(document)
        if not faults:
            return document
    raise invalid(
        f"{len(faults)} fault{'s'[: len(faults) > 1]}, nothing was imported",
        "mend what errors names and send it again",
        faults,
    )


def _contradictions(document: DefinitionDocument) -> list[Fault]:
    seqs = Counter(operation.seq for operation in document.operations)
    faults = [
        Fault(f"operations[{at}].seq", str(one.seq), "is there twice", "number them apart")
        for at, one in enumerate(document.operations)
        if seqs[one.seq] > 1
    ]
    for at, operation in enumerate(document.operations):
        centers = Counter(one.work_center for one in operation.alternatives)
        faults += [
            Fault(
                f"operations[{at}].alternatives",
                center,
                "the work center is there twice",
                "name each work center once an operation",
            )
            for center, times in centers.items()
            if times > 1
        ]
    return faults
