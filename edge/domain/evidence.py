"""What facts put into a row of a book: as they were recorded, and as corrections now say. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge.domain.changes import Add
from edge.domain.corrections import Corrected, added
from edge.domain.facts import Fact

Key = Mapping[str, Any]
SAID = (
    "role",
    "quantity",
    "tag",
    "counter_epoch",
    "raw_from",
    "raw_to",
    "pieces_per_pulse",
    "from",
    "to",
    "flags",
    "reason",
    "effect",
    "calendar",
)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A fact with what it adds to one row: now, and as it was recorded."""

    fact: Fact
    now: Mapping[str, int]
    recorded: Mapping[str, int]
    corrections: tuple[Fact, ...] = ()

    @property
    def view(self) -> dict[str, Any]:
        """The fact as an explanation shows it, down to the counter's own reading."""
        fact = self.fact
        return {
            "seq": fact.seq,
            "epoch": fact.epoch,
            "kind": str(fact.kind),
            "occurred_at": fact.occurred_at,
            "recorded_at": fact.recorded_at,
            "source": str(fact.source),
            "actor": fact.actor,
            **{name: fact.body[name] for name in SAID if name in fact.body},
            "counts": dict(self.now),
            "recorded": dict(self.recorded),
            "corrections": [
                {
                    "seq": one.seq,
                    "changes": one.body["changes"],
                    "note": one.body.get("note"),
                    "actor": one.actor,
                }
                for one in self.corrections
            ],
        }


def adds_to(facts: tuple[Fact, ...], table: str, key: Key) -> dict[str, int]:
    """What facts add to the row of a table."""
    sums: dict[str, int] = {}
    for fact in facts:
        for one in added(fact):
            if isinstance(one, Add) and one.table == table and _is_row(one.key, key):
                for name, amount in one.amounts.items():
                    sums[name] = sums.get(name, 0) + amount
    return sums


def evidence_of(
    corrected: Corrected, corrections: tuple[Fact, ...], table: str, key: Key
) -> Evidence | None:
    """What a fact puts into a row; None if it never put anything there."""
    now = adds_to(corrected.stands, table, key)
    recorded = adds_to((corrected.fact,), table, key)
    if not any(now.values()) and not any(recorded.values()):
        return None
    return Evidence(fact=corrected.fact, now=now, recorded=recorded, corrections=corrections)


def _is_row(of: Key, key: Key) -> bool:
    return all(of.get(name) == value for name, value in key.items())
