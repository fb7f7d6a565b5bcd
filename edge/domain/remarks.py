"""What of a plan is not as people asked, so that somebody mends it."""

from collections.abc import Iterable
from dataclasses import dataclass

from edge.domain.facts import Json
from edge.domain.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What is so and what mends it, of an `order`; empty: of no single one."""

    said: Sentence
    order: str = ""

    def __str__(self) -> str:
        return f"order {self.order}: {self.said}" if self.order else str(self.said)

    def view(self) -> dict[str, Json]:
        """As the API tells it: a sentence and its `order`."""
        return {"order": self.order, **self.said.view()}


def in_english(remarks: Iterable[Remark]) -> str:
    """All of them in one text."""
    return "; ".join(map(str, remarks))
