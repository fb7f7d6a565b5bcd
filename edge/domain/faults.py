"""A fault in what people wrote: where, what, why, and what would mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.domain.sentences import Sentence, remembered

PLACE = ("place", "value", "message", "mend")


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of an input; inputs are refused with all of theirs at once.

    `said` tells it in words that are there in other languages too, where it has such.
    """

    place: str
    value: str
    message: str
    mend: str
    said: Sentence | None = field(default=None, compare=False)

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> "Fault":
        """What `view` gave, with its sentence where that stands beside it."""
        said = view.get("said")
        place = {name: view[name] for name in PLACE}
        return cls(**place, said=remembered(said) if said else None)

    def view(self) -> dict[str, str]:
        """As answers have it."""
        return {name: getattr(self, name) for name in PLACE}

    def __str__(self) -> str:
        value = f"{self.value}: " if self.value else ""
        return f"{self.place}: {value}{self.message}; {self.mend}"
