"""A tool in an operations definition: what sync lets in, and what the edge makes of it."""

from fractions import Fraction
from typing import Any

import pytest

from edge.domain.orders import Tool, definition_from
from erp_sync.errors import Problem
from erp_sync.masterdata.definitions import checked_definition

PLACE = "operations[0].alternatives[0].tool"


def definition(tool: dict[str, Any]) -> dict[str, Any]:
    way = {"work_center": "L1", "cycle_s": "2.5", "tool": tool}
    return {"unit": "pcs", "operations": [{"seq": 10, "alternatives": [way]}]}


def read(tool: dict[str, Any]) -> Tool:
    content = checked_definition(definition(tool)).model_dump()
    made = definition_from("HINGE", "A", content).operations[0].alternatives[0].tool
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("said", "pieces"),
    [
        ({"cavities": 4}, "4"),
        ({"cavities": 4, "blocked": 1}, "3"),
        ({"pieces_per_stroke": "1/2"}, "1/2"),
        ({"pieces_per_stroke": "2.5"}, "5/2"),
    ],
)
def test_what_a_stroke_makes(said: dict[str, Any], pieces: str) -> None:
    assert read({"id": "T7", **said}).pieces_per_stroke == Fraction(pieces)


def test_left_and_right() -> None:
    right = {"side": "right", "product": "HINGE-R", "cavities": 2, "blocked": 1}
    [also] = read({"id": "T7", "cavities": 2, "also": [right]}).also
    assert (also.side, also.product, also.pieces_per_stroke) == ("right", "HINGE-R", Fraction(1))


@pytest.mark.parametrize(
    ("tool", "place"),
    [
        ({"id": "T7"}, PLACE),
        ({"id": "T7", "cavities": 4, "blocked": 4}, PLACE),
        ({"id": "T7", "cavities": 4, "pieces_per_stroke": "4"}, PLACE),
        ({"id": "T7", "pieces_per_stroke": "0"}, f"{PLACE}.pieces_per_stroke"),
        ({"id": "T7", "pieces_per_stroke": "1e3"}, f"{PLACE}.pieces_per_stroke"),
        ({"id": "T7", "cavities": 0}, f"{PLACE}.cavities"),
        ({"id": "T7", "cavities": 1, "also": [{"side": "r", "product": "R"}]}, f"{PLACE}.also[0]"),
        (
            {"id": "T7", "cavities": 1, "also": [{"side": "r", "product": "R", "cavities": 1}] * 2},
            PLACE,
        ),
    ],
)
def test_a_tool_that_says_nothing_or_too_much_is_refused(tool: dict[str, Any], place: str) -> None:
    with pytest.raises(Problem) as refused:
        checked_definition(definition(tool))
    [fault] = refused.value.errors
    assert fault.place == place
    assert fault.mend
