"""Keeps one board fresh: a slow poll, woken at once by the edge's event stream.

A lost edge is a state of the view, not an end: the last board stays, with its age.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from edge.domain.clock import Clock
from terminal_ui.client import EdgeClient
from terminal_ui.errors import AnswerInvalid, EdgeBusy, EdgeUnreachable, Refused
from terminal_ui.model import Board, Reasons

TROUBLE = (EdgeUnreachable, EdgeBusy, Refused, AnswerInvalid)
POLL_S = 2.0
# After a refresh that events asked for: a fast machine must not make the terminal spin.
LEAST_GAP_S = 0.25
FIRST_RETRY_S = 1.0
LONGEST_RETRY = 10


NO_REASONS = Reasons()


@dataclass(frozen=True)
class View:
    """What is known: the last board, when it came (monotonic s), and what is wrong since."""

    board: Board | None = None
    reasons: Reasons = NO_REASONS
    fresh_at: float = 0.0
    trouble: Exception | None = None
    attempt: int = 0


def retry_delay(attempt: int, first: float = FIRST_RETRY_S) -> float:
    """Seconds before attempt number `attempt` + 1: doubling, up to LONGEST_RETRY times `first`."""
    doubled = float(2 ** min(attempt - 1, 10))
    return first * min(doubled, LONGEST_RETRY)


class Feed:
    """`show` gets a view whenever there is a new one; `poll` and `follow` run for ever."""

    def __init__(
        self, client: EdgeClient, clock: Clock, show: Callable[[View], None], poll_s: float = POLL_S
    ) -> None:
        self._client = client
        self._clock = clock
        self._show = show
        self._poll_s = poll_s
        self._wake = asyncio.Event()
        self.view = View()

    def wake(self) -> None:
        """Refresh at once."""
        self._wake.set()

    async def poll(self) -> None:
        """Refresh at every wake and at least every `poll_s`; back off while the edge is lost."""
        while True:
            self._wake.clear()
            await self.refresh()
            if self.view.trouble is None:
                await asyncio.sleep(min(LEAST_GAP_S, self._poll_s))
                await self._wait(self._poll_s)
            else:
                await self._wait(retry_delay(self.view.attempt, self._poll_s / 2))

    async def refresh(self) -> None:
        """Fetch the board, and the reasons if they are not there; show what came of it."""
        try:
            board = await self._client.board()
            known = self.view.reasons
            reasons = known if known.scrap or known.stop else await self._client.reasons()
        except TROUBLE as trouble:
            self.view = replace(self.view, trouble=trouble, attempt=self.view.attempt + 1)
        else:
            self.view = View(board, reasons, self._clock.monotonic())
        self._show(self.view)

    async def follow(self) -> None:
        """Read the event stream, opening it again after the last event that was seen."""
        last, attempt = "", 0
        while True:
            try:
                async for event in self._client.events(last):
                    last, attempt = event.id or last, 0
                    if event.equipment_id in {"", self._client.work_center}:
                        self.wake()
            except Refused:
                last = ""  # the edge no longer knows where we were: begin with the next fact
            except (EdgeUnreachable, EdgeBusy, AnswerInvalid):
                pass  # the poll says so on the screen; here it only means to open again
            attempt += 1
            await asyncio.sleep(retry_delay(attempt, self._poll_s / 2))

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass  # nothing woke us: the slow poll
