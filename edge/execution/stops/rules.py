"""What plant.toml says of stop reasons: their tree, their class, and where they are for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge.domain.facts import Json
from edge.domain.stops import StopClass


@dataclass(frozen=True, kw_only=True)
class ReasonRule:
    """A reason of a stop; `parent` empty at the top, without `work_centers` it is for all."""

    code: str
    parent: str = ""
    class_: str = StopClass.OTHER
    planned: bool = False
    work_centers: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class StopRules:
    """Stop reasons by code."""

    reasons: Mapping[str, ReasonRule] = field(default_factory=dict)

    def resolved(self, code: str) -> dict[str, Json]:
        """What a fact keeps of a reason: facts folded under later rules say the same."""
        rule = self.reasons.get(code, ReasonRule(code=code))
        planned = rule.planned or rule.class_ == StopClass.PLANNED
        return {"reason": code, "class": str(rule.class_), "planned": planned}

    def is_for(self, code: str, work_center: str) -> bool:
        """Whether a reason may be given at a work center."""
        rule = self.reasons.get(code)
        return rule is None or not rule.work_centers or work_center in rule.work_centers

    def path(self, code: str) -> tuple[str, ...]:
        """The codes from the top of the tree down to `code`; of an unknown one itself."""
        found: list[str] = []
        while code and code not in found:
            found.insert(0, code)
            rule = self.reasons.get(code)
            code = rule.parent if rule else ""
        return tuple(found)

    def at_level(self, code: str, level: int) -> str:
        """The ancestor of `code` at a level of the tree, 1 the top; itself where it is higher."""
        path = self.path(code)
        return path[min(level, len(path)) - 1] if path and level > 0 else code
