"""Faults of documents in the words of who wrote them: place, value, message, mend."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from edge.domain.faults import Fault

# Kind of fault -> (message, mend); the details' own context fills the braces.
WORDS: Mapping[str, tuple[str, str]] = {
    "missing": ("is missing", "add it"),
    "extra_forbidden": ("unknown key", "remove it or correct its spelling"),
    "int_type": ("is not a whole number", "write a whole number, without quotes or decimals"),
    "string_type": ("is not a text", "write it in quotes"),
    "bool_type": ("is neither true nor false", "write true or false"),
    "list_type": ("is not a list", "write a list: [...]"),
    "model_type": ("is not an object", "write an object: {{...}}"),
    "model_attributes_type": ("is not an object", "write an object: {{...}}"),
    "greater_than_equal": ("is below {ge}", "write {ge} or more"),
    "greater_than": ("is not above {gt}", "write more than {gt}"),
    "less_than_equal": ("is above {le}", "write {le} or less"),
    "less_than": ("is not below {lt}", "write less than {lt}"),
    "too_short": ("has too few entries", "write at least {min_length}"),
    "string_too_long": ("is too long", "write at most {max_length} characters"),
    "string_pattern_mismatch": (
        "is not an id",
        "write 1 to 64 letters, digits, dots, dashes and underscores, no dot or dash first",
    ),
}
_MISSING = "(missing)"
WHOLE = "document"  # the place of a fault of all of it


def faults_of(error: ValidationError, prefix: str = "") -> list[Fault]:
    """All faults of a document; places read `orders[3].quantity`."""
    return [_fault(details, prefix) for details in error.errors(include_url=False)]


def place_of(parts: tuple[int | str, ...], prefix: str = "") -> str:
    """`orders[3].quantity` of ("orders", 3, "quantity")."""
    place = prefix
    for part in parts:
        if isinstance(part, int):
            place += f"[{part}]"
        else:
            place += f".{part}" if place else part
    return place or WHOLE


def shown(value: Any) -> str:
    """A value as a fault shows it: short, and as it was written."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _fault(details: ErrorDetails, prefix: str) -> Fault:
    context = details.get("ctx", {})
    message, mend = WORDS.get(details["type"], ("", ""))
    if not message:
        said = str(context.get("error", details["msg"]))
        message, _, mend = said.partition("; ")
        mend = mend or "write it as docs/contracts.md, section 3, shows it"
    value = _MISSING if details["type"] == "missing" else shown(details["input"])
    return Fault(
        place_of(details["loc"], prefix), value, message.format(**context), mend.format(**context)
    )
