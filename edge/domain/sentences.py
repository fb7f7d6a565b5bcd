"""What the edge tells people: an English sentence, and the code by which it is told in others.

Whoever has a sentence says it in English where it is made; the code and the values in it go
along, so that a terminal can tell it in the language of whoever reads (terminal_ui/locales).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, TypeAlias

from edge.domain.facts import Json

Names: TypeAlias = Mapping[str, str]
"""What a plant calls something, by language."""
Param: TypeAlias = "int | str | Names | Sentence | Sequence[int | str | Sentence]"

WORDS = ("detail", "mend")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """`text` and `mend` (what helps; empty: nothing, or the text says it) with `{name}` for each
    of `params`. A value is a number, a text, another sentence, several of
    these, or the plant's own name by language.
    """

    code: str
    text: str
    mend: str = ""
    params: Mapping[str, Param] = field(default_factory=dict, hash=False)

    @property
    def detail(self) -> str:
        """What is so, in English."""
        return self._filled(self.text)

    @property
    def remedy(self) -> str:
        """What would mend it, in English; may be empty."""
        return self._filled(self.mend)

    def __str__(self) -> str:
        return f"{self.detail}; {self.remedy}" if self.mend else self.detail

    def view(self) -> dict[str, Json]:
        """As the API tells it: `code`, `params`, `detail`, `mend`."""
        params: dict[str, Json] = {name: _shown(value) for name, value in self.params.items()}
        return {"code": self.code, "params": params, "detail": self.detail, "mend": self.remedy}

    def _filled(self, template: str) -> str:
        return template.format(**{name: _english(value) for name, value in self.params.items()})


def say(code: str, text: str, mend: str = "", /, **params: Param) -> Sentence:
    """A sentence. `code`, `text` and `mend` are written out, so that a test finds all of them."""
    return Sentence(code=code, text=text, mend=mend, params=params)


def remembered(view: Mapping[str, Any]) -> Sentence:
    """The sentence of a view that a fact has kept, in the words in which it was said then."""
    detail, mend = (str(view[name]).replace("{", "{{").replace("}", "}}") for name in WORDS)
    return Sentence(code=view["code"], text=detail, mend=mend, params=view["params"])


def plain(text: str) -> Sentence:
    """What a person has written, or what was said before its sentence had a code."""
    return remembered({"code": "", "params": {}, "detail": text, "mend": ""})


def in_language(
    view: Mapping[str, Any], part: str, language: str, texts: Mapping[str, str], between: str
) -> str:
    """The `part` of a view (detail or mend) by `texts` of a language, by code and part.

    Without a text for its code, or a value that the text needs, it is the view's own English.
    `between` stands between several sentences.
    """
    template = texts.get(f"{view['code']}.{part}", "")
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    params = view.get("params") or {}
    if not template or not names <= set(params):
        return str(view[part])

    def shown(value: object) -> object:
        if isinstance(value, Mapping) and "code" in value:
            return in_language(value, "detail", language, texts, between)
        if isinstance(value, Mapping):
            return value.get(language) or next(iter(value.values()), "")
        if isinstance(value, Sequence) and not isinstance(value, str):
            return between.join(str(shown(one)) for one in value)
        return value

    return template.format(**{name: shown(params[name]) for name in names})


class Told(Exception):
    """An error that is told to people: by a sentence, or by each of several."""

    def __init__(self, *said: Sentence) -> None:
        self.said = said
        super().__init__("; ".join(str(one) for one in said))

    @property
    def detail(self) -> str:
        """What is so, in English."""
        return "; ".join(one.detail for one in self.said)

    @property
    def remedy(self) -> str:
        """What would mend it, in English; may be empty."""
        return "; ".join(one.remedy for one in self.said if one.mend)


def _english(value: Param) -> object:
    if isinstance(value, Sentence):
        return value.detail
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return value.get("en") or next(iter(value.values()), "")
    return "; ".join(str(_english(one)) for one in value)


def _shown(value: Param) -> Json:
    if isinstance(value, Sentence):
        return value.view()
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return dict(value)
    return [_shown(one) for one in value]
