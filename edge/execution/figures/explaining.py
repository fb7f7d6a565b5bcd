"""Explanations of figures on this edge: with the facts behind them and the counters' readings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.domain.corrections import Corrected
from edge.domain.fact_log import FactReader
from edge.domain.facts import Fact, FactKind, decode
from edge.domain.production import ProductionReader
from edge.execution.figures.reports import Figures
from edge.kpi.behind import Told, add_facts
from edge.kpi.book import Question
from edge.kpi.explain import explanations

Json = dict[str, Any]


@dataclass
class Explaining:
    """Answers why a figure is what it is."""

    figures: Figures
    facts: FactReader

    def explain(self, question: Question, name: str, label: str | None = None) -> list[Json]:
        """The explanations of a question's figures; `label`: only of that window.

        Raises UnknownObject, KpiRefused, KpiInputInvalid.
        """
        book = self.figures.book(question)
        if book is None:
            return []
        found = explanations(book, question, name)
        chosen = [one for one in found if label in {None, one["label"]}]
        for one in chosen:
            add_facts(one, _OfHours(self.facts, self.figures.floor.reader))
        return chosen


@dataclass
class _OfHours:
    """The facts of hours, each hour read once."""

    facts: FactReader
    reader: ProductionReader
    known: dict[tuple[str, int], Sequence[Told]] = field(default_factory=dict)

    def of_row(self, equipment_id: str, table: str, key: Mapping[str, Any]) -> Sequence[Told]:
        hour = equipment_id, int(key["hour"])
        if hour not in self.known:
            self.known[hour] = list(self._of_hour(*hour))
        return self.known[hour]

    def state(self, equipment_id: str, seq: int) -> Fact | None:
        stored = self.facts.fact(seq)
        return decode(stored.data) if stored else None

    def _of_hour(self, equipment_id: str, hour: int) -> Iterator[Told]:
        """The facts of an hour as they stand, each with the corrections that are of the hour."""
        facts = [decode(one.data) for one in self.facts.facts_of_hour(equipment_id, hour)]
        corrections: dict[int, list[Fact]] = {}
        for fact in facts:
            if fact.kind == FactKind.CORRECTION:
                corrections.setdefault(int(fact.body["corrects"]), []).append(fact)
        for fact in facts:
            if fact.kind == FactKind.CORRECTION:
                continue
            of = tuple(corrections.get(fact.seq, ()))
            known = self.reader.corrected(fact.seq) if of else None
            yield known or Corrected(fact, ()), of
