"""Which scrap a person takes back who reported too much: with a piece goes what was said of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge.domain.production import HourQuantity, Reasons
from edge.domain.sentences import say
from edge.execution.errors import InvalidAction
from edge.execution.restating.reclassifying import named, unnamed

NO_REASON = ""


@dataclass(frozen=True, kw_only=True)
class Back:
    """Pieces of an hour bucket that are scrap no more; `reason` empty: none was said of them."""

    bucket: HourQuantity
    quantity: int
    reason: str


def taken_back(
    mine: Sequence[HourQuantity], known: Reasons, quantity: int, reason: str
) -> list[Back]:
    """`quantity` of the scrap of one job's hour: of this reason; where none is said, of those
    without one, then of the only one that there is. Raises InvalidAction where that is too few.
    """
    found, left = [], quantity
    for why in [reason] if reason else [NO_REASON, *_only(mine, known)]:
        rows = named(mine, known, why) if why else unnamed(mine, known)
        for row in sorted(rows, key=lambda row: row.production_day, reverse=True):
            if (taken := min(left, row.scrap)) > 0:
                found.append(Back(bucket=row, quantity=taken, reason=why))
                left -= taken
    if left > 0:
        if reason:
            raise InvalidAction(
                say(
                    "taking_back.named",
                    "scrap -{quantity}: only {there} of that hour have the reason {reason}",
                    "take back no more than that",
                    quantity=quantity,
                    there=quantity - left,
                    reason=reason,
                )
            )
        raise InvalidAction(
            say(
                "taking_back.unnamed",
                "scrap -{quantity}: only {there} of that hour have no reason",
                "say that of the pieces that you take back",
                quantity=quantity,
                there=quantity - left,
            )
        )
    return found


def _only(mine: Sequence[HourQuantity], known: Reasons) -> Iterator[str]:
    """The one reason of these hours, if there are not several."""
    hours = {(row.hour, row.shift, row.production_day) for row in mine}
    reasons = {
        why
        for hour, said in known.items()
        if hour in hours
        for (why, place), pieces in said.items()
        if pieces > 0 and not place
    }
    if len(reasons) == 1:
        yield reasons.pop()
