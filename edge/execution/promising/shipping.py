"""What a promise holds in stock goes to the customer: which lots and pallets it may come from."""

from collections.abc import Mapping
from fractions import Fraction

from edge.domain.genealogy import HOLDERS, MaterialReader
from edge.domain.promises import Reservation
from edge.domain.sentences import say
from edge.execution.errors import InvalidAction, LotRefused, UnknownObject


def check_shipment(
    reader: MaterialReader, one: Reservation, parts: Mapping[str, int], wanted: int | None
) -> None:
    """Raise InvalidAction, UnknownObject or LotRefused where so many pieces of these lots and
    pallets are not what the order of the promise wants of it; `wanted` None where nobody knows
    how many that are: the order is gone."""
    shipped = sum(parts.values())
    least, most = (min(1, one.from_stock), one.from_stock) if wanted is None else (wanted, wanted)
    if not least <= shipped <= most:
        raise InvalidAction(
            say(
                "promise.not_all",
                "of promise {id} {held} pieces in stock are the order's, not {shipped}",
                "say of which lots or pallets all of them went out",
                id=one.id,
                held=most,
                shipped=shipped,
            )
        )
    for lot, many in parts.items():
        _check(reader, one, lot, many)


def _check(reader: MaterialReader, one: Reservation, lot: str, many: int) -> None:
    known = reader.lot(lot)
    if known is None:
        raise UnknownObject(
            say("promise.no_lot", "there is no lot {lot}", "look at the list again", lot=lot)
        )
    what = {known.material}
    if known.kind in HOLDERS:
        inside = reader.lots_by_id([link.source for link in reader.contents(lot)])
        what = {part.material for part in inside.values()}
    if what != {one.product}:
        raise LotRefused(
            say(
                "promise.other_lot",
                "{lot} holds {material}; promise {id} is of {product}",
                "name a lot or pallet of the product",
                lot=lot,
                material=", ".join(sorted(what)),
                id=one.id,
                product=one.product,
            )
        )
    left = reader.balance(lot).left or Fraction(0)
    if many > left:
        raise LotRefused(
            say(
                "empty.source",
                "{lot} has {left} left, not {much}",
                "say at most what is left",
                lot=lot,
                left=str(left),
                much=str(many),
            )
        )
