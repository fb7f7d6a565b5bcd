"""Maintenance and tools."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tests.contract.bodies.words import Count, Strict, Text, Time

Strokes = Annotated[str, Meta(pattern=r"^[0-9]+(/[1-9][0-9]*)?$")]


class ChangedTool(Strict):
    id: Text
    strokes: Strokes


class Maintenance(Strict):
    event: Literal["reported", "begun", "done", "cancelled", "carried_over", "tool_changed"]
    plan: str
    at: Time
    kind: Literal["corrective", "preventive", ""] = ""
    note: str = ""
    stop: Count | None = None
    order: Count | None = None
    running: int | None = None
    cycles: int | None = None
    tool: ChangedTool | msgspec.UnsetType = msgspec.UNSET
