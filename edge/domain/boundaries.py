"""Whose pieces they are once the boundary between two jobs lies elsewhere. Pure.

What a fact becomes depends on the fact as recorded and on where the boundary is now, not on
the way it came there: to A, to B and back to A is the same as to A.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from edge.domain.dividing import (
    Cut,
    Portion,
    Running,
    cut_at,
    joined,
    parts_of,
    place,
    portions,
    span,
)
from edge.domain.facts import Fact, FactKind
from edge.domain.restating import Known, Run, held

RunTime = Callable[[str | None], str | None]
Parts = list[dict[str, Any]]
Restated = tuple[Known, Parts]
Bucket = tuple[int, str, str]  # hour, shift, production day


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """Where `before` gives way to `after` on a work center; either may be no job at all.

    The pieces before the cut are those of `before`. As recorded the first ended and the
    second began at their runs' recorded times. `recorded` are the runs by which it is told who was
    on when a fact was recorded: all of the work center, in their order, or, where several jobs
    are on at once, all of these two.
    """

    before: Run | None
    after: Run | None
    cut: Cut
    recorded: tuple[Run, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(one for one in (self.before, self.after) if one)

    @property
    def jobs(self) -> frozenset[str]:
        return frozenset(one.job_order_id for one in self.runs)

    @property
    def sides(self) -> tuple[str | None, str | None]:
        """The job before and the job behind; None for no job."""
        before = self.before.job_order_id if self.before else None
        return before, self.after.job_order_id if self.after else None

    @property
    def as_recorded(self) -> bool:
        """Whether it lies where it was recorded, so that all is as recorded."""
        ends = {self.before.recorded_end} if self.before else set()
        starts = {self.after.recorded_start} if self.after else set()
        return {*ends, *starts} == {self.cut.at} and self.cut.raw is None

    @property
    def lies(self) -> int:
        """Where it lies until now (us): the end of the run before it, else the start behind it."""
        ends = [one for one in (self.before.end if self.before else None,) if one is not None]
        return (ends or [one.start for one in self.runs])[0]

    @property
    def said(self) -> frozenset[int]:
        """Where it lies by a word of before, and not as recorded: there a count is two, also where
        one job has both."""
        ends = [(self.before.end, self.before.recorded_end)] if self.before else []
        starts = [(self.after.start, self.after.recorded_start)] if self.after else []
        return frozenset(now for now, was in [*ends, *starts] if now is not None and now != was)

    @property
    def reach(self) -> tuple[int, int]:
        """From the first to the last moment (us) that its move concerns."""
        ends = [self.before.end] if self.before and self.before.end is not None else []
        starts = [self.after.start] if self.after else []
        known = [self.cut.at, *ends, *starts]
        return min(known), max(known)

    def touches(self, start: int, end: int) -> bool:
        """Whether what lasted from `start` to `end` lies in its reach, in whole or in part."""
        low, high = self.reach
        return start < high and end > low if start < end else low <= start <= high

    def gives(self, job: str | None, base: str | None, start: int, end: int) -> bool:
        """Whether what is now `job`'s, and was recorded as `base`'s, goes by this boundary.

        Not what another boundary gave to a third job; nor what the machine itself said to be of
        a job that was not on; nor what was nobody's while jobs were on.
        """
        if job is None and base is None:
            return not held(self.recorded, start, end)
        if job is not None and job not in self.jobs:
            return False
        mine = (one for one in self.recorded if one.job_order_id == base)
        return job != base or any(one.was_on(start, end) for one in mine)

    def side(self, base: str | None, start: int, end: int, *, is_before: bool) -> str | None:
        """Whose it is on a side. What was recorded as one over the boundary as recorded is one."""
        if self.as_recorded and self._over(base, start, end):
            return base
        return self.sides[0 if is_before else 1]

    def _over(self, base: str | None, start: int, end: int) -> bool:
        """Whether what was recorded as `base`'s reaches over the boundary, from its run's side."""
        at, (before, after) = self.cut.at, self.sides
        if base is None:
            return start < at < end
        if start == end == at:
            return base in self.jobs
        return (base == before and start < at <= end) or (base == after and start <= at < end)


def restated_counts(
    facts: Iterable[Known], boundary: Boundary, running: Running, run_time: RunTime
) -> Iterator[Restated]:
    """The counts that are otherwise now, each with the parts that it becomes."""
    low, high = boundary.reach
    for one in facts:
        start, end = span(one.fact)
        if end < low or start > high:
            continue
        parts = _count(one, boundary, running, run_time)
        if parts != list(one.now.parts):
            yield one, parts


def _count(one: Known, boundary: Boundary, running: Running, run_time: RunTime) -> Parts:
    known = one.now
    whole = known.now
    quantity = int(whole.body["quantity"])
    at = place(whole, quantity, boundary.cut, running)
    cut = cut_at(portions(known), at, boundary.cut.at)
    for moment in boundary.said:
        cut = cut_at(cut, place(whole, quantity, Cut(at=moment), running), moment)
    given = [_given(portion, at, whole, boundary) for portion in cut]
    return parts_of(whole, joined(given), run_time, by_raw=boundary.cut.seq == whole.seq)


def _given(portion: Portion, at: int, whole: Fact, boundary: Boundary) -> Portion:
    """A portion with the job of its side, if it goes by this boundary.

    What a person gave to a job stays there, wherever boundaries go.
    """
    start, end = span(whole)
    base = whole.job_order_id
    if portion.assigned or not boundary.touches(portion.start, portion.end):
        return portion
    if not boundary.gives(portion.job, base, start, end):
        return portion
    # What cannot be divided lies where it ends.
    is_before = portion.last <= at if portion.quantity > 0 else end <= boundary.cut.at
    return replace(portion, job=boundary.side(base, start, end, is_before=is_before))


def restated_declarations(
    declared: Sequence[Known],
    counts: Sequence[Known],
    concerned: Collection[str | None],
    run_time: RunTime,
) -> Iterator[Restated]:
    """Scrap and rework of pieces that went to another job go with them.

    Nobody says which pieces of an hour they were: they are shared like that hour's pieces of
    the job, the first declared to the first made. `counts` are known as they now are.
    """
    groups: dict[tuple[object, ...], list[Known]] = {}
    for one in declared:
        whole = one.now.now
        if whole.job_order_id in concerned:
            key = (whole.job_order_id, bucket(whole), whole.kind, whole.body["effect"])
            groups.setdefault((*key, _approves(whole)), []).append(one)
    for group in groups.values():
        total = sum(abs(int(one.now.now.body["quantity"])) for one in group)
        first = 0
        for one in group:
            whole = one.now.now
            last = first + abs(int(whole.body["quantity"]))
            owners = _owners(counts, one)
            parts = _shared(whole, first, last, total, owners, run_time)
            if owners and parts != list(one.now.parts):
                yield one, parts
            first = last


def bucket(fact: Fact) -> Bucket:
    """Hour, shift and production day of a fact's pieces."""
    calendar = fact.body.get("calendar") or {}
    shift, day = calendar.get("shift") or "", calendar.get("production_day") or ""
    return int(fact.body["hour"]), shift, day


