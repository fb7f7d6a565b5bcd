"""What corrections do to the sums of hours and jobs, looked at before they are recorded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from edge.domain.changes import Add, Change
from edge.domain.corrections import PARTS, correction_changes
from edge.domain.facts import FactKind
from edge.domain.orders import JobOrder
from edge.domain.production import HourQuantity, ProductionReader
from edge.domain.restating import Known
from edge.domain.sentences import Sentence, say
from edge.execution.errors import InvalidAction, NotAllowed
from edge.execution.floor import Named
from edge.execution.orders.register import JobRegister
from edge.execution.wording import NOBODY, PIECE_WORDS

NO_MORE: Mapping[str, int] = {}
Bucket = tuple[object, ...]
HOUR = ("equipment_id", "hour", "job_order_id", "shift", "production_day")
BUCKET = ("equipment_id", "hour", "job_order_id", "run_time_per_item", "shift", "production_day")


class TooFew(InvalidAction):
    """An hour of a job would have fewer than no pieces: `short` so many, of the bucket `place`."""

    def __init__(self, said: Sentence, place: Bucket, short: int) -> None:
        super().__init__(said)
        self.place, self.short = place, short


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
    """Raise TooFew if an hour of a job would have fewer than no pieces."""
    sums: dict[Bucket, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for change in changes:
        if isinstance(change, Add) and change.table == "hour_bucket":
            for role, amount in change.amounts.items():
                sums[tuple(change.key[name] for name in BUCKET)][role] += amount
    for key, amounts in sums.items():
        _check_bucket(reader, key, {role: by for role, by in amounts.items() if by < 0})


def check_named(named: Named, reader: ProductionReader, changes: Iterable[Change]) -> None:
    """Raise InvalidAction if more scrap of a job's hour would have a reason than is scrap there.

    Where too much has one already, only what makes it worse is refused.
    """
    more: dict[Bucket, int] = defaultdict(int)  # with a reason, less what is scrap
    for change in changes:
        if isinstance(change, Add) and (by := _reasons_more(change)):
            more[tuple(change.key[name] for name in HOUR)] += by
    for key, by in more.items():
        if by > 0:
            _check_reasons(named, reader, key, by)


def _reasons_more(change: Add) -> int:
    if change.table == "defect_hour" and change.key["kind"] == "scrap":
        return change.amounts["quantity"]
    return -change.amounts.get("scrap", 0) if change.table == "hour_bucket" else 0


def _check_reasons(named: Named, reader: ProductionReader, key: Bucket, by: int) -> None:
    center, hour, job = str(key[0]), int(str(key[1])), str(key[2])
    rows = reader.hour_quantities(center, hour, hour + 1)
    scrap = sum(row.scrap for row in rows if tuple(getattr(row, name) for name in HOUR) == key)
    reasons = named(center, job).get((hour, str(key[3]), str(key[4])), {})
    free = scrap - sum(reasons.values())
    if by > free:
        raise InvalidAction(
            say(
                "sums.reasons",
                "{by} pieces more with a reason than scrap: only {free} of that hour of {job} "
                "have none",
                "correct the scrap that the others were declared as first",
                by=by,
                free=max(free, 0),
                job=job or NOBODY,
            )
        )


def good_of(changes: Iterable[Change]) -> dict[str, int]:
    """Good pieces more of each job order, below 0 where they are fewer."""
    more: dict[str, int] = defaultdict(int)
    for change in changes:
        if isinstance(change, Add) and change.table == "job_progress":
            more[str(change.key["job_order_id"])] += change.amounts.get("good", 0)
    return more


def check_pieces(register: JobRegister, changes: Sequence[Change]) -> dict[str, int]:
    """Good pieces more of each job order, once nothing speaks against these changes of counts.

    Raises TooFew if an hour of a job would have fewer than no pieces, NotAllowed if an operation
    would have used more pieces than the one before has passed on.
    """
    check_sums(register.reader, changes)
    good = good_of(changes)
    check_used(register, good, used_of(changes))
    return good


def used_of(changes: Iterable[Change]) -> dict[str, int]:
    """Pieces more that each job order has used of its input: good ones and scrap."""
    more: dict[str, int] = defaultdict(int)
    for change in changes:
        if isinstance(change, Add) and change.table == "job_progress":
            id_, amounts = str(change.key["job_order_id"]), change.amounts
            more[id_] += amounts.get("good", 0) + amounts.get("scrap", 0)
    return more


def check_used(
    register: JobRegister, good: Mapping[str, int], used: Mapping[str, int] = NO_MORE
) -> None:
    """Raise NotAllowed if an operation would have used more than the one before has passed on.

    `good` are the good pieces more of each job order, `used` the pieces more that it has used.
    Where too many are used already, only what makes it worse is refused.
    """
    for id_ in {*good, *used}:
        job = register.jobs.get(id_)
        behind, before = (register.after(job), register.before(job)) if job else (None, None)
        if job and behind:
            _check_pair(job, behind, good.get(id_, 0), used.get(behind.id, 0))
        if job and before:
            _check_pair(before, job, good.get(before.id, 0), used.get(id_, 0))


def _check_pair(before: JobOrder, behind: JobOrder, good: int, used: int) -> None:
    if used <= min(good, 0):
        return
    takes, made = behind.good + behind.scrap + used, replace(before, good=before.good + good)
    # What was passed on stays so, as far as it is good still.
    passed = max(made.passed_on, min(before.passed_on, made.good))
    if used > 0 and takes > passed:
        raise NotAllowed(
            say(
                "sums.behind",
                "{behind} would have {takes} pieces, but {before} has passed on {passed}",
                "correct what {before} made first, or move less",
                behind=behind.id,
                takes=takes,
                before=before.id,
                passed=passed,
            )
        )
    if good < 0 and takes > made.good:
        raise NotAllowed(
            say(
                "sums.before",
                "{before} would have {good} good pieces, but {behind} has already used {takes} "
                "of them",
                "correct what {behind} made first, or move less",
                before=before.id,
                good=made.good,
                behind=behind.id,
                takes=takes,
            )
        )


def _check_bucket(reader: ProductionReader, key: Bucket, less: Mapping[str, int]) -> None:
    hour = int(str(key[1]))
    rows = reader.hour_quantities(str(key[0]), hour, hour + 1) if less else ()
    row = next((row for row in rows if _key(row) == key), None)
    for role, by in less.items():
        made = getattr(row, role) if row else 0
        if made + by < 0:
            said = say(
                "sums.left",
                "{less} {what} pieces less: only {made} are left in that hour of {job}; others "
                "were reported as scrap or corrected",
                "take away no more than that",
                less=-by,
                what=PIECE_WORDS[role],
                made=made,
                job=str(key[2]) or NOBODY,
            )
            raise TooFew(said, key, -made - by)


def _key(row: HourQuantity) -> Bucket:
    return tuple(getattr(row, name) for name in BUCKET)
