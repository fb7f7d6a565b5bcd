"""A mailbox: the machine tells pieces by numbered messages, and the next once one is answered."""

from collections import deque
from dataclasses import dataclass, field

LAST = (1 << 16) - 1
ANSWER = "mailbox_acknowledge"


@dataclass
class Mailbox:
    """What stands in the registers, and the messages (order, good, scrap) that wait."""

    sequence: int = 0
    acknowledge: int = 0
    shown: tuple[int, int, int] = (0, 0, 0)
    _waiting: deque[tuple[int, int, int]] = field(default_factory=deque)

    def add(self, order: int, good: int, scrap: int) -> None:
        """More pieces: with those of the same order that wait, while the registers hold them."""
        if self._waiting and self._waiting[-1][0] == order:
            _, more_good, more_scrap = self._waiting[-1]
            if good + more_good <= LAST and scrap + more_scrap <= LAST:
                self._waiting[-1] = (order, good + more_good, scrap + more_scrap)
                return
        self._waiting.append((order, good, scrap))

    def values(self) -> dict[str, int]:
        """All of its tags; the next message, if the one before is answered."""
        if self._waiting and self.acknowledge == self.sequence:
            self.shown = self._waiting.popleft()
            self.sequence = (self.sequence + 1) & LAST
        order, good, scrap = self.shown
        return {
            "mailbox_sequence": self.sequence,
            "mailbox_good": good,
            "mailbox_reject": scrap,
            "mailbox_order": order,
            ANSWER: self.acknowledge,
        }
