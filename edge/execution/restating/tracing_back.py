"""Where a restated figure comes from: the facts and corrections that made it, in order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from edge.domain.chain import StoredFact
from edge.domain.changes import Add
from edge.domain.corrections import Corrected, added, correction_changes
from edge.domain.fact_log import FactReader
from edge.domain.facts import Fact, FactKind, decode
from edge.domain.hours import hour_start
from edge.domain.restating import RestatingReader
from edge.execution.errors import UnknownObject
from edge.execution.floor import Floor
from edge.execution.wording import unknown_job

ROLES = ("good", "scrap", "rework")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One fact of a history: what it added to the figure, and how the figure stood after it."""

    fact: Fact
    added: Mapping[str, int]
    stands: Mapping[str, int]


class History:
    """Histories on one edge's floor."""

    def __init__(self, floor: Floor, log: FactReader, reader: RestatingReader) -> None:
        self._floor, self._log, self._reader = floor, log, reader

    def of_hour(self, work_center: str, hour: int, job: str | None = None) -> list[Step]:
        """What made an hour of a work center (us, any time in it), of one job or of all.

        Raises UnknownObject, StoreUnavailable.
        """
        center = self._floor.work_center(work_center)
        start = hour_start(hour, center.calendar.zone)

        def mine(one: Add) -> bool:
            key = one.key
            here = (key["equipment_id"], key["hour"]) == (work_center, start)
            return here and job in {None, key["job_order_id"] or None}

        facts = self._log.facts_of_hour(work_center, start)
        return list(_steps(facts, "hour_bucket", mine))

    def of_job(self, id_: str) -> list[Step]:
        """What made a job order's sums, with the events that moved it. Raises as `of_hour`."""
        if id_ not in self._floor.register.jobs:
            raise UnknownObject(unknown_job(id_))
        return list(
            _steps(
                self._of_job(id_), "job_progress", lambda one: one.key["job_order_id"] == id_, id_
            )
        )

    def _of_job(self, id_: str) -> Iterable[StoredFact]:
        """The facts of the hours in which the job has, or had, pieces, and its events."""
        found: dict[int, StoredFact] = {}
        for equipment, hour in self._reader.hours_of(id_):
            found |= {one.seq: one for one in self._log.facts_of_hour(equipment, hour)}
        for seq in self._reader.events_of(id_):
            if (one := self._log.fact(seq)) is not None:
                found[seq] = one
        return [found[seq] for seq in sorted(found)]


def _steps(
    facts: Iterable[StoredFact], table: str, mine: Any, job: str | None = None
) -> Iterator[Step]:
    """Facts that changed the figure, in order; corrections after all that they rest on."""
    known: dict[int, Corrected] = {}
    sums = dict.fromkeys(ROLES, 0)
    for stored in facts:
        fact = decode(stored.data)
        changes = list(_adds(fact, known))
        more = dict.fromkeys(ROLES, 0)
        for one in changes:
            if one.table == table and mine(one):
                for role, amount in one.amounts.items():
                    if role in more:
                        more[role] += amount
        is_event = fact.kind == FactKind.JOB_ORDER_EVENT and fact.job_order_id == job
        if any(more.values()) or (job is not None and is_event):
            sums = {role: sums[role] + more[role] for role in ROLES}
            yield Step(fact=fact, added=more, stands=sums)


def _adds(fact: Fact, known: dict[int, Corrected]) -> Iterator[Add]:
    if fact.kind != FactKind.CORRECTION:
        known[fact.seq] = Corrected(fact, [])
        yield from added(fact) if fact.kind != FactKind.EQUIPMENT_STATE else ()
        return
    corrected = known.get(int(fact.body["corrects"]))
    if corrected is None:
        return
    yield from (one for one in correction_changes(fact, corrected) if isinstance(one, Add))
    known[corrected.fact.seq] = corrected.after(fact.body["changes"])
