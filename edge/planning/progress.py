"""A search before somebody who waits: how far it is, and Ctrl-C, which ends it with a plan."""

import signal
import sys
from collections.abc import Callable
from threading import Event
from types import FrameType, TracebackType
from typing import Any, Self

from edge.planning.efforts import Progress


class Interrupted:
    """While it is entered, Ctrl-C is noted and no error; a second one ends the process."""

    def __init__(self) -> None:
        self._event = Event()
        self._before: Any = None

    def is_set(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self._event.is_set()

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._event.set()
        signal.signal(signal.SIGINT, self._before)


def progress_line() -> Callable[[Progress], None] | None:
    """Writes one line over and over on a terminal; None where nobody looks."""
    return _write if sys.stderr.isatty() else None


def _write(now: Progress) -> None:
    share = 100 * now.tried // max(now.of, 1)
    late, setup = now.weighted_tardiness_s / 3600, now.setup_s / 3600
    end = "\n" if now.tried >= now.of else ""
    sys.stderr.write(
        f"\r{share:3} %  late, by weight: {late:,.1f} h  set-up: {setup:,.1f} h   {end}"
    )
    sys.stderr.flush()
