"""What the operator reads, by language: the tables of locales/*.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Texts:
    """Texts of one language, by `table.key`; `t` fills in named values. `sentences` are those of
    the edge, by code (sentences.py)."""

    language: str
    table: Mapping[str, str]
    sentences: Mapping[str, str] = field(default_factory=dict)

    def t(self, key: str, **values: object) -> str:
        """The text of `key`. Raises KeyError for a key that no table has."""
        return self.table[key].format(**values)

    def of(self, texts: Mapping[str, str] | None) -> str:
        """The plant's own text in this language, else in any that it gave; empty without one."""
        return (texts or {}).get(self.language) or next(iter((texts or {}).values()), "")

    def find(self, key: str, otherwise: str) -> str:
        """The text of a key that the plant may have named itself, else `otherwise`."""
        return self.table.get(key, otherwise)


def load_texts(language: str) -> Texts:
    """Texts of `language`, one of LANGUAGES: the terminal's own, and those of each room under
    the room's name (locales/rooms/ROOM.LANGUAGE.toml). English has no sentences of the edge:
    they come in it."""
    locales = files("terminal_ui").joinpath("locales")
    table = _flat(tomllib.loads(_read(locales.joinpath(f"{language}.toml"))))
    for source in locales.joinpath("rooms").iterdir():
        room, _, kind = source.name.partition(".")
        if kind == f"{language}.toml":
            table |= _flat(tomllib.loads(_read(source)), f"{room}.")
    edge = locales.joinpath("edge", f"{language}.toml")
    return Texts(language, table, _flat(tomllib.loads(_read(edge))) if edge.is_file() else {})


def _read(source: Traversable) -> str:
    return source.read_text(encoding="utf-8")


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        flat |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat
