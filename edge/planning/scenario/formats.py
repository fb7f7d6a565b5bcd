"""Which of our formats a document says that it has: one is easily given for another."""

from collections.abc import Mapping
from typing import Any, Final

from edge.domain.faults import Fault
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.model import SCENARIO_FORMAT, SCHEDULE_FORMAT

NAMES: Final[Mapping[str, str]] = {SCENARIO_FORMAT: "scenario", SCHEDULE_FORMAT: "schedule"}


def refuse_other(document: Any, wanted: str) -> None:
    """Raises ScenarioInvalid with one fault for a document of another of our formats."""
    said = document.get("format") if isinstance(document, Mapping) else None
    if said == wanted or not isinstance(said, str) or said not in NAMES:
        return
    message = f"this is a {NAMES[said]}, not a {NAMES[wanted]}"
    mend = f"name a file whose format is {wanted}"
    raise ScenarioInvalid((Fault("format", said, message, mend),))
