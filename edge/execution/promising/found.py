"""What was found for somebody who asked for a promise, and why there may be no date."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge.domain.clock import to_datetime
from edge.domain.orders import OperationsDefinition
from edge.domain.sentences import Sentence, say
from edge.execution.floor import Floor
from edge.execution.promising.asking import Asking, MaterialNeed
from edge.planning.months.outlook import Range


@dataclass(frozen=True, kw_only=True)
class Found:
    """What can be promised, `answer` as the adviser gives it, None where all is in stock.

    `date` None: no date can be promised.
    """

    asking: Asking
    made: OperationsDefinition
    plan: int
    from_stock: int
    make: int
    needs: tuple[MaterialNeed, ...]
    date: int | None
    answer: Mapping[str, Any] | None
    at: int
    range: Range | None = None

    @property
    def kept(self) -> str:
        """How it is known that the date is kept."""
        return str(self.answer["kept"]) if self.answer else "stock"

    @property
    def lacking(self) -> tuple[MaterialNeed, ...]:
        """What no purchase that is known brings."""
        return tuple(one for one in self.needs if one.there is None and one.supply.known)


def why_no_date(floor: Floor, found: Found) -> Sentence:
    """Why nothing is promised, and what to do."""
    if found.lacking:
        return say(
            "promise.no_date",
            "no date can be promised: no purchase that is known brings {material}",
            "send the expected receipts, or ask without reserving",
            material=found.lacking[0].material,
        )
    assert found.answer is not None
    if late := sorted(found.answer["late"].items(), key=lambda one: (one[1], one[0])):
        order, done = late[0]
        return say(
            "promise.others_late",
            "no date can be proved: in each plan with it {order} is late, done {done}",
            "ask for fewer pieces, or let orders of lower priority move",
            order=order,
            done=when(floor, done),
        )
    return say(
        "promise.unproved",
        "no date can be proved: in each plan with it it was done later than said, at last {done}",
        "ask for fewer pieces, or once more when the next hour is planned",
        done=when(floor, found.answer["date"]),
    )


def when(floor: Floor, at: int) -> str:
    """A moment as people read it: date and local time."""
    return f"{to_datetime(at).astimezone(floor.zone):%Y-%m-%d %H:%M}"
