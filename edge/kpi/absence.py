"""Why there is no figure: a sentence, so that it can be told in the reader's language."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from edge.domain.sentences import Sentence, say
from edge.kpi import indicators
from edge.kpi.elements import Elements
from edge.kpi.registry import KPIS, Kpi

# What must be recorded for a figure, as the registry says it.
NEEDS = (
    say("word.needs_energy", "a tag of role energy with max_rate_per_s"),
    say("word.needs_first_operation", "the first operation of the order"),
    say("word.needs_maintenance", "maintenance times"),
    say("word.needs_consumed", "material consumed, in one unit of material"),
    say(
        "word.needs_lost_in_store",
        "material consumed, in one unit of material, and losses booked as storage",
    ),
    say(
        "word.needs_lost_otherwise",
        "material consumed, in one unit of material, and losses booked as other",
    ),
    say(
        "word.needs_stock",
        "the stock of finished goods over time: when goods leave to the customer is not recorded",
    ),
    say("word.needs_planned_scrap", "planned_scrap_percent of the operation"),
    say(
        "word.needs_measures",
        "50 measured values of a characteristic with limits (taktline quality)",
    ),
    say("word.needs_labour", "attendance and work of people"),
    say("word.needs_capacity", "capacity_per_hour of the work center"),
    say("word.needs_inspections", "first inspections of pieces, told apart from later ones"),
    say("word.needs_stops", "stops whose reason is a breakdown"),
)
_SAID = {one.text: one for one in NEEDS}
_NEEDS_OF = {one.name: _SAID[one.needs] for one in KPIS.values() if one.needs}


class Why(NamedTuple):
    """Why there is no figure: in English, and as its code with what it is filled with."""

    text: str
    coded: Mapping[str, object]


def why_absent(kpi: Kpi, of: Elements, missing: Mapping[str, Sequence[str]]) -> Why:
    """Why there is no figure; `missing` names, by source, work centers that say nothing."""
    if kpi.indicator is None:
        return _needs(kpi.name)
    if any(getattr(of, one) is None for one in kpi.from_others):
        return _needs(kpi.name, tuple(unit for one in kpi.sources for unit in missing.get(one, ())))
    if kpi.indicator.covered and of.planned_busy_time and not indicators.is_covered(of):
        return NOT_COVERED
    if kpi.indicator.rated and not indicators.is_rated(of):
        return NOT_RATED
    return _nothing(kpi.formula)


def _told(said: Sentence) -> Why:
    view = said.view()
    return Why(said.detail, {"code": view["code"], "params": view["params"]})


NOT_COVERED = _told(
    say("figure.coverage", "below 95 % coverage there is no figure, only its parts")
)
NOT_RATED = _told(say("figure.run_time", "more than 5 % of the pieces have no run time"))


# A month of hours asks for the same few again and again.
@lru_cache(maxsize=1024)
def _needs(kpi: str, units: tuple[str, ...] = ()) -> Why:
    needs = _NEEDS_OF[kpi]
    if not units:
        return _told(say("figure.needs", "not available: needs {needs}", needs=needs))
    return _told(
        say(
            "figure.needs_of",
            "not available: needs {needs} ({units})",
            needs=needs,
            units=", ".join(units),
        )
    )


@lru_cache(maxsize=1024)
def _nothing(formula: str) -> Why:
    return _told(say("figure.nothing", "nothing to divide by in {formula}", formula=formula))
