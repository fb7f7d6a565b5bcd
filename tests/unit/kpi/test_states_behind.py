"""Why states were written is told of so many, and of how many is said."""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edge.commands.explanation import explained
from edge.commands.language import Language, Tongue, language
from edge.domain.facts import Fact
from edge.kpi.behind import MOST_STATES, Told, add_facts
from tests.unit.storage.samples import state


class Behind:
    """A store that has the fact of every state, and counts how often it is asked."""

    asked = 0

    def of_row(self, equipment_id: str, table: str, key: Mapping[str, Any]) -> Iterable[Told]:
        return ()

    def state(self, equipment_id: str, seq: int) -> Fact | None:
        self.asked += 1
        draft = state("APT", at=1)
        return Fact(
            edge_id="e1",
            epoch=1,
            seq=seq,
            kind=draft.kind,
            occurred_at=draft.occurred_at,
            recorded_at=draft.occurred_at,
            equipment_id=equipment_id,
            job_order_id=None,
            source=draft.source,
            actor=None,
            body={"reason": "state", "calendar": {"id": "day", "revision": "r"}},
            prev_hash="",
        )


def explanation(*states: int) -> dict[str, Any]:
    """An explanation of work centers with so many states each, and time before the first."""
    units = [
        {
            "equipment_id": f"L{at}",
            "intervals": [{"seq": None}, *({"seq": seq} for seq in range(1, count + 1))],
            "pieces": [],
            "records": [],
        }
        for at, count in enumerate(states)
    ]
    return {"units": units}


@pytest.mark.parametrize("states", [(), (3,), (MOST_STATES,), (1200, 800)])
def test_of_few_all_are_told_and_nothing_is_to_be_said(states: tuple[int, ...]) -> None:
    told, behind = explanation(*states), Behind()
    add_facts(told, behind)
    assert told["states"] == {"told": sum(states), "of": sum(states)}
    assert behind.asked == sum(states)
    assert "states_hint" not in told
    rows = [row for unit in told["units"] for row in unit["intervals"] if row["seq"]]
    assert all(row["written_for"] == "state" for row in rows)


def test_of_many_it_is_said_of_how_many_it_is_told() -> None:
    told, behind = explanation(1500, 1500), Behind()
    add_facts(told, behind)
    assert behind.asked == MOST_STATES == 2000
    assert told["states"] == {"told": 2000, "of": 3000}
    rows = [row for unit in told["units"] for row in unit["intervals"]]
    assert sum("written_for" in row for row in rows) == told["states"]["told"]
    assert _line(told, Language()) == (
        "  why a state was written, and its calendar, is told of 2000 of 3000 states:"
        " ask by hour or shift for the others"
    )
    assert "3000 个中的 2000 个" in _line(told, language(Tongue.ZH))


def _line(told: dict[str, Any], tongue: Language) -> str:
    head: dict[str, Any] = {
        "kpi": {"en": "OEE", "name": "oee"},
        "level": "unit",
        "of": "L0",
        "label": "",
        "arithmetic": {"formula": "", "numbers": "", "result": "1"},
        "absent": None,
        "coverage": "1",
        "flags": [],
        "elements": [],
    }
    shown = {**told, **head, "units": []}
    return [*explained(shown, ZoneInfo("UTC"), facts=False, language=tongue)][-1]
