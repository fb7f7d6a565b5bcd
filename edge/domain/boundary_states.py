"""What states and stops are once the boundary between two jobs lies elsewhere. Pure.

As with counts, what an interval becomes depends on the fact as recorded and on where the
boundary is now. Where the job is as recorded, the time class is as recorded too, but for
set-up: a job is set up until its first production.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from edge.domain.boundaries import Boundary
from edge.domain.folding.restated_states import part_key
from edge.domain.restating import Part, Stated, StopSpan
from edge.domain.vocabulary import TimeClass, classify_time

CountsAs = Callable[[int | None], int | None]
OUTSIDE = frozenset({TimeClass.OFF, TimeClass.APT_OUTSIDE})


def restated_states(
    states: Sequence[Stated], boundary: Boundary, now: int, counts_as: CountsAs
) -> list[Stated]:
    """The intervals as they are with this boundary, in order; those behind its reach are looked
    at until the job behind the boundary produces, because its set-up lasts until then."""
    low, high = boundary.reach
    after = boundary.after.job_order_id if boundary.after else None
    produced, found = False, []
    for one in states:
        behind = one.start > high and produced
        if behind or (one.end is not None and one.end <= low):
            found.append(one)
            continue
        cut = one.parts
        for at in (boundary.cut.at, *boundary.said):
            cut = tuple(_cut(cut, at))
        owned = [_owned(part, one, boundary, now) for part in cut]
        parts = []
        for part in _joined(owned):
            mine = _is_of(part, after, boundary.cut.at)
            setting_up = mine and not produced and not one.producing
            parts.append(_classed(part, one, setting_up, mine, boundary, counts_as))
            made = one.producing and parts[-1].time_class != TimeClass.ASUT
            produced = produced or (mine and made)
        found.append(replace(one, parts=tuple(parts)))
    return found


def _cut(parts: Iterable[Part], at: int) -> Iterator[Part]:
    for part in parts:
        if part.start < at and (part.end is None or at < part.end):
            yield replace(part, end=at)
            yield replace(part, start=at)
        else:
            yield part


def _owned(part: Part, one: Stated, boundary: Boundary, now: int) -> Part:
    low, high = boundary.reach
    base = one.fact.job_order_id
    end = now if one.end is None else one.end
    touched = part.start < high and (part.end is None or part.end > low)
    if not touched or not boundary.gives(part.job, base, one.start, end):
        return part
    is_before = part.start < boundary.cut.at
    return replace(part, job=boundary.side(base, one.start, end, is_before=is_before))


def _is_of(part: Part, after: str | None, cut: int) -> bool:
    """Whether a part is of the run behind the cut, and not of one of that job before it."""
    return part.job is not None and part.job == after and (part.end is None or part.end > cut)


def _joined(parts: Iterable[Part]) -> list[Part]:
    kept: list[Part] = []
    for part in parts:
        if kept and kept[-1].job == part.job:
            kept[-1] = replace(kept[-1], end=part.end)
        else:
            kept.append(part)
    return kept


def _classed(
    part: Part,
    one: Stated,
    setting_up: bool,
    mine: bool,
    boundary: Boundary,
    counts_as: CountsAs,
) -> Part:
    """A part with its time class: as recorded where nothing of it is otherwise."""
    body, base = one.fact.body, one.fact.job_order_id
    recorded = str(body["time_class"])
    as_set_up = (recorded == TimeClass.ASUT) == setting_up or one.producing or not mine
    if part.job == base and (boundary.as_recorded or as_set_up):
        return replace(part, time_class=recorded)
    if recorded == TimeClass.UNKNOWN:
        return replace(part, time_class=recorded)
    now = classify_time(
        body["state"],
        counts_as(body["mode"]),
        in_calendar=recorded not in OUTSIDE,
        has_job=part.job is not None,
        in_setup=setting_up,
    )
    return replace(part, time_class=str(now))


def stops_of(states: Iterable[Stated]) -> list[StopSpan]:
    """The stops that intervals make: delays that touch are one, of the job that it began with."""
    found: list[StopSpan] = []
    last: int | None = -1  # end of the part before, None if it lasts
    begun: set[int] = set()
    stopped = False
    for one in states:
        for index, part in enumerate(one.parts):
            delayed = part.time_class == TimeClass.ADET
            if delayed and stopped and last == part.start:
                fault = one.fact.body["fault"] or found[-1].fault
                found[-1] = replace(found[-1], end=part.end, fault=fault)
            elif delayed:
                id_ = part_key(one.fact.seq, index) if one.fact.seq in begun else one.fact.seq
                begun.add(one.fact.seq)
                found.append(
                    StopSpan(
                        id=id_,
                        start=part.start,
                        end=part.end,
                        fault=one.fact.body["fault"],
                        job=part.job,
                    )
                )
            stopped, last = delayed, part.end
    return found


def said_parts(before: Sequence[Stated], after: Sequence[Stated]) -> list[Stated]:
    """The intervals that are otherwise now."""
    return [new for old, new in zip(before, after, strict=True) if old.parts != new.parts]


def differing_stops(
    known: Mapping[int, StopSpan], now: Iterable[StopSpan]
) -> tuple[list[StopSpan], list[int]]:
    """Stops that are new or otherwise, and the ids of those that are none any more."""
    stops = {stop.id: stop for stop in now}
    changed = [stop for id_, stop in stops.items() if known.get(id_) != stop]
    return changed, [id_ for id_ in known if id_ not in stops]
