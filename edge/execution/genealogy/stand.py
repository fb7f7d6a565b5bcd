"""Lots are changed exactly at a counter's value: what was counted is read first.

The counters are read and committed, and the change is recorded only if none of them has moved
on since: so every piece before it is of the lot of before, and every piece after it of the new
one. Where the machine is silent the change is recorded all the same and says so, because people
change lots whether a network is there or not.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from edge.domain.equipment import EquipmentUnreachable
from edge.domain.facts import Fact, FactDraft, FactKind, Json
from edge.domain.genealogy import MaterialReader, Mounted, OpenLot, Setting
from edge.domain.orders import JobOrder
from edge.domain.recording import BaselineConflict, BaselineMove, Recorded, Recording
from edge.domain.sentences import say
from edge.execution.desk import Asked, Desk
from edge.execution.errors import CountersMove, LotRefused, UnknownObject
from edge.execution.floor import Floor
from edge.execution.wording import unknown_fact

ATTEMPTS = 20
LOTS = "lots"  # held while a lot's id or what is left of it is looked at and recorded


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where the counters stood at a change, by tag; `certain` False if the machine was silent."""

    raw: dict[str, int]
    certain: bool
    moves: tuple[BaselineMove, ...]


Make = Callable[[Stand], Sequence[FactDraft]]
Record = Callable[[tuple[FactDraft, ...], tuple[BaselineMove, ...]], Awaitable[Recorded]]


async def recorded_at(floor: Floor, work_center: str, make: Make, record: Record) -> Recorded:
    """Record what `make` makes of the counters of now; with its lock held.

    Raises what recording raises, and CountersMove if the counters never stood still.
    """
    certain = await _read(floor, work_center)
    for attempt in range(ATTEMPTS):
        stand = _stand(floor, work_center, certain)
        try:
            return await record(tuple(make(stand)), stand.moves)
        except BaselineConflict as error:
            if attempt == ATTEMPTS - 1:
                raise CountersMove(
                    say(
                        "machine.counts",
                        "{work_center} counted at each of {attempts} attempts",
                        work_center=work_center,
                        attempts=ATTEMPTS,
                    )
                ) from error
    raise AssertionError("it returns or raises")


async def _read(floor: Floor, work_center: str) -> bool:
    try:
        await floor.equipment.force_reading(work_center)
    except EquipmentUnreachable:
        return False
    return True


def _stand(floor: Floor, work_center: str, certain: bool) -> Stand:
    rows = [row for row in floor.reader.baselines() if row.equipment_id == work_center]
    return Stand(
        raw={row.tag: row.raw for row in rows},
        certain=certain,
        moves=tuple(BaselineMove(expected=row, new=row) for row in rows),
    )


def desk_record(desk: Desk, asked: Asked) -> Record:
    """Recording under a person's request."""

    async def record(drafts: tuple[FactDraft, ...], moves: tuple[BaselineMove, ...]) -> Recorded:
        return await desk.record(asked, *drafts, baselines=moves)

    return record


def segment_body(
    stand: Stand, mounted: Sequence[Mounted], open_: Sequence[OpenLot]
) -> dict[str, Json]:
    """What a fact says that begins a segment: all that is mounted and open from now on."""
    return {
        "raw": stand.raw,
        "certain": stand.certain,
        "mounted": [vars(one) for one in mounted],
        "open": [vars(one) for one in open_],
    }


def with_mounted(setting: Setting, new: Mounted | None, material: str) -> list[Mounted]:
    """What is mounted once `new` (None: nothing) is in the place of `material`."""
    others = [one for one in setting.mounted if one.material != material]
    return sorted([*others, *([new] if new else [])], key=lambda one: one.material)


def with_open(setting: Setting, job: str, lot: str | None) -> list[OpenLot]:
    """Which lots are open once `lot` (None: none) is that of the job order."""
    others = [one for one in setting.open if one.job_order_id != job]
    new = [OpenLot(job_order_id=job, lot=lot)] if lot else []
    return sorted([*others, *new], key=lambda one: one.job_order_id)


@dataclass(frozen=True)
class Bench:
    """What everything here works with."""

    floor: Floor
    reader: MaterialReader
    desk: Desk

    def fact(self, seq: int) -> Fact:
        """A fact as it was recorded; raises UnknownObject."""
        found = self.floor.reader.corrected(seq)
        if found is None:
            raise UnknownObject(unknown_fact(seq))
        return found.fact

    async def refused(
        self,
        work_center: str,
        job: JobOrder | None,
        what: str,
        refused: LotRefused,
        asked: Asked,
    ) -> None:
        """Keep that something was scanned that may not be used here."""
        codes = [one.code for one in refused.said]
        detail = {"what": what, "codes": codes, "why": str(refused)}
        body = {"action": "scan_refused", "detail": detail}
        draft = self.desk.draft(FactKind.AUDIT, work_center, asked, body, job.id if job else None)
        await self.floor.writer.record(Recording(drafts=(draft,)))
