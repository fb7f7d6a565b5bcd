"""Whatever the edge tells people is told in both languages, with the same values."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from edge.api.problems import ASKED_BACK, KINDS
from edge.domain.sentences import Sentence, say
from terminal_ui.errors import Problem
from terminal_ui.model import Told
from terminal_ui.sentences import detail_of, mend_of, problem_text
from terminal_ui.texts import load_texts

ROOT = Path(__file__).parents[3]
TELL = ("edge", "erp_sync")  # sync explains figures as an edge does
ZH, EN = load_texts("zh"), load_texts("en")


@dataclass(frozen=True)
class Written:
    """A call of `say` as it stands in the edge's code."""

    place: str
    code: str
    texts: Mapping[str, str]
    params: frozenset[str]


TREES = [
    (str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8")))
    for package in TELL
    for path in sorted((ROOT / package).rglob("*.py"))
]


def sentences() -> Iterator[Written]:
    """All calls of `say`; one whose code or text is not written out is a fault."""
    for place, tree in TREES:
        for node in _calls(tree):
            yield _written(node, f"{place}:{node.lineno}")


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
            yield node


def _written(node: ast.Call, place: str) -> Written:
    said = [getattr(one, "value", None) for one in node.args]
    assert all(isinstance(one, str) for one in said), f"{place}: write code and texts out"
    code, *texts = (str(one) for one in said)
    params = frozenset(one.arg for one in node.keywords if one.arg)
    return Written(place, code, dict(zip(("detail", "mend"), texts, strict=False)), params)


ALL = [*sentences()]


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_edge_says_something() -> None:
    assert len(ALL) > 30


def test_each_sentence_is_told_in_english_and_in_chinese() -> None:
    lacking = [
        f"{one.place}: {one.code}.{part}"
        for one in ALL
        for part, english in one.texts.items()
        if not english.strip() or not ZH.sentences.get(f"{one.code}.{part}")
    ]
    assert not lacking


def test_each_language_tells_all_values_of_a_sentence_and_no_other() -> None:
    """A value of the one stands in the other too, be it in what is so or in what mends it."""
    other = [
        f"{one.place}: {one.code} in {language}"
        for one in ALL
        for language, texts in (("en", one.texts), ("zh", _chinese(one)))
        if set[str]().union(*map(values, texts.values())) != one.params
    ]
    assert not other


def _chinese(one: Written) -> Mapping[str, str]:
    return {part: ZH.sentences.get(f"{one.code}.{part}", "") for part in one.texts}


# What asks back, what only the machine can say, and what a gate's own sentence mends.
WITHOUT_A_MEND = {
    "job.nothing_passed_on",
    "job.nothing_reported",
    "job.too_few_ask",
    "opening.counted",
    "report.no_input",
    "report.no_time",
    "report.too_many_ask",
    "skill.expired",
    "skill.nobody_here",
}
BY_KIND = ("machine.", "device.", "write.", "store.", "plan.", "forecast.")
# A part of a sentence; why there is no figure, chart or label; what an inspection found; how a
# figure is explained.
EXPLAINS = ("figure.", "how.", "hint.", "explained.")
REFUSES_NOTHING = ("word.", "finding.", "spc.", "gs1.", *EXPLAINS)


def test_what_is_refused_says_what_can_be_done() -> None:
    lacking = {one.code for one in ALL if "mend" not in one.texts}
    said = {code for code in lacking if not code.startswith((*REFUSES_NOTHING, *BY_KIND))}
    assert said == WITHOUT_A_MEND


# Values that come as whoever answered has said them: a library, a device, the store's file.
AS_IT_CAME = "words"
WORDS = re.compile(r"[A-Za-z]{2,}[ ,:(]+[A-Za-z]")


def test_no_value_of_a_sentence_is_english() -> None:
    """What a value says in words is a sentence too; text of an exception is in English."""
    english = [
        f"{place}: {value.arg}={ast.unparse(value.value)}"
        for place, tree in TREES
        for call in _calls(tree)
        for value in call.keywords
        if value.arg != AS_IT_CAME and _is_english(value.value, _caught(tree))
    ]
    assert not english


def _caught(tree: ast.AST) -> set[str]:
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.ExceptHandler) and one.name}


def _is_english(value: ast.AST, caught: set[str]) -> bool:
    called = getattr(value.func, "id", "") if isinstance(value, ast.Call) else ""
    if called == "say":  # looked at by itself
        return False
    if called == "str" and any(getattr(one, "id", "") in caught for one in ast.walk(value)):
        return True
    if isinstance(value, ast.Constant):
        return bool(WORDS.search(str(value.value)))
    return any(_is_english(part, caught) for part in ast.iter_child_nodes(value))


# English outside a sentence in the rooms of the record, by file and how often: what only a file's
# importer, a command or a fact's note shows. Whoever puts one more there makes it a sentence.
OUTSIDE = {
    "genealogy/judging.py": 1,  # "no material" among names of materials
    "maintenance/room.py": 1,  # where nothing is known, a file to write
    "orders/intake.py": 1,  # a defect
    "orders/passing.py": 2,  # reasons of events
    "orders/questions.py": 1,  # who asks: an actor
    "people/presence.py": 1,  # where nothing is known, a file to write
    "people/rules.py": 1,
    "quality/capability.py": 6,  # a command's
    "quality/room.py": 1,  # the reason of an interruption
    "quality/suspecting.py": 2,  # the note of a nonconformance
    "restating/borders.py": 1,
    "restating/correcting.py": 1,
    "restating/opening.py": 26,  # faults of an importer's rows, which name cells
}
RECORD = frozenset(
    {"board", "figures", "genealogy", "maintenance", "orders", "people", "quality"}
    | {"quarantine", "restating", "stops"}
)


