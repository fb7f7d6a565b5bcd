"""What the calls about KPIs answer."""

from typing import Any

import msgspec

from erp_sync.endpoint.answers import Answer


class KpiItem(Answer):
    """KPIs of one thing in a window, with their elements (times in microseconds).

    `equipment_id` is what they are of: at other levels than unit a line, area, site, order or
    product. `absent` says of each figure that is null why,
    `absent_coded` the same as `{code, params}`.
    """

    equipment_id: str
    level: str
    from_: int = msgspec.field(name="from")
    to: int
    label: str
    elements: dict[str, int]
    kpis: dict[str, str | None]
    absent: dict[str, str]
    absent_coded: dict[str, dict[str, Any]]
    coverage: str | None
    flags: list[str]


class KpisAnswer(Answer):
    """KPIs by work center and window."""

    items: list[KpiItem]


class ExplanationAnswer(Answer):
    """Why figures are what they are: one for each window, as docs/contracts.md says."""

    items: list[dict[str, Any]]


class CatalogueItem(Answer):
    """One KPI: what it is made of, where it means something, and where it comes from."""

    name: str
    symbol: str
    en: str
    zh: str
    formula: str
    elements: list[str]
    unit: str
    levels: list[str]
    periods: list[str]
    source: str
    needs: str


class CatalogueAnswer(Answer):
    """All KPIs."""

    items: list[CatalogueItem]


ANSWERS = (
    CatalogueAnswer,
    KpisAnswer,
    ExplanationAnswer,
)
