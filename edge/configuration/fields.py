"""Pass one: each field by itself, in the words of whoever writes the file."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from edge.configuration.faults import Fault, Finder, as_toml
from edge.configuration.field_types import NOT_ONE_OF
from edge.configuration.shape import PlantShape
from edge.domain.plain_text import is_plain

Path = tuple[str | int, ...]
UNKNOWN = "extra_forbidden"
CLOSED = frozenset({NOT_ONE_OF, "literal_error"})
UNSEEN = ("has a character that a screen does not show but obeys", "write it without")

_MESSAGES = {
    "missing": "is missing",
    UNKNOWN: "is not a key that is known here",
    "int_type": "is not an integer",
    "string_type": "is not a text in quotes",
    "bool_type": "is not true or false",
    "list_type": "is not a list",
    "model_type": "is not a table",
    "too_short": "must not be empty",
    "string_too_short": "is empty",
    "string_too_long": "is too long: at most {max_length} characters",
    "string_pattern_mismatch": "is not written as it should be",
    "literal_error": "is not {expected}",
    NOT_ONE_OF: "is not one of {expected}",
    "greater_than_equal": "is below {ge}",
    "less_than_equal": "is above {le}",
    "value_error": "{error}",
}


@dataclass(frozen=True)
class FieldPass:
    """What pass one found, and what pass two can go on with.

    `known` is the file without its unknown keys; `faulty` are the keys whose values are
    missing or wrong.
    """

    faults: tuple[Fault, ...]
    known: Mapping[str, Any]
    faulty: frozenset[str]


def check_fields(raw: Mapping[str, Any], finder: Finder) -> FieldPass:
    """What is wrong with single fields: unknown, missing, of another type, out of range."""
    try:
        PlantShape.model_validate(raw)
    except ValidationError as error:
        details: list[dict[str, Any]] = [dict(one) for one in error.errors(include_url=False)]
    else:
        details = []
    unknown = [detail["loc"] for detail in details if detail["type"] == UNKNOWN]
    faulty = {key_of(detail["loc"]) for detail in details if detail["type"] != UNKNOWN}
    known = _without(raw, unknown)
    unseen = {key: text for key, text in _texts(known, ()) if not is_plain(text)}
    faults = (
        *(_fault(detail, finder) for detail in details),
        *(finder.fault(key, unseen[key], *UNSEEN) for key in unseen if key not in faulty),
    )
    return FieldPass(faults, known, frozenset(faulty | unseen.keys()))


def _texts(value: Any, path: Path) -> Iterator[tuple[str, str]]:
    """Every text of the file, with its key."""
    if isinstance(value, str):
        yield key_of(path), value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))


def _without(raw: Mapping[str, Any], paths: list[Path]) -> Mapping[str, Any]:
    """A copy of the file without the keys at `paths`."""
    known: Any = deepcopy(dict(raw))
    for path in paths:
        owner = known
        for part in path[:-1]:
            owner = owner[part]
        del owner[path[-1]]
    return dict(known)


def key_of(path: Path) -> str:
    """`device[0].tag[2].modulus` of a path into the file."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _fault(detail: Mapping[str, Any], finder: Finder) -> Fault:
    path: Path = detail["loc"]
    kind = detail["type"]
    value = None if kind == "missing" else detail["input"]
    context = dict(detail.get("ctx", {}))
    message = _MESSAGES[kind].format(**context) if kind in _MESSAGES else str(detail["msg"])
    choices = _choices(context) if kind in CLOSED else []
    mend = _choice(str(value), choices) if len(choices) > 1 else _mend(kind, path)
    return finder.fault(key_of(path), value, message, mend)


def _choices(context: Mapping[str, Any]) -> list[str]:
    """The values of a closed list, of an error that names them: `a, b` or `'a' or 'b'`."""
    return str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")


def _choice(value: str, choices: Iterable[str]) -> str:
    """The mend of a value that is not in a closed list, which its message has named."""
    near = _near(value, choices)
    return f"did you mean {as_toml(near)}?" if near else "write one of these"


def _near(written: str, known: Iterable[str]) -> str | None:
    """What somebody may have meant who mistyped it; None if it is like nothing."""
    plain = {one.casefold(): one for one in known}
    return next((plain[one] for one in get_close_matches(written.casefold(), plain, n=1)), None)


def _mend(kind: str, path: Path) -> str:
    owner, field = _locate(path)
    if kind == UNKNOWN:
        near = _near(str(path[-1]), owner.model_fields)
        known = ", ".join(owner.model_fields)
        return f"did you mean {near}?" if near else f"take it away; known here: {known}"
    if field is None:
        return "write a table"
    hint = f" ({field.description})"
    if not field.examples:
        brackets = "[[{}]]" if get_origin(field.annotation) is list else "[{}]"
        return f"write {brackets.format(path[-1])}{hint}"
    example = field.examples[0]
    inside = path and isinstance(path[-1], int) and isinstance(example, list)
    return f"write for example {as_toml(example[0] if inside else example)}{hint}"


def _locate(path: Path) -> tuple[type[BaseModel], FieldInfo | None]:
    """The shape that holds the last key of a path, and its field if it is known."""
    owner: type[BaseModel] = PlantShape
    field: FieldInfo | None = None
    names = [part for part in path if isinstance(part, str)]
    for name in names:
        inner = shape_in(field.annotation) if field is not None else None
        owner = inner or owner
        field = owner.model_fields.get(name)
    return owner, field


def shape_in(annotation: Any) -> type[BaseModel] | None:
    """The shape in `Shape`, `list[Shape]` or `Shape | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (shape_in(argument) for argument in get_args(annotation))
    return next((shape for shape in found if shape), None)
