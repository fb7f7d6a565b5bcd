"""What a reading of a characteristic may be: ok or nok, or a decimal of its places."""

import re

from edge.domain.quality.plans import Characteristic
from edge.domain.sentences import say
from edge.execution.errors import InvalidAction

OK, NOK = "ok", "nok"
DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,9})?")


def check_reading(of: Characteristic, text: str) -> None:
    """Raise InvalidAction if a reading is none of this characteristic."""
    if of.kind != "measured":
        if text not in {OK, NOK}:
            raise InvalidAction(
                say(
                    "inspection.attribute",
                    "{of}: {value!r} is neither ok nor nok",
                    "say ok or nok for each piece",
                    of=of.id,
                    value=text,
                )
            )
        return
    if not DECIMAL.fullmatch(text):
        raise InvalidAction(
            say(
                "inspection.no_decimal",
                "{of}: {value!r} is no decimal",
                "write for example 12.01",
                of=of.id,
                value=text,
            )
        )
    if len(text.partition(".")[2]) > of.decimals:
        raise InvalidAction(
            say(
                "inspection.decimals",
                "{of}: {value!r} has more than {most} decimals",
                "round it to these",
                of=of.id,
                value=text,
                most=of.decimals,
            )
        )
