"""Explanations of figures on this edge: with the facts behind them and the counters' readings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from edge.domain.corrections import Corrected
from edge.domain.evidence import Evidence, evidence_of
from edge.domain.fact_log import FactReader
from edge.domain.facts import Fact, FactKind, decode
from edge.execution.figures.reports import Figures
from edge.kpi.explain import explanations
from edge.kpi.windows import Question

Json = dict[str, Any]
KEY = ("job_order_id", "shift", "production_day")
MOST_HOURS = 60  # of work centers, of which the facts are shown; of longer ones their hours
TABLES = ("energy_hour", "inspection_hour")


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
            self._add_facts(one)
        return chosen

    def _add_facts(self, told: Json) -> None:
        hours = {
            (unit["equipment_id"], row["hour"])
            for unit in told["units"]
            for row in (*unit["pieces"], *unit["records"])
        }
        told["facts_shown"] = len(hours) <= MOST_HOURS
        if not told["facts_shown"]:
            told["hint"] = "ask by hour or shift for the facts behind the pieces"
        else:
            self._add_pieces(told)
        self._add_states(told)

    def _add_pieces(self, told: Json) -> None:
        for unit in told["units"]:
            known: dict[int, list[tuple[Corrected, tuple[Fact, ...]]]] = {}
            for row in unit["pieces"]:
                key = {name: row[name] or "" for name in (*KEY, "run_time_per_item")}
                key["production_day"] = ""
                row["facts"] = self._of_row(unit["equipment_id"], row, key, "hour_bucket", known)
            for row in unit["records"]:
                if row["kind"] in TABLES:
                    key = {name: row["record"][name] for name in KEY}
                    id_ = unit["equipment_id"]
                    row["facts"] = self._of_row(id_, row, key, row["kind"], known)

    def _of_row(
        self,
        equipment_id: str,
        row: Json,
        key: Json,
        table: str,
        known: dict[int, list[tuple[Corrected, tuple[Fact, ...]]]],
    ) -> list[Json]:
        hour = row["hour"]
        if hour not in known:
            known[hour] = list(self._of_hour(equipment_id, hour))
        wanted = {**key, "equipment_id": equipment_id, "hour": hour}
        if table == "hour_bucket":
            del wanted["production_day"]  # the row shows the local date outside any shift
        found: list[Evidence] = []
        for corrected, corrections in known[hour]:
            if one := evidence_of(corrected, corrections, table, wanted):
                found.append(one)
        return [one.view for one in found]

    def _of_hour(
        self, equipment_id: str, hour: int
    ) -> Iterator[tuple[Corrected, tuple[Fact, ...]]]:
        """The facts of an hour as they stand, each with the corrections that are of the hour."""
        facts = [decode(one.data) for one in self.facts.facts_of_hour(equipment_id, hour)]
        corrections: dict[int, list[Fact]] = {}
        for fact in facts:
            if fact.kind == FactKind.CORRECTION:
                corrections.setdefault(int(fact.body["corrects"]), []).append(fact)
        reader = self.figures.floor.reader
        for fact in facts:
            if fact.kind == FactKind.CORRECTION:
                continue
            of = tuple(corrections.get(fact.seq, ()))
            known = reader.corrected(fact.seq) if of else None
            yield known or Corrected(fact, ()), of

    def _add_states(self, told: Json) -> None:
        """The calendar by which each state was judged, and why it was written."""
        calendars: dict[str, str] = {}
        rows = [row for unit in told["units"] for row in unit["intervals"]]
        for row in rows[:2000]:
            stored = self.facts.fact(row["seq"]) if row["seq"] else None
            body = decode(stored.data).body if stored else {}
            calendar = body.get("calendar") or {}
            if calendar.get("id"):
                calendars[calendar["id"]] = calendar.get("revision", "")
            row["written_for"] = body.get("reason")
        told["calendars"] = [{"id": id_, "revision": one} for id_, one in calendars.items()]