def _approves(fact: Fact) -> bool:
    """Whether it says that pieces of set-up are good after all: so many less are scrap."""
    return bool(fact.body.get("setup"))


def _is_of(count: Fact, declared: Fact) -> bool:
    """Whether a count's pieces are of those that are spoken of, by what they were counted as."""
    if bucket(count) != bucket(declared):
        return False
    if _approves(declared):
        return count.body["role"] == "scrap" and "setup" in count.body.get("flags", ())
    counted_as = "scrap" if declared.body["effect"] in OF_SCRAP else "good"
    return bool(count.body["role"] == counted_as)


def _owners(counts: Sequence[Known], declared: Known) -> Mapping[str | None, int]:
    """Whose the pieces now are that were its job's, in its hour, when it was declared."""
    whole = declared.now.now
    found: dict[str | None, int] = {}
    for one in counts:
        if not _is_of(one.fact, whole):
            continue
        then = portions(one.as_of(declared.fact.seq))
        mine = [portion for portion in then if portion.job == whole.job_order_id]
        for portion in portions(one.now):
            shared = sum(_overlap(portion, other) for other in mine)
            if shared:
                found[portion.job] = found.get(portion.job, 0) + shared
    return found


def _overlap(one: Portion, other: Portion) -> int:
    return max(min(one.last, other.last) - max(one.first, other.first), 0)


def _shared(
    whole: Fact,
    first: int,
    last: int,
    total: int,
    owners: Mapping[str | None, int],
    run_time: RunTime,
) -> Parts:
    """Pieces `first` to `last` of `total` declared ones, by whose the counted ones are."""
    counted, before = sum(owners.values()), 0
    sign = -1 if int(whole.body["quantity"]) < 0 else 1
    parts: Parts = []
    for job, made in owners.items():
        ends = [(2 * total * at + counted) // (2 * counted) for at in (before, before + made)]
        before += made
        if (quantity := min(ends[1], last) - max(ends[0], first)) > 0:
            mine = job == whole.job_order_id
            at = whole.body.get("run_time_per_item") if mine else run_time(job)
            parts.append(
                {"quantity": sign * quantity, "job_order_id": job, "run_time_per_item": at}
            )
    if len(parts) != 1:
        return parts
    only = parts[0]
    if only["job_order_id"] == whole.job_order_id:
        return []
    return [{name: value for name, value in only.items() if name != "quantity"}]


DECLARED = (FactKind.SCRAP, FactKind.REWORK)
# What is said of pieces that a counter had counted as scrap.
OF_SCRAP = frozenset({"reason_only", "rerun_scrap"})
