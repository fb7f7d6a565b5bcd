"""Corrections: what a fact is now known to have been. Pure.

A `correction` fact names the fact that it corrects and what changes: names of that fact
itself (`job_order_id`, `equipment_id`, `occurred_at`) or of its body. Every book takes
back what the corrected fact does now and books what it does with the changes; the fact
itself, and its first figure, stay as they were recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from edge.domain.changes import Add, Change
from edge.domain.facts import Fact, FactKind
from edge.domain.fold import FoldState, fold

FACT_FIELDS = frozenset({"job_order_id", "equipment_id", "occurred_at"})
CORRECTABLE = frozenset({FactKind.PRODUCTION_COUNT, FactKind.SCRAP, FactKind.REWORK})


@dataclass(frozen=True)
class Corrected:
    """A fact that a correction names, with the changes of all corrections before."""

    fact: Fact
    earlier: Sequence[Mapping[str, Any]]

    @property
    def now(self) -> Fact:
        """The fact as the corrections so far say it was."""
        fact = self.fact
        for changes in self.earlier:
            fact = changed(fact, changes)
        return fact


def correction_changes(correction: Fact, corrected: Corrected) -> tuple[Change, ...]:
    """Take back the corrected fact as it stands and book it as it should be."""
    if corrected.fact.kind not in CORRECTABLE:
        return ()
    old = corrected.now
    new = changed(old, correction.body["changes"])
    back = [_negated(change) for change in added(old)]
    return (*back, *added(new))


def changed(fact: Fact, changes: Mapping[str, Any]) -> Fact:
    """The fact as the changes say it was."""
    own = {name: value for name, value in changes.items() if name in FACT_FIELDS}
    body = {name: value for name, value in changes.items() if name not in FACT_FIELDS}
    return replace(fact, **own, body={**fact.body, **body})


def added(fact: Fact) -> list[Add]:
    """What a fact adds to the books."""
    return [one for one in fold(FoldState(), fact).changes if isinstance(one, Add)]


def _negated(change: Add) -> Add:
    return replace(change, amounts={name: -amount for name, amount in change.amounts.items()})
