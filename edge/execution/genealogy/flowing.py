"""Lots go into each other: packed, unpacked, split, merged, reworked, named piece by piece."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from edge.domain.facts import FactKind, Json
from edge.domain.genealogy import HOLDERS, LotKind
from edge.domain.sentences import say
from edge.execution.desk import Answer, Asked
from edge.execution.errors import InvalidAction, LotRefused, NotAllowed
from edge.execution.genealogy.judging import Judge
from edge.execution.genealogy.scanning import Scanning
from edge.execution.genealogy.stand import LOTS, Bench
from edge.execution.wording import one_of

PRODUCED = FactKind.MATERIAL_PRODUCED
PACKED, UNPACKED = "packed", "unpacked"
HOW: Mapping[str, LotKind | None] = {
    PACKED: LotKind.PALLET,
    UNPACKED: None,
    "split": LotKind.PRODUCT,
    "merged": LotKind.PRODUCT,
    "reworked": LotKind.PRODUCT,
    "serial": LotKind.SERIAL,
}


@dataclass(frozen=True, kw_only=True)
class Flow:
    """So much of a lot goes into another one."""

    source: str
    target: str
    quantity: Fraction


@dataclass(frozen=True, kw_only=True)
class Flowing:
    """What people do with lots: `how` is one of HOW, `kind` that of targets that are new."""

    how: str
    flows: Sequence[Flow] = field(default_factory=tuple)
    kind: str = ""


class Flows:
    """What people do with lots, of one edge's floor."""

    def __init__(self, bench: Bench, judge: Judge, scanning: Scanning) -> None:
        self._bench, self._judge, self._scanning = bench, judge, scanning

    async def flow(self, flowing: Flowing, asked: Asked) -> Answer:
        """Pack, unpack, split, merge, rework, or name single pieces.

        Raises UnknownObject, InvalidAction, LotRefused, NotAllowed, RequestConflict.
        """
        bench = self._bench
        if flowing.how not in HOW or not flowing.flows:
            raise InvalidAction(one_of("how", flowing.how, HOW))
        async with bench.floor.lock(LOTS):
            if again := bench.desk.answered(asked):
                return again
            bench.floor.register.reload()
            flowing = self._named(flowing)
            new: dict[str, dict[str, Json]] = {}
            for one in flowing.flows:
                self._check_flow(flowing, one, new)
            self._check_sums(flowing)
            back = flowing.how == UNPACKED
            body: dict[str, Json] = {
                "event": "flowed",
                "how": PACKED if back else flowing.how,
                "flows": [_said(one, back=back) for one in flowing.flows],
                "new": list(new.values()),
            }
            place, job = self._of(flowing)
            draft = bench.desk.draft(PRODUCED, place, asked, body, job)
            return bench.desk.answer(await bench.desk.record(asked, draft))

    def _named(self, flowing: Flowing) -> Flowing:
        """With ids of lots in the place of labels that were scanned."""
        holder = flowing.how in {PACKED, UNPACKED}
        flows = [
            replace(
                one,
                source=self._scanning.id(one.source),
                target=self._scanning.target(one.target, holder=holder),
            )
            for one in flowing.flows
        ]
        return replace(flowing, flows=flows)

    def _check_flow(self, flowing: Flowing, one: Flow, new: dict[str, dict[str, Json]]) -> None:
        """Raise if it may not be; a target that is not known yet is entered in `new`."""
        if one.quantity <= 0 or one.source == one.target:
            raise InvalidAction(
                say(
                    "lot.no_flow",
                    "{source} to {target}: it must be above 0, and of two lots",
                    "say how much of which lot goes into which other",
                    source=one.source,
                    target=one.target,
                )
            )
        if flowing.how == UNPACKED:
            return
        material = self._what(one.source)[0]
        target = self._bench.reader.lot(one.target)
        if target is None:
            kind = flowing.kind or str(HOW[flowing.how])
            made = new.setdefault(one.target, self._made(one, kind))
            known = str(made["material"])
        elif target.closed_at is not None:
            raise NotAllowed(
                say(
                    "lot.closed",
                    "{lot} is closed: nothing more goes into it",
                    "name an open one",
                    lot=one.target,
                )
            )
        else:
            kind, known = target.kind, target.material
        _check_target(flowing, one, kind, material, known)

    def _made(self, one: Flow, kind: str) -> dict[str, Json]:
        """A new target, of what goes into it; a pallet or container is of no material."""
        material, revision, unit, expires = self._what(one.source)
        holds = kind in HOLDERS
        return {
            "lot": one.target,
            "kind": kind,
            "material": "" if holds else material,
            "revision": "" if holds else revision,
            "unit": unit,
            "expires": expires,
        }

    def _check_sums(self, flowing: Flowing) -> None:
        """Raise LotRefused if more goes out of a lot, or of a pallet, than is in it."""
        reader, sums = self._bench.reader, dict[tuple[str, str], Fraction]()
        back = flowing.how == UNPACKED
        for one in flowing.flows:
            key = (one.source, one.target if back else "")
            sums[key] = sums.get(key, Fraction(0)) + one.quantity
        for (source, holder), much in sums.items():
            left = reader.balance(source).left
            if back:
                inside = [link for link in reader.contents(holder) if link.source == source]
                left = sum((link.quantity or Fraction(0) for link in inside), Fraction(0))
            if left is not None and much > left:
                place = say("word.inside", "{lot} in {holder}", lot=source, holder=holder)
                raise LotRefused(
                    say(
                        "empty.source",
                        "{lot} has {left} left, not {much}",
                        "say at most what is left",
                        lot=place if back else source,
                        left=str(left),
                        much=str(much),
                    )
                )

    def _what(self, source: str) -> tuple[str, str, str, int | None]:
        """Material, revision, unit and expiry of a lot, or of a job order's pieces."""
        if (job := self._bench.floor.register.jobs.get(source)) is not None:
            return job.product, job.revision, "pcs", None
        lot = self._judge.known(source)
        return lot.material, lot.revision, lot.unit, lot.expires

    def _of(self, flowing: Flowing) -> tuple[str, str | None]:
        """Where it is done, and the job order that all of it is of, if there is one."""
        floor, reader = self._bench.floor, self._bench.reader
        jobs = set()
        for one in flowing.flows:
            lot = reader.lot(one.source)
            jobs.add(lot.job_order_id if lot else one.source)
        job = floor.register.jobs.get(next(iter(jobs))) if len(jobs) == 1 else None
        return (job.work_center, job.id) if job else (floor.site, None)


def _check_target(flowing: Flowing, one: Flow, kind: str, material: str, known: str) -> None:
    """Raise if what is packed goes into no holder, or one material into another."""
    if flowing.how == PACKED and kind not in HOLDERS:
        raise InvalidAction(
            say(
                "lot.no_holder",
                "{lot} is a {kind}; packed is what goes into a pallet or a container",
                "name one of these",
                lot=one.target,
                kind=kind,
            )
        )
    if kind not in HOLDERS and known != material:
        raise LotRefused(
            say(
                "wrong_material.flow",
                "{source} is {material}; {target} is {known}",
                "name another lot",
                source=one.source,
                material=material,
                target=one.target,
                known=known,
            )
        )


def _said(one: Flow, *, back: bool) -> dict[str, Json]:
    quantity = -one.quantity if back else one.quantity
    return {"from": one.source, "to": one.target, "quantity": str(quantity)}
