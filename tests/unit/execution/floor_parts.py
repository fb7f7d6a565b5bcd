"""Parts that tests of execution share: a product, orders, and their progress."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from edge.domain.changes import Put
from edge.domain.facts import FactDraft, FactKind, Source, placed
from edge.domain.fold import FoldState, fold
from edge.domain.production import JobProgress
from edge.domain.recording import Document

HOUR = 3_600_000_000
CYCLE = Fraction(5, 2)


def definition(product: str = "HINGE", centers: Iterable[str] = ("L1", "L2")) -> Document:
    operations = [
        {
            "seq": 10 * place,
            "description": f"Step {place}",
            "recipe": 1000 + 10 * place,
            "transfer_batch": None,
            "alternatives": [{"work_center": center, "cycle_s": "2.5", "setup_s": 300}],
        }
        for place, center in enumerate(centers, start=1)
    ]
    return Document(
        position=1,
        kind="operations_definition",
        id=product,
        revision="A",
        sha256="",
        content={"description": product, "unit": "pcs", "family": "f", "operations": operations},
    )


def order(id_: str, number: int | None = 1, quantity: int = 100) -> dict[str, Any]:
    return {
        "id": id_,
        "number": number,
        "product": "HINGE",
        "product_revision": "A",
        "quantity": quantity,
        "release": None,
        "due": "2026-06-10T14:00:00+02:00",
        "customer": "ACME",
        "priority": 3,
    }


def schedule(revision: int, *orders: dict[str, Any]) -> Document:
    return Document(
        position=1 + revision,
        kind="operations_schedule",
        id="2026-06",
        revision=str(revision),
        sha256="",
        content={
            "revision": revision,
            "from": "2026-06-01T00:00:00+02:00",
            "to": "2026-07-01T00:00:00+02:00",
            "orders": list(orders),
        },
    )


def progress_after(drafts: Iterable[FactDraft]) -> list[JobProgress]:
    """Rows of job progress that the fold makes of drafts."""
    state, rows = FoldState(), dict[str, dict[str, Any]]()
    for seq, draft in enumerate(drafts, start=1):
        fact = placed(draft, edge_id="e1", epoch=1, seq=seq, recorded_at=seq, prev_hash="")
        folded = fold(state, fact)
        state = folded.state
        for change in folded.changes:
            if change.table != "job_progress":
                continue
            key = str(change.key["job_order_id"])
            blank = {"good": 0, "scrap": 0, "rework": 0, "started_at": None, "ended_at": None}
            row = rows.setdefault(key, {"job_order_id": key, **blank})
            if isinstance(change, Put):
                row.update(change.values)
            else:
                for column, amount in change.amounts.items():
                    row[column] += amount
    return [JobProgress(**row) for row in rows.values()]


def count(job: str, quantity: int, center: str = "L1", role: str = "good") -> FactDraft:
    body = {"role": role, "quantity": quantity, "hour": HOUR, "run_time_per_item": "2.5"}
    return FactDraft(
        kind=FactKind.PRODUCTION_COUNT,
        occurred_at=HOUR,
        equipment_id=center,
        job_order_id=job,
        source=Source.PLC,
        body=body,
    )
