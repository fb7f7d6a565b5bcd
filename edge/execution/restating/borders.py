"""Which border is meant where somebody says when one job gave way to another, and may it move.

A job that was laid aside was on several times, and so two jobs can have several borders. The one
that can lie where it is said to lie is meant; where several can, the caller names a run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from edge.domain.boundaries import Boundary
from edge.domain.dividing import Cut, place_of_raw, span
from edge.domain.facts import FactKind
from edge.domain.hours import HOUR, hour_label
from edge.domain.restating import RestatingReader, Run
from edge.domain.sentences import Sentence, say
from edge.execution.errors import InvalidAction, NotAllowed
from edge.execution.floor import Floor, WorkCenter
from edge.execution.wording import one_of_two

Pair = tuple[Run | None, Run | None]


@dataclass(frozen=True, kw_only=True)
class Move:
    """Where the boundary between two jobs was: at a moment (us), or where a counter (its tag)
    showed a value. Either job may be None: the pieces on that side are then nobody's. `run`
    (its `started`) names one of the two runs where the jobs have several borders."""

    before: str | None
    after: str | None
    note: str
    at: int | None = None
    raw: tuple[str, int] | None = None
    run: int | None = None


class Borders:
    """Borders between runs on one edge's floor."""

    def __init__(self, floor: Floor, reader: RestatingReader) -> None:
        self._floor, self._reader = floor, reader

    def meant(self, center: WorkCenter, move: Move) -> Boundary:
        """Where the border that is meant is to lie; raises what speaks against it."""
        runs = self._reader.runs(center.id)
        pairs = self._pairs(center, runs, move)
        cut = self._cut(center, pairs, move)
        found = [_between(center, runs, pair, cut) for pair in pairs]
        possible = [one for one in found if self._why_not(center, one) is None]
        if len(possible) > 1:
            raise InvalidAction(self._say_which(center, possible))
        if possible:
            return possible[0]
        why = self._why_not(center, min(found, key=_distance))
        assert why is not None
        raise why

    def _pairs(self, center: WorkCenter, runs: Sequence[Run], move: Move) -> list[Pair]:
        """The borders that the jobs have, or the ends of one of them; raises if there is none."""
        for id_ in (move.before, move.after):
            if id_ is not None:
                self._floor.job_made(id_, center.id)
                if not any(one.job_order_id == id_ for one in runs):
                    raise InvalidAction(
                        say(
                            "boundary.never_on",
                            "{job} was never on {work_center}: it has no boundary",
                            "name a job that was",
                            job=id_,
                            work_center=center.id,
                        )
                    )
        sides = (move.before, move.after)
        mine = [one for one in runs if one.job_order_id in sides]
        pairs: list[Pair]
        if move.before is None:
            pairs = [(None, one) for one in mine]
        elif move.after is None:
            pairs = [(one, None) for one in mine]
        else:
            jobs = ((a, b, (a.job_order_id, b.job_order_id)) for a, b in pairwise(mine))
            pairs = [(a, b) for a, b, said in jobs if said == sides]
        if not pairs:
            raise InvalidAction(
                say(
                    "boundary.not_behind",
                    "{after} was never on behind {before}",
                    "name them in the order in which they were on",
                    after=move.after or "",
                    before=move.before or "",
                )
            )
        named = [pair for pair in pairs if move.run in {None, *_ids(pair)}]
        if not named:
            raise InvalidAction(
                say(
                    "boundary.no_run",
                    "run {run}: none of theirs",
                    "look at the list of boundaries, which has it as started",
                    run=move.run or 0,
                )
            )
        return named

    def _cut(self, center: WorkCenter, pairs: Sequence[Pair], move: Move) -> Cut:
        if (move.at is None) == (move.raw is None):
            raise InvalidAction(one_of_two("at", "raw"))
        if move.at is not None:
            return Cut(at=move.at)
        assert move.raw is not None
        tag, raw = move.raw
        starts = [one.start for pair in pairs for one in pair if one]
        since, now = min(starts) - HOUR, self._floor.clock.now()
        counts = self._reader.facts(center.id, (FactKind.PRODUCTION_COUNT,), since, now)
        for one in reversed(counts):
            fact = one.fact
            quantity = int(fact.body["quantity"])
            if fact.body["tag"] != tag or raw == fact.body["raw_from"]:
                continue
            if (place := place_of_raw(fact, quantity, raw)) is not None:
                start, end = span(fact)
                at = start + (end - start) * place // quantity
                return Cut(at=at, seq=fact.seq, raw=raw)
        raise InvalidAction(
            say(
                "boundary.no_raw",
                "raw {raw} of {tag}: no count of {work_center} since then holds it",
                "name a value between two readings, or a time",
                raw=raw,
                tag=tag,
                work_center=center.id,
            )
        )

    def _why_not(self, center: WorkCenter, boundary: Boundary) -> InvalidAction | NotAllowed | None:
        """What speaks against a border, if anything does."""
        before, after = boundary.before, boundary.after
        if before and before.end is None:
            return NotAllowed(
                say(
                    "boundary.not_ended",
                    "{job} has not ended",
                    "complete it first",
                    job=before.job_order_id,
                )
            )
        if before and after and before.end is not None and after.start < before.end:
            return NotAllowed(
                say(
                    "boundary.together",
                    "{before} and {after} were on together: there is no boundary between them",
                    "name one of them alone",
                    before=before.job_order_id,
                    after=after.job_order_id,
                )
            )
        return self._out_of_place(center, boundary) or self._past_another(center, boundary)

    def _out_of_place(self, center: WorkCenter, boundary: Boundary) -> InvalidAction | None:
        at, zone = boundary.cut.at, center.calendar.zone
        label = hour_label(at, zone, date=True)
        before, after = boundary.before, boundary.after
        if at > self._floor.clock.now():
            return InvalidAction(
                say(
                    "boundary.not_over",
                    "at {at}: that is not over yet",
                    "name a time before now",
                    at=label,
                )
            )
        if before and at < before.start:
            start = hour_label(before.start, zone, date=True)
            return InvalidAction(
                say(
                    "boundary.too_early",
                    "at {at}: {job} began only at {start}",
                    "name a later time",
                    at=label,
                    job=before.job_order_id,
                    start=start,
                )
            )
        if after and after.end is not None and at > after.end:
            end = hour_label(after.end, zone, date=True)
            return InvalidAction(
                say(
                    "boundary.too_late",
                    "at {at}: {job} had ended at {end}",
                    "name an earlier time",
                    at=label,
                    job=after.job_order_id,
                    end=end,
                )
            )
        return None

    def _past_another(self, center: WorkCenter, boundary: Boundary) -> NotAllowed | None:
        """Another run in the way. Where several jobs are on, only one of its own: the others
        keep their pieces."""
        zone, (low, high) = center.calendar.zone, boundary.reach
        own = {one.started for one in boundary.runs}
        for other in boundary.recorded:
            if other.started in own:
                continue
            if other.start < high and (other.end is None or other.end > low):
                return NotAllowed(
                    say(
                        "boundary.another",
                        "{job} was on between {low} and {high}",
                        "move its boundaries first, one by one",
                        job=other.job_order_id,
                        low=hour_label(low, zone, date=True),
                        high=hour_label(high, zone, date=True),
                    )
                )
        return None

    def _say_which(self, center: WorkCenter, possible: Sequence[Boundary]) -> Sentence:
        zone = center.calendar.zone
        said = ", ".join(
            f"{one.runs[-1].started} for that at {hour_label(one.lies, zone, date=True)}"
            for one in possible
        )
        return say(
            "boundary.several",
            "several of their boundaries can lie there: {which}",
            "say which by run",
            which=said,
        )


def _between(center: WorkCenter, runs: Sequence[Run], pair: Pair, cut: Cut) -> Boundary:
    before, after = pair
    jobs = {one.job_order_id for one in pair if one}
    concerned = [one for one in runs if center.parallel == 1 or one.job_order_id in jobs]
    return Boundary(before=before, after=after, cut=cut, recorded=tuple(concerned))


def _ids(pair: Pair) -> set[int | None]:
    return {one.started for one in pair if one}


def _distance(boundary: Boundary) -> int:
    return abs(boundary.cut.at - boundary.lies)
