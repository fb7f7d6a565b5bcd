"""A reading that the machine shows: taken from a tag, rounded as the plan writes it, kept raw."""

import re
from collections.abc import Callable
from fractions import Fraction

from edge.domain.equipment import TagShown
from edge.domain.facts import Json
from edge.domain.quality.plans import Characteristic
from edge.domain.sentences import say
from edge.domain.spc.figures import told
from edge.execution.errors import InvalidAction
from edge.execution.floor import WorkCenter

NUMBER = re.compile(r"-?\d+(\.\d+)?")
Shown = Callable[[str, str], TagShown]
"""Work center and tag: what the machine shows now."""


def nothing_shown(work_center: str, tag: str) -> TagShown:
    """Where no machine is read."""
    why = say("device.unread", "{work_center} is not read", work_center=work_center)
    return TagShown(tag=tag, why=why)


def reading_of(shown: Shown, center: WorkCenter, of: Characteristic) -> tuple[str, dict[str, Json]]:
    """The reading, half even to the plan's decimals, and what the fact keeps of it.

    Raises InvalidAction where the machine shows no good number of it now.
    """
    seen = shown(center.id, _tag(center, of))
    if seen.value is None:
        raise InvalidAction(
            say("inspection.no_value", "{of}: {why}", "say the reading", of=of.id, why=seen.why)
        )
    if not NUMBER.fullmatch(seen.value):
        raise InvalidAction(
            say(
                "inspection.no_number",
                "{of}: tag {tag} shows {value!r}, which is no number",
                "say the reading, or name another tag in plant.toml",
                of=of.id,
                tag=seen.tag,
                value=seen.value,
            )
        )
    reading = str(told(Fraction(seen.value), of.decimals))
    kept: dict[str, Json] = {"tag": seen.tag, "shown": seen.value, "device_at": seen.device_at}
    return reading, kept | {"shown_at": seen.at}


def _tag(center: WorkCenter, of: Characteristic) -> str:
    if not of.measures:
        return of.tag
    if of.measures not in center.measures:
        known = ", ".join(sorted(center.measures)) or "nothing"
        raise InvalidAction(
            say(
                "inspection.no_tag",
                "{of}: no tag of {work_center} measures {what}; plant.toml names: {known}",
                "name one in plant.toml, or say the reading",
                of=of.id,
                work_center=center.id,
                what=of.measures,
                known=known,
            )
        )
    return center.measures[of.measures]
