"""What counters say against each other, or no longer say: told once, by facts.

Pure. `Alarms` remembers what was told, so that a lasting fault is one fact and not one a
snapshot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from edge.collection.channels import Pieces
from edge.collection.sides import is_side
from edge.domain.facts import FactDraft, FactKind, Json, Source

SIGNS = {"total": 1, "good": -1, "scrap": -1, "rework": -1}
ALL_GIVEN = frozenset({"good", "reject", "total"})


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """What is wrong now.

    `difference`: pieces by which total exceeds all others since the edge began;
    `told` that of which a fact was written. `stuck`: since when (us) a counter stands at
    its end, by tag.
    """

    difference: int = 0
    told: int = 0
    stuck: Mapping[str, int] = field(default_factory=dict)


Raised = tuple[Alarms, tuple[FactDraft, ...]]


@dataclass(frozen=True)
class Watch:
    """Watches one work center; `given` are the roles of its counters."""

    work_center: str
    given: frozenset[str]

    def counted(self, alarms: Alarms, pieces: Sequence[Pieces], at: int) -> Raised:
        """Total, good and rejects, all given: a difference that stands a snapshot is told."""
        if not self.given >= ALL_GIVEN:
            return alarms, ()
        own = (one for one in pieces if not is_side(one.tag))
        moved = sum(SIGNS[one.role] * one.quantity for one in own)
        difference = alarms.difference + moved
        stands = not moved and difference != alarms.told
        after = Alarms(
            difference=difference, told=difference if stands else alarms.told, stuck=alarms.stuck
        )
        if not stands or not difference:
            return after, ()
        return after, (self._audit("count_difference", at, {"difference": difference}),)

    def saturated(
        self,
        alarms: Alarms,
        tags: frozenset[str],
        left: Mapping[str, int],
        at: int,
        *,
        producing: bool,
    ) -> Raised:
        """A counter at its end while the machine produces: an alarm, and a gap once it moves.

        `left`: the counters that have moved again, and when (us) they were last seen at
        their end; also those that were never told of, because the edge was not running.
        """
        if not tags and not left:
            return alarms, ()
        new = {tag: at for tag in sorted(tags - alarms.stuck.keys()) if producing}
        stuck = {tag: since for tag, since in alarms.stuck.items() if tag not in left} | new
        told = [self._audit("counter_saturated", at, {"tag": tag}) for tag in new]
        gaps = [self._gap(tag, alarms.stuck.get(tag, seen), at) for tag, seen in left.items()]
        after = Alarms(difference=alarms.difference, told=alarms.told, stuck=stuck)
        return after, (*told, *gaps)

    def _audit(self, action: str, at: int, detail: Mapping[str, Json]) -> FactDraft:
        return FactDraft(
            kind=FactKind.AUDIT,
            occurred_at=at,
            equipment_id=self.work_center,
            source=Source.SYSTEM,
            body={"action": action, "detail": detail},
        )

    def _gap(self, tag: str, since: int, at: int) -> FactDraft:
        return FactDraft(
            kind=FactKind.DATA_GAP,
            occurred_at=at,
            equipment_id=self.work_center,
            source=Source.SYSTEM,
            body={"from": since, "to": max(at, since), "reason": "saturated", "detail": tag},
        )
