"""Why a forecast has moved since it was told: reasons of plans, the pace, nothing made up."""

from edge.domain.outlook import Moved, Outlook
from edge.domain.pace import MINUTE
from edge.domain.sentences import Sentence, say
from edge.execution.dispatch.moving import Reasons
from edge.execution.dispatch.triggers import BY_HOUR, DOCUMENTS, because

NOON = 1_780_000_000_000_000
DOWN = say("plan.because_down", "L1 is down")
SCRAP = say("plan.because_scrap", "WO1.10 has 90 pieces of scrap")
OPEN = say("plan.because_open", "L1 can work again")
ABSENT = say("plan.because_absent", "people are missing")


def outlook(finish: int, planned: int | None = None) -> Outlook:
    """`finish` and `planned` in minutes after noon; as planned without a word."""
    plan = finish if planned is None else planned
    at = NOON + finish * MINUTE
    return Outlook(
        order="WO1", due=NOON, planned=NOON + plan * MINUTE, finish=at, plan=1, made_at=NOON
    )


def moved(
    now: Outlook, before: Outlook | None, *why: Sentence, reasons: Reasons | None = None
) -> Moved | None:
    known = reasons or Reasons()
    known.heard(["WO1"], why)
    return known.moved(now, before, NOON).moved


def codes(found: Moved | None) -> list[str]:
    return [one.code.partition(".")[2] for one in found.because] if found else []


def test_what_made_the_edge_plan_is_why_the_latest_first_and_each_once() -> None:
    found = moved(outlook(40), outlook(0), DOWN, BY_HOUR, because([SCRAP, DOWN]), OPEN)
    assert found is not None
    assert (found.at, found.was) == (NOON, NOON)
    assert codes(found) == ["because_open", "because_down", "because_scrap"]
    many = moved(outlook(40), outlook(0), ABSENT, DOWN, SCRAP, OPEN)
    assert codes(many) == ["because_open", "because_scrap", "because_down"]


def test_an_hour_that_began_is_no_reason_and_documents_are_one() -> None:
    assert codes(moved(outlook(40), outlook(0), BY_HOUR)) == ["by_made"]
    assert codes(moved(outlook(40), outlook(0), BY_HOUR, DOCUMENTS)) == ["because_documents"]


def test_the_pace_is_a_reason_where_it_moved_it() -> None:
    slower, quicker = outlook(40, planned=0), outlook(-30, planned=0)
    assert codes(moved(slower, outlook(0), BY_HOUR)) == ["slower"]
    assert codes(moved(quicker, outlook(0), DOWN)) == ["because_down", "quicker"]
    assert codes(moved(outlook(0), slower)) == ["in_pace"]


def test_less_than_ten_minutes_is_no_move_and_the_last_one_stays() -> None:
    before = moved(outlook(40), outlook(0), DOWN)
    known = Outlook(**{**vars(outlook(40)), "moved": before})
    assert moved(outlook(49), known, SCRAP) == before
    assert moved(outlook(9), outlook(0), SCRAP) is None
    assert moved(outlook(9), None, SCRAP) is None, "the first word moves nothing"


def test_reasons_are_kept_until_people_know_of_them() -> None:
    reasons = Reasons()
    assert moved(outlook(5), outlook(0), DOWN, reasons=reasons) is None
    assert codes(moved(outlook(12), outlook(0), OPEN, reasons=reasons)) == [
        "because_open",
        "because_down",
    ]
    reasons.told(["WO1"])
    assert codes(moved(outlook(30), outlook(12), SCRAP, reasons=reasons)) == ["because_scrap"]
    reasons.heard(["WO2"], [])
    assert codes(moved(outlook(60), outlook(30), reasons=reasons)) == ["by_made"]
