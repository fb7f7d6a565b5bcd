"""Corrections: what a fact is now known to have been. Pure.

A `correction` fact names the fact that it corrects and what changes: names of that fact
itself (`job_order_id`, `equipment_id`, `occurred_at`) or of its body. Every book takes
back what the corrected fact does now and books what it does with the changes; the fact
itself, and its first figure, stay as they were recorded.

A fact can also be divided: `parts` of the changes lists what it is now known to have been,
each the changes of one part. The last list counts, an empty one makes the fact whole again,
and so does a correction that names no parts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from edge.domain.changes import Add, Change
from edge.domain.facts import Fact, FactKind
from edge.domain.fold import Folded, FoldState, fold
from edge.domain.folding import quality, restated_states

FACT_FIELDS = frozenset({"job_order_id", "equipment_id", "occurred_at"})
PARTS = "parts"
NOTHING_BEFORE = FoldState()
CORRECTABLE = frozenset({FactKind.PRODUCTION_COUNT, FactKind.SCRAP, FactKind.REWORK})


@dataclass(frozen=True)
class Corrected:
    """A fact that a correction names, with the changes of all corrections before."""

    fact: Fact
    earlier: Sequence[Mapping[str, Any]]

    @property
    def now(self) -> Fact:
        """The fact as the corrections so far say it was, as a whole."""
        fact = self.fact
        for changes in self.earlier:
            fact = changed(fact, {k: v for k, v in changes.items() if k != PARTS})
        return fact

    @property
    def parts(self) -> Sequence[Mapping[str, Any]]:
        """What the fact is now divided into; empty while it is whole."""
        last = self.earlier[-1] if self.earlier else {}
        return last.get(PARTS) or ()

    @property
    def stands(self) -> tuple[Fact, ...]:
        """The fact as it now stands: its parts, or itself."""
        whole = self.now
        return tuple(changed(whole, part) for part in self.parts) or (whole,)

    def after(self, changes: Mapping[str, Any]) -> "Corrected":
        """With one more correction."""
        return replace(self, earlier=[*self.earlier, changes])


def correction_changes(
    correction: Fact, corrected: Corrected, state: FoldState = NOTHING_BEFORE
) -> tuple[Change, ...]:
    """Take back the corrected fact as it stands and book it as it should be: the difference.

    `state`: what the fold remembers now, by which the lots of its pieces are found.
    """
    if corrected.fact.kind == FactKind.QUALITY_RESULT:
        return quality.voided(corrected.fact, correction)
    if corrected.fact.kind not in CORRECTABLE:
        return ()
    after = corrected.after(correction.body["changes"])
    back = [_negated(one) for fact in corrected.stands for one in added(fact, state)]
    return tuple(netted([*back, *(one for fact in after.stands for one in added(fact, state))]))


def folded_correction(state: FoldState, correction: Fact, corrected: Corrected) -> Folded:
    """The state after a correction and all that it changes in the projections."""
    fact = corrected.fact
    if fact.kind != FactKind.EQUIPMENT_STATE:
        return Folded(state, correction_changes(correction, corrected, state))
    open_ = state.open_states.get(fact.equipment_id)
    opened, changes = restated_states.restated(open_, correction, fact, corrected.parts)
    if opened is not None:
        state = replace(state, open_states={**state.open_states, fact.equipment_id: opened})
    return Folded(state, changes)


def changed(fact: Fact, changes: Mapping[str, Any]) -> Fact:
    """The fact as the changes say it was."""
    own = {name: value for name, value in changes.items() if name in FACT_FIELDS}
    body = {name: value for name, value in changes.items() if name not in FACT_FIELDS}
    return replace(fact, **own, body={**fact.body, **body})


def added(fact: Fact, state: FoldState = NOTHING_BEFORE) -> list[Add]:
    """What a fact adds to the books."""
    return [one for one in fold(state, fact).changes if isinstance(one, Add)]


def netted(changes: Iterable[Add]) -> Iterator[Add]:
    """Additions to the same row as one; what comes to nothing is left out."""
    sums: dict[tuple[object, ...], tuple[Add, dict[str, int]]] = {}
    for one in changes:
        _, amounts = sums.setdefault((one.table, *one.key.values()), (one, {}))
        for name, amount in one.amounts.items():
            amounts[name] = amounts.get(name, 0) + amount
    for first, amounts in sums.values():
        if any(amounts.values()):
            yield replace(first, amounts=amounts)


def _negated(change: Add) -> Add:
    return replace(change, amounts={name: -amount for name, amount in change.amounts.items()})
