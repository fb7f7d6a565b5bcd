"""In which language a command answers: the edge's own English, or as the terminal tells it.

Its texts are those of the terminal (terminal_ui/locales/edge), which is installed with every edge:
what the edge tells is told alike, whoever asks.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from typing import Annotated, Any

import typer

from edge.domain.sentences import WORDS, Sentence, in_language

LANGUAGE = "TAKTLINE_LANGUAGE"


class Tongue(StrEnum):
    """The languages in which commands answer."""

    EN = "en"
    ZH = "zh"


InLanguage = Annotated[
    Tongue, typer.Option("--language", envvar=LANGUAGE, help="In which language it answers.")
]
BETWEEN = {Tongue.EN: "; ", Tongue.ZH: "；"}


@dataclass(frozen=True)
class Language:
    """What is told, in one language; `texts` by code, none for English."""

    tongue: Tongue = Tongue.EN
    texts: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, said: Sentence | Mapping[str, Any]) -> str:
        """A sentence, or the view of one that the API has given."""
        view = said.view() if isinstance(said, Sentence) else said
        return in_language(view, "detail", self.tongue, self.texts, BETWEEN[self.tongue])

    def whole(self, view: Mapping[str, Any]) -> str:
        """The view of a sentence, with what would mend it."""
        parts = [
            in_language(view, part, self.tongue, self.texts, BETWEEN[self.tongue])
            for part in WORDS
            if view[part]
        ]
        return BETWEEN[self.tongue].join(parts)

    def coded(self, row: Mapping[str, Any], name: str) -> str:
        """The text `name` of a row, by its code where the edge gives one."""
        coded = row.get(f"{name}_coded")
        return self({"detail": row[name], **coded}) if coded else str(row[name] or "")

    def named(self, row: Mapping[str, Any]) -> str:
        """What a row with a name in each language is called."""
        return str(row.get(self.tongue) or row["en"])


def language(tongue: Tongue) -> Language:
    """The language, with its texts."""
    source = files("terminal_ui").joinpath("locales", "edge", f"{tongue}.toml")
    if not source.is_file():  # English comes with the sentences themselves
        return Language(tongue)
    return Language(tongue, _flat(tomllib.loads(source.read_text(encoding="utf-8"))))


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        flat |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat
