"""Standard times of changeovers, by what was made before and what comes after. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

ANY = "any"


@dataclass(frozen=True, kw_only=True)
class ChangeoverRule:
    """From one family, tool or product to another; `any` stands for all of them."""

    from_: str
    to: str
    minutes: int
    work_centers: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Changeovers:
    """The matrix of a plant. The rule that names most holds; of equals the first."""

    rules: tuple[ChangeoverRule, ...] = ()

    def rule(
        self, work_center: str, before: Collection[str], after: Collection[str]
    ) -> ChangeoverRule | None:
        """The rule for a changeover; `before` and `after` are names of each job (its product,
        family and tool), `before` empty where nothing ran there. None: no standard is known."""
        fits = [
            one
            for one in self.rules
            if (not one.work_centers or work_center in one.work_centers)
            and (one.from_ == ANY or one.from_ in before)
            and (one.to == ANY or one.to in after)
        ]
        return max(fits, key=names_most, default=None)


def names_most(rule: ChangeoverRule) -> tuple[int, int]:
    """How much a rule names; of two that fit the higher one holds."""
    return (rule.from_ != ANY) + (rule.to != ANY), len(rule.work_centers) > 0


NO_CHANGEOVERS = Changeovers()