def test_no_room_of_the_record_says_more_in_english_alone() -> None:
    found = Counter(
        place.removeprefix("edge/execution/")
        for place, tree in TREES
        if place.startswith("edge/execution/") and place.split("/")[2] in RECORD
        for _ in _phrases(tree)
    )
    assert found == OUTSIDE


def _phrases(node: ast.AST) -> Iterator[ast.AST]:
    """Texts of several words outside sentences, docstrings, the log, and errors of ours alone."""
    for one in ast.iter_child_nodes(node):
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
            continue
        if isinstance(one, ast.Call) and ast.unparse(one.func).split(".")[0] in {"say", "log"}:
            continue
        if isinstance(one, ast.Raise) and ast.unparse(one).startswith(OURS):
            continue
        text = "".join(str(part.value) for part in ast.walk(one) if isinstance(part, ast.Constant))
        if isinstance(one, ast.Constant | ast.JoinedStr) and WORDS.search(text):
            yield one
        else:
            yield from _phrases(one)


OURS = ("raise AssertionError", "raise RuntimeError", "raise ValueError", "raise KeyError")


def test_a_code_is_one_sentence() -> None:
    by_code: dict[str, Mapping[str, str]] = {}
    for one in ALL:
        assert by_code.setdefault(one.code, one.texts) == one.texts, one.place


def test_nothing_is_translated_that_nobody_says() -> None:
    said = {f"{one.code}.{part}" for one in ALL for part in one.texts}
    kinds = {kind.type for kind in KINDS.values()} | set(ASKED_BACK.values()) | {"configuration"}
    said |= {f"problem.{kind}.{part}" for kind in kinds for part in ("title", "mend")}
    assert set(ZH.sentences) <= said


def test_english_comes_from_the_edge() -> None:
    assert not EN.sentences


@pytest.mark.parametrize("kind", [one.type for one in KINDS.values()])
def test_each_kind_of_problem_has_a_chinese_title_and_mend(kind: str) -> None:
    assert ZH.sentences[f"problem.{kind}.title"]
    assert ZH.sentences[f"problem.{kind}.mend"]


def heard(said: Sentence) -> Told:
    """A sentence after its way over the API."""
    view = said.view()
    return Told(code=view["code"], detail=view["detail"], mend=view["mend"], params=view["params"])


HOLD = say(
    "hold",
    "{what} {target} is on hold: {why}",
    "have hold {id} released by somebody other than {by}",
    what=say("word.lot", "lot"),
    target="C7",
    why="wrong hardness",
    id=12,
    by="eva",
)


def test_a_sentence_within_a_sentence_and_the_plants_own_names() -> None:
    assert detail_of(heard(HOLD), EN) == "lot C7 is on hold: wrong hardness"
    assert detail_of(heard(HOLD), ZH) == "批次 C7 已被冻结：wrong hardness"
    assert mend_of(heard(HOLD), ZH) == "请由 eva 以外的人解除冻结 12"
    due = say(
        "maintenance.due",
        "{name} is {state}: {percent} % used up",
        "do {plan}, and say so",
        name={"en": "Greasing", "zh": "加油"},
        state=say("word.soon_due", "soon due"),
        percent=91,
        plan="G1",
    )
    assert detail_of(heard(due), EN) == "Greasing is soon due: 91 % used up"
    assert detail_of(heard(due), ZH) == "加油 即将到期：已用 91 %"


def test_a_code_or_a_value_that_is_not_known_falls_back_to_the_edges_words() -> None:
    newer = Told(code="hold.by_moon", detail="the moon holds it", mend="wait", params={})
    assert (detail_of(newer, ZH), mend_of(newer, ZH)) == ("the moon holds it", "wait")
    lacking = Told(code="hold", detail="it is held", mend="release it", params={"what": "lot"})
    assert (detail_of(lacking, ZH), mend_of(lacking, ZH)) == ("it is held", "release it")


def test_a_refusal_names_each_reason_and_its_mend() -> None:
    view = HOLD.view()
    blocked = Problem(
        409, "Something forbids the start", "WO1: ...", "...", kind="blocked", errors=(view,)
    )
    assert problem_text(blocked, ZH) == (
        "不能开工：批次 C7 已被冻结：wrong hardness；请由 eva 以外的人解除冻结 12"
    )
    assert problem_text(blocked, EN).startswith("Something forbids the start: lot C7 is on hold")


def test_a_kinds_mend_stands_where_the_sentence_has_none() -> None:
    unknown = Problem(404, "There is no such thing here", "no hold 7", "look again", kind="unknown")
    assert problem_text(unknown, ZH) == "这里没有：no hold 7；请刷新列表后重选"
    assert problem_text(unknown, EN) == str(unknown)
