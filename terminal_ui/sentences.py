"""What the edge tells, in the operator's language: by its code, else in the edge's own English.

The texts stand in locales/edge/LANGUAGE.toml, by code. English has none there: each sentence
comes from the edge in English, and so it is shown where this terminal has no text for its code.
"""

from collections.abc import Sequence

from edge.domain.sentences import in_language
from terminal_ui.decode import decode
from terminal_ui.errors import Problem
from terminal_ui.model import Told
from terminal_ui.texts import Texts


def detail_of(said: Told, texts: Texts) -> str:
    """What is so."""
    return _told(said, "detail", texts)


def mend_of(said: Told, texts: Texts) -> str:
    """What would mend it; may be empty."""
    return _told(said, "mend", texts)


def whole(said: Told, texts: Texts) -> list[str]:
    """What is so, and what would mend it."""
    return [text for text in (detail_of(said, texts), mend_of(said, texts)) if text]


def said(english: Sequence[str], coded: Sequence[Told], texts: Texts) -> list[str]:
    """Sentences in the operator's language; an older edge gives them in English alone."""
    return [detail_of(one, texts) for one in coded] or list(english)


def trouble_text(error: Exception, texts: Texts) -> str:
    """Why the edge did not do, or did not answer, what was asked."""
    problem = getattr(error, "problem", None)
    return problem_text(problem, texts) if isinstance(problem, Problem) else str(error)


def problem_text(problem: Problem, texts: Texts) -> str:
    """Why the edge refuses, and what would mend it."""
    title = texts.sentences.get(f"problem.{problem.kind}.title", problem.title)
    detail = problem_detail(problem, texts)
    said = [texts.t("sentence.why", title=title, detail=detail) if title and detail else title]
    return texts.t("sentence.next").join([*said, *problem_mends(problem, texts)])


def problem_detail(problem: Problem, texts: Texts) -> str:
    """What is so, of each sentence."""
    return texts.t("sentence.next").join(detail_of(one, texts) for one in _each(problem))


def problem_mends(problem: Problem, texts: Texts) -> list[str]:
    """What would mend it: of the sentences, else of the kind of problem."""
    if problem.errors:
        return [mend for one in _each(problem) if (mend := mend_of(one, texts))]
    ours = texts.sentences
    own = f"{problem.code}.mend" in ours
    if own or (problem.code and f"{problem.code}.detail" not in ours):
        return [mend_of(_each(problem)[0], texts)]
    general = ours.get(f"problem.{problem.kind}.mend", problem.mend)
    return [general] if general else []


def _each(problem: Problem) -> Sequence[Told]:
    if problem.errors:
        return [decode(Told, one, "errors") for one in problem.errors]
    detail, mend = problem.detail, problem.mend
    return [Told(code=problem.code, detail=detail, mend=mend, params=dict(problem.params or {}))]


def _told(said: Told, part: str, texts: Texts) -> str:
    between = texts.t("sentence.next")
    return in_language(vars(said), part, texts.language, texts.sentences, between)
