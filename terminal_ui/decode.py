"""JSON into frozen dataclasses, by their annotations; what does not fit names its place."""

from collections.abc import Hashable
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from terminal_ui.errors import AnswerInvalid

T = TypeVar("T")


def decode(kind: type[T], data: object, place: str) -> T:
    """`data` as a `kind`, a dataclass of scalars, texts, dicts, dataclasses and tuples of them.

    A key is the field's name without a trailing underscore; unknown keys are left out.
    A field with a default may be missing: older edges do not say it.
    Raises AnswerInvalid with the place of the first value that is missing or wrong.
    """
    if not isinstance(data, dict):
        raise AnswerInvalid(f"{place}: expected an object, not {_short(data)}")
    values = {}
    for name, annotation in _annotations(cast("Hashable", kind)).items():
        key = name.rstrip("_")
        if key not in data:
            if name in _optional(cast("Hashable", kind)):
                continue
            raise AnswerInvalid(f"{place}.{key} is missing in the edge's answer")
        values[name] = _value(annotation, data[key], f"{place}.{key}")
    return kind(**values)


def _value(annotation: Any, data: object, place: str) -> Any:
    if isinstance(annotation, UnionType):
        if data is None:
            return None
        annotation = next(kind for kind in get_args(annotation) if kind is not type(None))
    if get_origin(annotation) is tuple:
        return _items(get_args(annotation)[0], data, place)
    if get_origin(annotation) is dict:
        return _mapping(get_args(annotation)[1], data, place)
    if is_dataclass(annotation) and isinstance(annotation, type):
        return decode(annotation, data, place)
    # A bool is an int to isinstance; JSON's true is no quantity.
    if type(data) is annotation:
        return data
    raise AnswerInvalid(f"{place}: expected {annotation.__name__}, not {_short(data)}")


def _items(kind: Any, data: object, place: str) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise AnswerInvalid(f"{place}: expected a list, not {_short(data)}")
    return tuple(_value(kind, item, f"{place}[{index}]") for index, item in enumerate(data))


def _mapping(kind: type, data: object, place: str) -> dict[str, Any]:
    """Values by name, of any kind or texts."""
    if isinstance(data, dict) and all(isinstance(value, kind) for value in data.values()):
        return data
    wanted = "texts by language" if kind is str else "values by name"
    raise AnswerInvalid(f"{place}: expected {wanted}, not {_short(data)}")


@lru_cache(maxsize=32)
def _annotations(kind: Hashable) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(cast("Any", kind))}


@lru_cache(maxsize=32)
def _optional(kind: Hashable) -> frozenset[str]:
    return frozenset(
        field.name for field in fields(cast("Any", kind)) if field.default is not MISSING
    )


def _short(data: object) -> str:
    return repr(data)[:60]
