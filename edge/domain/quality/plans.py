"""Inspection plans: what is inspected of an operation, when, and what follows (a key of the
operations definition; docs/quality.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What happens when an inspection is overdue, fails, or its chart breaks a rule; the mildest first.
CONSEQUENCES = ("none", "warn", "hold_start", "hold_job")
FIRST_AFTER = ("start", "setup", "stop")
KINDS = ("attribute", "measured")
CHARTS = ("xbar_r", "individuals")
OVERDUE, FAILED, RULE = "overdue", "failed", "rule"


@dataclass(frozen=True, kw_only=True)
class When:
    """When an inspection is due: one of these.

    `every_pieces` of the job made; `every_minutes` of its production time; `first_after`: the
    first piece after these ("stop": one of `stop_minutes` or longer); `last`: once all is made.
    `tolerance` pieces (of every_pieces) or minutes late it is overdue.
    """

    every_pieces: int | None = None
    every_minutes: int | None = None
    first_after: tuple[str, ...] = ()
    stop_minutes: int = 0
    last: bool = False
    tolerance: int = 0


@dataclass(frozen=True, kw_only=True)
class FixedLimits:
    """Control limits that the plan fixes: decimal texts; `spread` is R-bar or MR-bar."""

    center: str
    spread: str


@dataclass(frozen=True, kw_only=True)
class Characteristic:
    """What is looked at: ok or nok, or a measure with its limits (decimal texts, "" for none).

    `tag` is the machine's tag that shows it to whoever inspects; `measures` the name of what the
    machine measures, which is taken when it is due; `gauge` the one that must be used.
    """

    id: str
    en: str
    zh: str
    kind: str
    unit: str = ""
    decimals: int = 0
    lower: str = ""
    nominal: str = ""
    upper: str = ""
    chart: str = ""
    limits: FixedLimits | None = None
    gauge: str = ""
    tag: str = ""
    measures: str = ""


@dataclass(frozen=True, kw_only=True)
class InspectionPlan:
    """An inspection of an operation: a `sample` of pieces, each looked at for every
    characteristic; `blocks` says what follows, by overdue, failed and rule.

    `suspects`: the reason for which all pieces since the inspection before are kept apart where
    it fails; empty: none are.
    """

    id: str
    en: str
    zh: str
    when: When
    sample: int
    characteristics: tuple[Characteristic, ...]
    blocks: Mapping[str, str] = field(default_factory=dict)
    suspects: str = ""

    def characteristic(self, id_: str) -> Characteristic | None:
        """The characteristic with this id."""
        return next((one for one in self.characteristics if one.id == id_), None)

    @property
    def by_machine(self) -> bool:
        """Whether the machine measures all of it, so that nobody has to be asked."""
        return all(one.measures for one in self.characteristics)

    def consequence(self, of: str) -> str:
        """What follows where it is `of` (overdue, failed, rule)."""
        return self.blocks.get(of, "warn")


def plans_from(operation: Mapping[str, Any]) -> tuple[InspectionPlan, ...]:
    """The inspection plans of an operation of a definition's document."""
    return tuple(_plan(one) for one in operation.get("inspections") or ())


def _plan(content: Mapping[str, Any]) -> InspectionPlan:
    en = str(content.get("en") or content["id"])
    return InspectionPlan(
        id=str(content["id"]),
        en=en,
        zh=str(content.get("zh") or en),
        when=_when(content["when"]),
        sample=int(content.get("sample") or 1),
        characteristics=tuple(_characteristic(one) for one in content["characteristics"]),
        blocks={name: str(how) for name, how in (content.get("blocks") or {}).items() if how},
        suspects=str(content.get("suspects") or ""),
    )


def _when(content: Mapping[str, Any]) -> When:
    first = content.get("first_piece") or {}
    return When(
        every_pieces=content.get("every_pieces"),
        every_minutes=content.get("every_minutes"),
        first_after=tuple(first.get("after") or ("start",)) if content.get("first_piece") else (),
        stop_minutes=int(first.get("stop_minutes") or 0),
        last=bool(content.get("last_piece")),
        tolerance=int(content.get("tolerance") or 0),
    )


def _characteristic(content: Mapping[str, Any]) -> Characteristic:
    en = str(content.get("en") or content["id"])
    limits = content.get("limits")
    texts = ("unit", "lower", "nominal", "upper", "chart", "gauge", "tag", "measures")
    return Characteristic(
        id=str(content["id"]),
        en=en,
        zh=str(content.get("zh") or en),
        kind=str(content["kind"]),
        decimals=int(content.get("decimals") or 0),
        limits=FixedLimits(center=limits["center"], spread=limits["spread"]) if limits else None,
        **{name: str(content.get(name) or "") for name in texts},
    )
