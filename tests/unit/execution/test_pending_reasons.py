"""Why a plan is to be made waits until one was made."""

from edge.domain.sentences import say
from edge.execution.dispatch.pending import MOST, Pending

DOWN, UP = say("a.down", "L1 is down"), say("a.up", "L1 is up")


def test_what_is_said_already_is_not_said_twice_and_the_earlier_comes_first() -> None:
    both = Pending(because=(DOWN,)).and_then(Pending(because=(UP, DOWN)))
    assert both == Pending(because=(DOWN, UP))
    assert Pending().and_then(both) == both
    assert both.and_then(Pending()) == both


def test_documents_wait_as_well() -> None:
    assert Pending(documents=True).and_then(Pending(because=(UP,))).documents
    assert Pending(because=(UP,)).and_then(Pending(documents=True)).documents
    assert not Pending().and_then(Pending()).documents


def test_reasons_do_not_pile_up() -> None:
    found = Pending()
    for number in range(MOST + 5):
        found = found.and_then(Pending(because=(say("a.n", "{n}", n=number),)))
    assert [one.params["n"] for one in found.because] == list(range(5, MOST + 5))
