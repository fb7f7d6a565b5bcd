"""What bodies of facts are made of."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(min_length=1)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Time = Annotated[int, Meta(ge=1, title="us")]  # microseconds UTC, and so no `Count`
Raw = Annotated[int, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1)]
RunTime = Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+|/[1-9][0-9]*)?$")]  # seconds a piece
Rational = Annotated[str, Meta(pattern=r"^[1-9][0-9]*(/[1-9][0-9]*)?$")]  # above 0
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
Exact = Annotated[str, Meta(pattern=r"^-?[0-9]+(/[1-9][0-9]*)?$")]
Rules = Iterator[tuple[bool, str]]  # what must be true, and in words


class Strict(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """No key more, and none less but those that have a default."""

    def rules(self, fact: "FactSchema") -> Rules:
        """What types do not say of a body and its fact."""
        yield from ()


class Said(Strict):
    """A sentence with the code and the values by which it is told in other languages."""

    code: Text
    params: dict[str, Any]
    detail: Text
    mend: str


class Calendar(Strict):
    id: Text
    revision: Text
    shift: Text
    production_day: Day


class Resolved(Strict):
    hour: Time
    run_time_per_item: RunTime | None
    calendar: Calendar | None


StopClass = Literal[
    "breakdown", "minor", "changeover", "planned", "logistics", "quality", "other", ""
]


class FactSchema(Strict):
    v: Literal[1]
    edge_id: Text
    epoch: Count
    seq: Count
    kind: Text
    occurred_at: Time
    recorded_at: Time
    equipment_id: Text
    job_order_id: Text | None
    source: Literal["plc", "operator", "system", "erp"]
    actor: Text | None
    body: dict[str, Any]
    prev_hash: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
