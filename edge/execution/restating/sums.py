"""What corrections do to the sums of hours and jobs, looked at before they are recorded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from edge.domain.changes import Add, Change
from edge.domain.corrections import PARTS, correction_changes
from edge.domain.facts import FactKind
from edge.domain.ports import HourQuantity, ProductionReader
from edge.domain.restating import Known
from edge.execution.errors import InvalidAction, NotAllowed
from edge.execution.orders.register import JobRegister

Bucket = tuple[object, ...]
BUCKET = ("equipment_id", "hour", "job_order_id", "run_time_per_item", "shift", "production_day")


def books_of(
    restated: Iterable[tuple[Known, Sequence[Mapping[str, Any]]]],
) -> list[Change]:
    """What corrections that divide facts change in the sums."""
    found: list[Change] = []
    for one, parts in restated:
        as_said = replace(one.fact, kind=FactKind.CORRECTION, body={"changes": {PARTS: parts}})
        found += correction_changes(as_said, one.now)
    return found


def check_sums(reader: ProductionReader, changes: Iterable[Change]) -> None:
    """Raise InvalidAction if an hour of a job would have fewer than no pieces."""
    sums: dict[Bucket, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for change in changes:
        if isinstance(change, Add) and change.table == "hour_bucket":
            for role, amount in change.amounts.items():
                sums[tuple(change.key[name] for name in BUCKET)][role] += amount
    for key, amounts in sums.items():
        _check_bucket(reader, key, {role: by for role, by in amounts.items() if by < 0})


def good_of(changes: Iterable[Change]) -> dict[str, int]:
    """Good pieces more of each job order, below 0 where they are fewer."""
    more: dict[str, int] = defaultdict(int)
    for change in changes:
        if isinstance(change, Add) and change.table == "job_progress":
            more[str(change.key["job_order_id"])] += change.amounts.get("good", 0)
    return more


def check_used(register: JobRegister, good: Mapping[str, int]) -> None:
    """Raise NotAllowed if a job would have passed on fewer pieces than were used of them."""
    for id_, more in good.items():
        job = register.jobs.get(id_)
        behind = register.after(job) if job else None
        if job is None or behind is None or more >= 0:
            continue
        used = behind.good + behind.scrap
        if job.good + more < used:
            raise NotAllowed(
                f"{id_} would have {job.good + more} good pieces, but {behind.id} has already used "
                f"{used} of them; correct what {behind.id} made first, or move less"
            )


def check_input(register: JobRegister, changes: Iterable[Change]) -> None:
    """Raise NotAllowed if a job would have more pieces than the operation before passed on."""
    more: dict[str, int] = defaultdict(int)
    for change in changes:
        if isinstance(change, Add) and change.table == "job_progress":
            amounts = change.amounts
            more[str(change.key["job_order_id"])] += amounts.get("good", 0) + amounts.get(
                "scrap", 0
            )
    for id_, pieces in more.items():
        job = register.jobs.get(id_)
        before = register.before(job) if job else None
        if job is None or before is None or pieces <= 0:
            continue
        used = job.good + job.scrap + pieces
        if used > before.passed_on:
            raise NotAllowed(
                f"{id_} would have {used} pieces, but {before.id} has passed on "
                f"{before.passed_on}; correct what {before.id} made first, or move less"
            )


def _check_bucket(reader: ProductionReader, key: Bucket, less: Mapping[str, int]) -> None:
    hour = int(str(key[1]))
    rows = reader.hour_quantities(str(key[0]), hour, hour + 1) if less else ()
    row = next((row for row in rows if _key(row) == key), None)
    for role, by in less.items():
        made = getattr(row, role) if row else 0
        if made + by < 0:
            raise InvalidAction(
                f"{-by} {role} pieces less: only {made} are left in that hour of "
                f"{key[2] or 'no job'}; others were reported as scrap or corrected"
            )


def _key(row: HourQuantity) -> Bucket:
    return tuple(getattr(row, name) for name in BUCKET)
