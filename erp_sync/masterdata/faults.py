"""Faults of documents in the words of who wrote them: place, value, message, mend."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from edge.domain.faults import Fault
from edge.domain.plain_text import escaped, is_plain

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
    "int_parsing": ("is not a whole number", "write a whole number"),
    "literal_error": ("is not known here", "write {expected}"),
    "enum": ("is not known here", "write {expected}"),
    "date_from_datetime_parsing": ("is not a day", "write it as 2026-06-08"),
    "string_too_short": ("is empty", "write at least {min_length} character(s)"),
    "string_too_long": ("is too long", "write at most {max_length} characters"),
    "string_pattern_mismatch": (
        "is not an id",
        "write 1 to 64 letters, digits, dots, dashes and underscores, no dot or dash first",
    ),
}
CONTRACT = "docs/contracts.md, section 3,"
UNPLAIN = ("has a control character", "write it without")
_MISSING = "(missing)"
WHOLE = "document"  # the place of a fault of all of it


def faults_of(error: ValidationError, prefix: str = "", see: str = CONTRACT) -> list[Fault]:
    """All faults of a document; places read `orders[3].quantity`.

    `see` is the page that tells how it is written, where there is nothing better to say.
    """
    return [fault_of(details, prefix, see) for details in error.errors(include_url=False)]


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


def fault_of(details: ErrorDetails, prefix: str = "", see: str = CONTRACT) -> Fault:
    """One fault in the words of whoever wrote it."""
    context = details.get("ctx", {})
    message, mend = WORDS.get(details["type"], ("", ""))
    if not message:
        said = str(context.get("error", details["msg"]))
        message, _, mend = said.partition("; ")
        mend = mend or f"write it as {see} shows it"
    value = _MISSING if details["type"] == "missing" else shown(details["input"])
    return Fault(
        place_of(details["loc"], prefix), value, message.format(**context), mend.format(**context)
    )


def unplain(content: Any, place: str = "") -> Iterator[Fault]:
    """Texts with characters that would move a screen's cursor, keys among them.

    An edge takes none, so one in a document that is kept would hold up all that come after it.
    """
    if isinstance(content, Mapping):
        for name, value in content.items():
            yield from unplain(name, place)
            yield from unplain(value, place_of((name,), place) if is_plain(name) else place)
    elif isinstance(content, list):
        for at, value in enumerate(content):
            yield from unplain(value, place_of((at,), place))
    elif isinstance(content, str) and not is_plain(content):
        yield Fault(place or WHOLE, shown(escaped(content)), *UNPLAIN)
