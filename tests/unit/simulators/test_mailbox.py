"""The mailbox of a simulated machine: every piece in one message, whenever it is answered."""

from hypothesis import given
from hypothesis import strategies as st

from simulators.clock import MICROS
from simulators.mailbox import Mailbox
from tests.unit.simulators.plants import MONDAY_6, Ledger, load, machine


@given(
    answers=st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=30),
    seed=st.integers(0, 9),
)
def test_messages_and_truth_are_equal_to_the_piece(
    answers: list[tuple[int, bool]], seed: int
) -> None:
    made, ledger, at = machine(seed=seed, mailbox=True), Ledger(), MONDAY_6
    told: dict[int, tuple[int, ...]] = {}
    load(made, 1_001_010, 20)
    for span, answered in [*answers, *[(0, True)] * 3]:
        at += span * MICROS
        made.advance(at)
        ledger.tell(made.take_pieces())
        shown = made.values()
        number = shown["mailbox_sequence"]
        message = tuple(shown[f"mailbox_{name}"] for name in ("order", "good", "reject"))
        assert told.setdefault(number, message) == message
        if answered:
            made.write("mailbox_acknowledge", number)
    assert list(told) == list(range(min(told), max(told) + 1))
    good, scrap = (sum(message[n] for message in told.values()) for n in (1, 2))
    assert (good, scrap) == ledger.sums()


def test_a_message_keeps_within_its_registers_and_its_number_wraps() -> None:
    box = Mailbox(sequence=65_535, acknowledge=65_535)
    box.add(1, 65_000, 0)
    box.add(1, 1_000, 0)
    box.add(2, 1, 1)
    seen = []
    for _ in range(3):
        shown = box.values()
        seen.append((shown["mailbox_sequence"], shown["mailbox_order"], shown["mailbox_good"]))
        box.acknowledge = box.sequence
    assert seen == [(0, 1, 65_000), (1, 1, 1_000), (2, 2, 1)]
