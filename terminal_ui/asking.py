"""What a form can ask for: fields of five kinds, and what their text must be to be an answer.

Pure: the page that shows them is screens/ask.py.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from terminal_ui.texts import Texts

Answers = Mapping[str, object]
WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
DECIMAL = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,9})?")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]?[0-5][0-9]([:.]?[0-5][0-9])?")
LONGEST = 200


class Kind(StrEnum):
    """NUMBER answers with an int; DECIMAL with its exact text, "12.5"; TIME with the site's time of
    day, "06:42" or "06:42:30"; the others with text."""

    NUMBER = "number"
    DECIMAL = "decimal"
    TEXT = "text"
    CHOICE = "choice"
    SCAN = "scan"
    SECRET = "secret"
    TIME = "time"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """`code` is answered, `text` shown. With `parent` (a code) it stands a level deeper: the
    one that others have as parent opens them, and stands first among them to be chosen itself."""

    code: str
    text: str
    parent: str = ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question. `text` is a whole text, not a key; empty is the text `ROOM.field.NAME`.

    `default` is what stands there at first. An optional field that stays empty is not in the
    answers. `least` and `most` bound a NUMBER. `prefix` is the code that a scanner puts before
    a SCAN field's value.
    """

    name: str
    kind: Kind
    text: str = ""
    optional: bool = False
    default: str = ""
    least: int | None = None
    most: int | None = None
    choices: Sequence[Choice] = ()
    prefix: str = ""


class Wrong(Exception):
    """What was entered is no answer; the text says why, in the operator's language."""


def answer(field: Field, entered: str, texts: Texts) -> object | None:
    """The answer that `entered` gives; None for an optional field that stays empty.

    Raises Wrong.
    """
    text = entered.strip().removeprefix(field.prefix)
    if not text:
        if field.optional:
            return None
        raise Wrong(texts.t("ask.empty"))
    return READ[field.kind](field, text, texts)


def _number(field: Field, text: str, texts: Texts) -> object:
    if not WHOLE.fullmatch(text):
        raise Wrong(texts.t("ask.not_whole", value=text))
    number = int(text)
    if field.least is not None and number < field.least:
        raise Wrong(texts.t("ask.too_small", value=number, least=field.least))
    if field.most is not None and number > field.most:
        raise Wrong(texts.t("ask.too_large", value=number, most=field.most))
    return number


def _decimal(_field: Field, text: str, texts: Texts) -> object:
    if not DECIMAL.fullmatch(text):
        raise Wrong(texts.t("ask.not_decimal", value=text))
    return text.replace(",", ".").removeprefix("+")


def _time(_field: Field, text: str, texts: Texts) -> object:
    if not CLOCK.fullmatch(text):
        raise Wrong(texts.t("ask.not_time", value=text))
    digits = re.sub("[:.]", "", text)
    digits = digits if len(digits) % 2 == 0 else f"0{digits}"
    return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))


def _choice(field: Field, text: str, texts: Texts) -> object:
    if text not in {choice.code for choice in field.choices}:
        raise Wrong(texts.t("ask.no_choice"))
    return text


def _text(_field: Field, text: str, _texts: Texts) -> object:
    return text


READ: Mapping[Kind, Callable[[Field, str, Texts], object]] = {
    Kind.NUMBER: _number,
    Kind.DECIMAL: _decimal,
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.SCAN: _text,
    Kind.SECRET: _text,
    Kind.TIME: _time,
}
