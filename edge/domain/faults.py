"""A fault in what people wrote: where, what, why, and what would mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of an input; inputs are refused with all of theirs at once."""

    place: str
    value: str
    message: str
    mend: str

    def __str__(self) -> str:
        value = f"{self.value}: " if self.value else ""
        return f"{self.place}: {value}{self.message}; {self.mend}"
