"""A draft refuses a float in its time as it does in its body."""

from typing import Any

import pytest

from edge.domain.facts import FactDraft, FactKind, Source


def test_a_float_in_the_time_of_a_draft_is_refused() -> None:
    at: Any = 1.0
    with pytest.raises(ValueError, match="occurred_at"):
        FactDraft(kind=FactKind.ANDON, occurred_at=at, equipment_id="L1", source=Source.PLC)
