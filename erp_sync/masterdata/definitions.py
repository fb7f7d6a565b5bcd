"""Operations definitions: checked as a whole, all faults at once."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from edge.domain.clock import parse_time
from edge.domain.faults import Fault
from edge.domain.reach import MEND_YEAR, of_a_plan
from erp_sync.errors import invalid
from erp_sync.masterdata.documents import DefinitionDocument, ReceiptsDocument
from erp_sync.masterdata.faults import faults_of, unplain
from erp_sync.masterdata.spans import OF_NO_PLAN


def checked_definition(content: Any) -> DefinitionDocument:
    """The definition of a JSON document; raises Problem (422) with every fault."""
    try:
        document = DefinitionDocument.model_validate(content)
    except ValidationError as error:
        faults = [*faults_of(error), *_contradictions(content), *unplain(content)]
    else:
        faults = [*_contradictions(content), *unplain(content)]
        if not faults:
            return document
    raise invalid(
        f"{len(faults)} fault{'s'[: len(faults) > 1]}, nothing was imported",
        "mend what errors names and send it again",
        faults,
    )


def checked_receipts(content: Any) -> ReceiptsDocument:
    """Expected receipts of a JSON document; raises Problem (422) with every fault."""
    try:
        document = ReceiptsDocument.model_validate(content)
        faults = [*_of_no_plan(document), *unplain(content)]
    except ValidationError as error:
        document, faults = None, [*faults_of(error), *unplain(content)]
    if document is not None and not faults:
        return document
    raise invalid(
        f"{len(faults)} fault{'s'[: len(faults) > 1]}, nothing was imported",
        "mend what errors names and send it again",
        faults,
    )


def _of_no_plan(document: ReceiptsDocument) -> Iterator[Fault]:
    for at, one in enumerate(document.receipts):
        if not of_a_plan(parse_time(one.at)):
            yield Fault(f"receipts[{at}].at", one.at, OF_NO_PLAN, MEND_YEAR)


def _contradictions(content: Any) -> list[Fault]:
    """What contradicts what, among all that can be read; each field is judged elsewhere."""
    rows = list(enumerate(_rows(content, "operations")))
    seqs = Counter(str(row.get("seq")) for _, row in rows if "seq" in row)
    faults = [
        Fault(f"operations[{at}].seq", str(row["seq"]), "is there twice", "number them apart")
        for at, row in rows
        if "seq" in row and seqs[str(row["seq"])] > 1
    ]
    for at, row in rows:
        centers = Counter(
            str(one["work_center"]) for one in _rows(row, "alternatives") if "work_center" in one
        )
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


def _rows(content: Any, name: str) -> list[dict[str, Any]]:
    """The objects of a list, one for each place; an empty one where there is none."""
    rows = content.get(name) if isinstance(content, dict) else None
    if not isinstance(rows, list):
        return []
    return [row if isinstance(row, dict) else {} for row in rows]
