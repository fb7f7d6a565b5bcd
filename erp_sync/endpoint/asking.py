"""Questions that an edge answers: kept in memory, because whoever asks waits for the answer.

An edge cannot be reached from here (it may stand behind a firewall), so it fetches them by a long
poll of its own and brings the answers back. What is not answered in time is forgotten; a
reservation is made once all the same, because the edge knows its key.
"""

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from edge.domain.clock import Clock
from erp_sync.endpoint.signal import Signal, poll

ANSWER_S: Final = 5.0
AWAY_S: Final = 10.0  # without a poll: the edge is away, and nobody waits for it
MOST_WAITING: Final = 100


class EdgeAway(Exception):
    """The edge fetches no questions, or has not answered in time: say so, with what is known."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A call of the edge's own API, as it is to be made there; `key` is its Idempotency-Key."""

    id: int
    method: str
    path: str
    key: str
    body: Any = None


@dataclass
class Questions:
    """Those of all edges, as long as somebody waits."""

    clock: Clock
    asked: Signal = field(default_factory=Signal)
    _waiting: dict[str, dict[int, Question]] = field(default_factory=dict)
    _answers: dict[int, asyncio.Future[tuple[int, bytes]]] = field(default_factory=dict)
    _heard: dict[str, float] = field(default_factory=dict)
    _polls: dict[str, int] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def is_away(self, edge_id: str) -> bool:
        """Whether the edge has not looked for questions lately."""
        if self._polls.get(edge_id):
            return False
        heard = self._heard.get(edge_id)
        return heard is None or self.clock.monotonic() - heard > AWAY_S

    async def ask(
        self, edge_id: str, method: str, path: str, key: str, body: Any = None
    ) -> tuple[int, bytes]:
        """Status and body of the edge's answer; raises EdgeAway."""
        waiting = self._waiting.setdefault(edge_id, {})
        if self.is_away(edge_id) or len(waiting) >= MOST_WAITING:
            raise EdgeAway
        question = Question(id=next(self._numbers), method=method, path=path, key=key, body=body)
        answer = asyncio.get_running_loop().create_future()
        waiting[question.id], self._answers[question.id] = question, answer
        self.asked.fire()
        try:
            async with asyncio.timeout(ANSWER_S):
                found: tuple[int, bytes] = await answer
                return found
        except TimeoutError as error:
            raise EdgeAway from error
        finally:
            waiting.pop(question.id, None)
            self._answers.pop(question.id, None)

    async def fetch(self, edge_id: str, wait_s: float) -> list[Question]:
        """What the edge is asked, each once; waits for it."""

        async def look() -> list[Question] | None:
            waiting = self._waiting.get(edge_id, {})
            found = list(waiting.values())
            waiting.clear()
            return found or None

        self._polls[edge_id] = self._polls.get(edge_id, 0) + 1
        try:
            return await poll(self.asked, self.clock, wait_s, look) or []
        finally:
            self._polls[edge_id] -= 1
            self._heard[edge_id] = self.clock.monotonic()

    def answered(self, id_: int, status: int, body: bytes) -> bool:
        """Give an answer to whoever waits; False if nobody does any more."""
        answer = self._answers.get(id_)
        if answer is None or answer.done():
            return False
        answer.set_result((status, body))
        return True

    def close(self) -> None:
        """End the long polls: the service stops."""
        self.asked.close()
