"""Scrap and rework of pieces that a boundary gave to another job go with them. Pure.

Nobody says which pieces of an hour they were: the bad pieces of a job's hour are a ribbon that is
laid over that hour's pieces of the job, the first declared on the first made. So no job ever has
more bad pieces there than pieces; and what came of rework is of the pieces that were to be
reworked, the first ones first.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from edge.domain.boundaries import Parts, Restated, RunTime
from edge.domain.dividing import Portion, portions
from edge.domain.facts import Fact, FactKind
from edge.domain.restating import Known

Bucket = tuple[int, str, str]  # hour, shift, production day
Key = tuple[object, ...]
Shares = list[tuple[str | None, int]]  # whose they are, and how many, in their order

DECLARED = (FactKind.SCRAP, FactKind.REWORK)
# What is said of pieces that a counter had counted as scrap.
OF_SCRAP = frozenset({"reason_only", "rerun_scrap"})
DONE = frozenset({"done_good", "done_scrap"})


def restated_declarations(
    declared: Sequence[Known],
    counts: Sequence[Known],
    concerned: Collection[str | None],
    run_time: RunTime,
) -> Iterator[Restated]:
    """The declarations that are otherwise now. `counts` are known as they now are."""
    groups: dict[Key, list[Known]] = {}
    for one in declared:
        if one.now.now.job_order_id in concerned:
            groups.setdefault(_group(one.now.now), []).append(one)
    reworked: dict[Key, Shares] = {}
    for group in sorted(groups.values(), key=lambda group: _is_done(group[0].now.now)):
        for one, shares in _shared(group, counts, reworked):
            whole = one.now.now
            parts = _parts(whole, shares, run_time)
            if parts != list(one.now.parts):
                yield one, parts


def _group(whole: Fact) -> Key:
    """What is laid out as one ribbon: pieces of one job's hour that were the same before."""
    place = whole.job_order_id, bucket(whole)
    if _is_done(whole):
        return *place, "rework"
    if whole.body["effect"] == "reclassify" and not _approves(whole):
        return *place, "good"
    return *place, whole.kind, whole.body["effect"], _approves(whole)


def _shared(
    group: Sequence[Known], counts: Sequence[Known], reworked: dict[Key, Shares]
) -> Iterator[tuple[Known, Shares]]:
    """Whose the pieces of each declaration of a group are. `reworked` holds, by job and hour,
    whose the pieces are that are to be reworked: what came of them is taken from it."""
    total = sum(abs(int(one.now.now.body["quantity"])) for one in group)
    first = 0
    for one in group:
        whole = one.now.now
        quantity = abs(int(whole.body["quantity"]))
        place = whole.job_order_id, bucket(whole)
        owners = _owners(counts, one)
        known = reworked.get(place, []) if _is_done(whole) else []
        if sum(many for _, many in known) >= quantity > 0:
            shares, reworked[place] = _cut(known, quantity)
        else:
            shares = _laid(first, first + quantity, total, owners)
        first += quantity
        if whole.kind == FactKind.REWORK and whole.body["effect"] == "reclassify":
            kept = shares if owners else [(whole.job_order_id, quantity)]
            reworked.setdefault(place, []).extend(kept)
        if owners:
            yield one, shares


def _cut(shares: Shares, many: int) -> tuple[Shares, Shares]:
    """The first so many pieces, and the rest."""
    taken: Shares = []
    for at, (job, there) in enumerate(shares):
        if there >= many:
            left = [(job, there - many)] if there > many else []
            return [*taken, (job, many)], [*left, *shares[at + 1 :]]
        taken.append((job, there))
        many -= there
    return taken, []


def bucket(fact: Fact) -> Bucket:
    """Hour, shift and production day of a fact's pieces."""
    calendar = fact.body.get("calendar") or {}
    shift, day = calendar.get("shift") or "", calendar.get("production_day") or ""
    return int(fact.body["hour"]), shift, day


def _is_done(fact: Fact) -> bool:
    """Whether it says what came of rework."""
    return fact.body["effect"] in DONE


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


def _laid(first: int, last: int, total: int, owners: Mapping[str | None, int]) -> Shares:
    """Pieces `first` to `last` of `total` declared ones, by whose the counted ones are."""
    counted, before = sum(owners.values()), 0
    shares: Shares = []
    for job, made in owners.items():
        ends = [(2 * total * at + counted) // (2 * counted) for at in (before, before + made)]
        before += made
        if (quantity := min(ends[1], last) - max(ends[0], first)) > 0:
            shares.append((job, quantity))
    return shares


def _parts(whole: Fact, shares: Iterable[tuple[str | None, int]], run_time: RunTime) -> Parts:
    """`parts` of a correction by which the fact is shared; none if it is one job's as recorded."""
    sums: dict[str | None, int] = {}
    for job, quantity in shares:
        sums[job] = sums.get(job, 0) + quantity
    if set(sums) == {whole.job_order_id}:
        return []
    sign = -1 if int(whole.body["quantity"]) < 0 else 1
    parts: Parts = []
    for job, quantity in sums.items():
        mine = job == whole.job_order_id
        at = whole.body.get("run_time_per_item") if mine else run_time(job)
        said = {"job_order_id": job, "run_time_per_item": at}
        parts.append(said if len(sums) == 1 else {"quantity": sign * quantity, **said})
    return parts
