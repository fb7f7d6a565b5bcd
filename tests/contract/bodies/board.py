"""The hour-by-hour board and its calls for help."""

from typing import Literal

import msgspec

from tests.contract.bodies.words import Count, Strict, Text, Time


class BoardHour(Strict):
    event: Literal["cause", "signed", "unsigned"]
    hour: Time
    label: Text
    shift: str
    production_day: str
    note: str
    reason: Text | msgspec.UnsetType = msgspec.UNSET
    plan: int | msgspec.UnsetType = msgspec.UNSET
    expected: int | msgspec.UnsetType = msgspec.UNSET
    good: int | msgspec.UnsetType = msgspec.UNSET
    scrap: int | msgspec.UnsetType = msgspec.UNSET
    difference: int | msgspec.UnsetType = msgspec.UNSET
    cause: str | msgspec.UnsetType = msgspec.UNSET
    orders: list[dict[str, int | str]] | msgspec.UnsetType = msgspec.UNSET


class Andon(Strict):
    event: Literal["called", "acknowledged", "closed"]
    note: str
    topic: Literal["maintenance", "material", "quality", "other"] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    call: Count | msgspec.UnsetType = msgspec.UNSET
