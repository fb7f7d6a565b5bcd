"""What the rooms ask of the log of facts: one fact, what follows, and what an hour is made of."""

from collections.abc import Sequence
from typing import Any, Protocol

from edge.domain.chain import StoredFact


class FactReader(Protocol):
    """Stored facts, live and archived alike; each call is one short read transaction.

    Raises StoreUnavailable where a fact cannot be read.
    """

    def facts_after(self, seq: int, limit: int) -> Sequence[StoredFact]:
        """At most `limit` facts behind `seq`, in order."""
        ...

    def fact(self, seq: int) -> StoredFact | None:
        """The fact at `seq`; None if there is none."""
        ...

    def facts_of_hour(self, equipment_id: str, hour: int) -> Sequence[StoredFact]:
        """The facts that [hour, hour + 1 h) of a work center is made of, by seq; `hour` in us.

        What happened in it and what was counted in it, whenever it was told (late scrap, a
        person's report); gaps and quarantines that reach into it; the state that it began
        with; corrections of any of these, and of facts that were moved here or away.
        """
        ...


class Upkeep(Protocol):
    """Long work on the store, one piece at a time."""

    def begin(self, work: str, keep_days: int | None) -> bool:
        """Begin `archive` or `rebuild` now; False if something is under way."""
        ...

    def view(self) -> dict[str, Any]:
        """`work`, `state` (none, running, done, failed), `done` (how far), `detail`."""
        ...


class NoUpkeep:
    """Where there is nothing to keep up."""

    def begin(self, work: str, keep_days: int | None) -> bool:
        return False

    def view(self) -> dict[str, Any]:
        return {"work": None, "state": "none", "done": {}, "detail": ""}
