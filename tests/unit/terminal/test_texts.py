"""The languages say the same things with the same values."""

import re
from collections.abc import Mapping
from string import Formatter

import pytest

from edge.domain.vocabulary import JobState, MachineState, TimeClass
from terminal_ui.commands import JOB_ACTIONS
from terminal_ui.texts import LANGUAGES, Texts, load_texts
from terminal_ui.widgets.actions import ALWAYS, KEYS

TEXTS: Mapping[str, Texts] = {language: load_texts(language) for language in LANGUAGES}


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_languages_have_the_same_keys_and_values(language: str) -> None:
    ours, english = TEXTS[language].table, TEXTS["en"].table
    assert set(ours) == set(english)
    assert {key: _values(text) for key, text in ours.items()} == {
        key: _values(text) for key, text in english.items()
    }


def test_chinese_is_chinese() -> None:
    same = {"kpi.oee", "kpi_short.oee", "header.title", "header.shift", "job.name"}
    same |= {"sentence.why", "sentence.next"}
    latin = {
        key
        for key, text in TEXTS["zh"].table.items()
        if not re.search(r"[一-鿿]", re.sub(r"\{.*?\}", "", text))
    }
    assert latin - same == {"other_language", "action.language", "job.phase"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_domain_and_every_action_has_a_text(language: str) -> None:
    keys = {f"state.{state.name}" for state in MachineState}
    keys |= {f"time_class.{name}" for name in TimeClass}
    keys |= {f"job_state.{state}" for state in JobState}
    keys |= {f"{table}.{name}" for table in ("action", "help") for name in KEYS}
    keys |= {f"message.cannot_{name}" for name in KEYS if name not in ALWAYS}
    assert keys <= set(TEXTS[language].table)
    assert set(JOB_ACTIONS) < set(KEYS)


def test_keys_are_not_used_twice() -> None:
    assert len(set(KEYS.values())) == len(KEYS)


def test_a_missing_key_is_an_error_and_no_blank() -> None:
    with pytest.raises(KeyError):
        TEXTS["en"].t("no.such.text")


def test_texts_of_the_plant() -> None:
    zh = TEXTS["zh"]
    assert zh.of({"en": "Jam", "zh": "卡料"}) == "卡料"
    assert zh.of({"en": "Jam"}) == "Jam"
    assert zh.of({}) == zh.of(None) == ""
