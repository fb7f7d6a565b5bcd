"""The fold keeps what the floor has acknowledged; drafts refuse a float in their time."""

from typing import Any

import pytest

from edge.domain.facts import Fact, FactDraft, FactKind, Source
from edge.domain.fold import FoldState, Put, fold


def test_an_acknowledged_instruction_is_kept_by_work_center_hour_and_plan() -> None:
    fact = Fact(
        edge_id="e1",
        epoch=1,
        seq=9,
        kind=FactKind.INSTRUCTION_ACKNOWLEDGED,
        occurred_at=77,
        recorded_at=77,
        equipment_id="L1",
        job_order_id=None,
        source=Source.OPERATOR,
        actor="ada",
        body={"plan": 3, "work_center": "L1", "hour": 0},
        prev_hash="",
    )
    key: dict[str, int | str | None] = {"work_center": "L1", "hour": 0, "plan": 3}
    assert fold(FoldState(), fact).changes == (
        Put("instruction_acknowledged", key, {"acknowledged_at": 77}),
    )


def test_a_float_in_the_time_of_a_draft_is_refused() -> None:
    at: Any = 1.0
    with pytest.raises(ValueError, match="occurred_at"):
        FactDraft(kind=FactKind.ANDON, occurred_at=at, equipment_id="L1", source=Source.PLC)
