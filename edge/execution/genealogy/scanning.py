"""What was scanned: an id of a lot, or a label of GS1 that says material, lot, expiry and quantity.

An id that is known here is that lot, whatever else it could be. A label's own lot or serial
number is looked for among the lots of its material, and among what suppliers call theirs. What a
label does not say, or says otherwise than a person, is asked and never guessed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from fractions import Fraction

from edge.domain.clock import to_datetime, to_micros
from edge.domain.genealogy import Lot, LotKind
from edge.domain.gs1 import Label, NoLabel, is_label, label
from edge.domain.sentences import say
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.genealogy.judging import Judge

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
PIECES, KILOGRAMS = "pcs", "kg"


@dataclass(frozen=True, kw_only=True)
class Received:
    """A lot that comes from outside; `quantity` a decimal or fraction as text, `expires` us.

    `code` is its label as scanned (empty for none); what is empty here is taken from it.
    """

    lot: str = ""
    material: str = ""
    quantity: str = ""
    unit: str = ""
    revision: str = ""
    expires: int | None = None
    supplier_lot: str = ""
    kind: str = ""
    code: str = ""


class Scanning:
    """Reads what people scan, of one edge's floor."""

    def __init__(self, judge: Judge) -> None:
        self._judge, self._floor, self._reader = judge, judge.floor, judge.reader

    def label(self, code: str) -> Label:
        """What a label says; raises InvalidAction for a damaged one."""
        today = to_datetime(self._floor.clock.now()).astimezone(self._floor.zone).date()
        try:
            return label(code, today)
        except NoLabel as error:
            raise InvalidAction(
                say(
                    "label.damaged",
                    "label of GS1: {why}",
                    "scan it again, or type the lot",
                    why=error.said,
                )
            ) from error

    def material(self, gtin: str) -> str:
        """The material or product that a GTIN names; empty if no definition names it.

        Raises InvalidAction where definitions name several by it.
        """
        found = self._names(gtin)
        if len(found) > 1:
            raise InvalidAction(
                say(
                    "label.gtin_of_several",
                    "GTIN {gtin} names {known}",
                    "say which",
                    gtin=gtin,
                    known=" and ".join(found),
                )
            )
        return found[0] if found else ""

    def lot(self, code: str) -> Lot:
        """The lot that a code stands for, with the earlier of its days of expiry.

        Raises UnknownObject, InvalidAction.
        """
        known = self._reader.lot(code)
        if known is not None or not is_label(code):
            return known or self._judge.known(code)
        said = self.label(code)
        found = self._found(said)
        if (expires := self.expires(said)) is not None:
            found = replace(found, expires=min(expires, found.expires or expires))
        return found

    def id(self, code: str) -> str:
        """The id of what a code stands for; one that is no label is an id, of a job order too.

        Raises UnknownObject, InvalidAction, NotAllowed where a label stands for several lots.
        """
        return self.lot(code).lot if is_label(code) else code

    def target(self, code: str, *, holder: bool) -> str:
        """The id of what something goes into, which may be new; `holder`: a pallet.

        Raises as `id`.
        """
        if self._reader.lot(code) is not None or not is_label(code):
            return code
        said = self.label(code)
        if holder and said.sscc:
            return said.sscc
        name = said.lot or said.serial or said.sscc
        return self._found(said).lot if self._named(said, name) else _own((name,))

    def received(self, received: Received) -> Received:
        """A lot with what its label says of it; raises InvalidAction for what is still missing."""
        if received.code:
            if not is_label(received.code):
                raise InvalidAction(
                    say(
                        "label.no_gs1",
                        "code {code!r} is no label of GS1",
                        "say lot, material, quantity and unit",
                        code=received.code,
                    )
                )
            received = self._filled(received, self.label(received.code))
        lacking = [
            name for name in ("lot", "material", "quantity", "unit") if not _of(received, name)
        ]
        if lacking:
            what = ", ".join(lacking)
            raise InvalidAction(
                say(
                    "lot.not_on_label",
                    "{what} missing: its label does not say",
                    "say it",
                    what=what,
                )
                if received.code
                else say("lot.lacking", "{what} missing", "say it", what=what)
            )
        return replace(received, kind=received.kind or str(LotKind.MATERIAL))

    def expires(self, said: Label) -> int | None:
        """The end of a label's last day here (us); None where it says none."""
        if said.expires is None:
            return None
        after = datetime.combine(said.expires + timedelta(days=1), time(), self._floor.zone)
        return to_micros(after)

    def _names(self, gtin: str) -> list[str]:
        found: set[str] = set()
        for (product, _), definition in self._floor.register.data.definitions.items():
            found |= {product} if gtin in definition.gtins else set()
            needs = (operation.needs for operation in definition.operations)
            found |= {one.id for need in needs for one in need.materials if gtin in one.gtins}
        return sorted(found)

    def _filled(self, received: Received, said: Label) -> Received:
        material = self._material(received.material, said)
        expires = self.expires(said)
        if None not in {received.expires, expires} and received.expires != expires:
            raise InvalidAction(
                say(
                    "label.expires",
                    "expires: its label says {day}",
                    "leave it out",
                    day=str(said.expires),
                )
            )
        one = bool(said.serial) and not said.lot
        lot = received.lot or _own((said.lot, said.serial, said.sscc))
        quantity, unit = self._much(received, material, said, one=one)
        theirs = said.lot or said.serial
        return replace(
            received,
            lot=lot,
            material=material,
            quantity=quantity,
            unit=unit,
            expires=received.expires or expires,
            supplier_lot=received.supplier_lot or ("" if theirs == lot else theirs),
            kind=received.kind or (str(LotKind.SERIAL) if one else ""),
        )

    def _material(self, said: str, of: Label) -> str:
        named = self.material(of.gtin) if of.gtin and not said else said
        if said and of.gtin and (known := self._names(of.gtin)) and said not in known:
            raise InvalidAction(
                say(
                    "label.material",
                    "material {material}: GTIN {gtin} names {known}",
                    "say one of these, or scan its own label",
                    material=said,
                    gtin=of.gtin,
                    known=", ".join(known),
                )
            )
        if not named and of.gtin:
            raise InvalidAction(
                say(
                    "label.gtin",
                    "no definition names GTIN {gtin}",
                    "say the material",
                    gtin=of.gtin,
                )
            )
        return named

    def _much(
        self, received: Received, material: str, said: Label, *, one: bool
    ) -> tuple[str, str]:
        """Quantity and unit: as a person says, else of the label in the unit of the bills."""
        units = self._judge.units(material)
        unit = received.unit or (next(iter(units)) if len(units) == 1 else "")
        if received.quantity:
            return received.quantity, unit
        on_label: dict[str, Fraction] = {}
        if said.count is not None or one:
            on_label[PIECES] = Fraction(said.count or 1)
        if said.weight is not None:
            on_label[KILOGRAMS] = said.weight
        if not unit and len(on_label) == 1:
            unit = next(iter(on_label))
        if on_label and unit not in on_label:
            told = " and ".join(f"{much} {of}" for of, much in on_label.items())
            raise InvalidAction(
                say(
                    "label.other_unit",
                    "quantity: its label says {told}; {material} is counted in {unit}",
                    "say quantity and unit",
                    told=told,
                    material=material,
                    unit=unit,
                )
                if unit
                else say(
                    "label.quantity",
                    "quantity: its label says {told}",
                    "say quantity and unit",
                    told=told,
                )
            )
        return str(on_label.get(unit, "")), unit

    def _found(self, said: Label) -> Lot:
        name = said.lot or said.serial or said.sscc
        if not name:
            raise InvalidAction(
                say(
                    "label.no_lot",
                    "label of GS1: it names no lot (10), serial (21) or pallet (00)",
                    "scan the label of the lot, or type its id",
                )
            )
        found = self._named(said, name)
        if not found:
            raise UnknownObject(
                say(
                    "lot.unknown_label",
                    "no lot {lot} of {material} on this edge",
                    "receive it by its label first, then scan it",
                    lot=name,
                    material=self.material(said.gtin) or said.gtin or "–",
                )
            )
        if len(found) > 1:
            ids = ", ".join(one.lot for one in found)
            raise NotAllowed(
                say(
                    "label.several",
                    "label {label} stands for lots {lots}",
                    "scan or say the id of one",
                    label=name,
                    lots=ids,
                )
            )
        return found[0]

    def _named(self, said: Label, name: str) -> Sequence[Lot]:
        """The lots that a label's number can be; used up ones only where there is no other."""
        if not name:
            return ()
        material = self.material(said.gtin) if said.gtin else ""
        found = self._reader.lots_named(name, material=material)
        return [one for one in found if not self._is_empty(one)] or found

    def _is_empty(self, lot: Lot) -> bool:
        left = self._reader.balance(lot.lot).left
        return left is not None and left <= 0


def _own(names: Sequence[str]) -> str:
    """The id of a lot after its label; raises InvalidAction for one that cannot be an id."""
    name = next(filter(None, names), "")
    if name and not ID.fullmatch(name):
        raise InvalidAction(
            say(
                "label.no_id",
                "lot {lot!r} of the label cannot be an id here (letters, digits, . _ -)",
                "say lot; the label's own number is kept beside it",
                lot=name,
            )
        )
    return name


def _of(received: Received, name: str) -> str:
    return str(getattr(received, name))
