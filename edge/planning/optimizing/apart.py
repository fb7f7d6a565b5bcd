"""Windows are solved in a process of their own: where the solver ends it, the plan goes on.

CP-SAT looks at its own state as it works, and ends the process that it runs in where something
is not as it should be (in OR-Tools 9.15 `heuristics.fixed_search != nullptr`, once in some
hundred windows of a month). No exception comes of that: what was searched for minutes would be
gone with it. Here one window is lost, and nothing else.
"""

import logging
import subprocess
import sys
from collections.abc import Callable, Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Final

from edge.planning.optimizing.programs import ASKED_EACH_S, Effort, require, solved
from edge.planning.optimizing.window import Window
from edge.planning.placing.tasks import Key

Sequences = Mapping[str, tuple[Key, ...]]
Stop = Callable[[], bool]
LAST_S: Final = 5.0  # that a process is given to end by itself
log = logging.getLogger(__name__)


class Apart:
    """Solves one window after another; the process is started with the first, and replaced where
    it was lost. `close` ends it."""

    MODULE: Final = "edge.planning.optimizing.apart"

    def __init__(self) -> None:
        require()
        self.lost = 0  # windows with which the process ended
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None

    @property
    def pid(self) -> int | None:
        """Of the process, None while there is none."""
        return self._process.pid if self._process else None

    def solved(self, window: Window, effort: Effort, stop: Stop | None = None) -> Sequences | None:
        """As `programs.solved`; None also where the process was lost with it."""
        try:
            answer = self._answer(self._running(), (window, effort), stop)
        except (EOFError, ConnectionError):
            self.lost += 1
            log.warning("the optimizer ended itself in a window; the plan stays as it was there")
            self.close()
            return None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        process, line, self._process, self._line = self._process, self._line, None, None
        if process is None or line is None:
            return
        line.close()  # it ends at the end of what it is asked
        try:
            process.wait(LAST_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _running(self) -> Connection:
        if self._line is None:
            self._line, theirs = Pipe()
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.MODULE, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # the solver writes its own stack there
                start_new_session=True,  # Ctrl-C is for who asks to handle
            )
            theirs.close()
        return self._line

    @staticmethod
    def _answer(
        line: Connection, asked: tuple[Window, Effort], stop: Stop | None
    ) -> Sequences | Exception | None:
        line.send(asked)
        is_told = False
        while not line.poll(ASKED_EACH_S):
            if stop is not None and not is_told and stop():
                line.send(None)
                is_told = True
        found: Sequences | Exception | None = line.recv()
        return found


def serve(line: Connection) -> None:
    """Solve what is asked until the line is closed; whatever comes meanwhile says to stop."""
    while True:
        try:
            asked: tuple[Window, Effort] | None = line.recv()
        except (EOFError, ConnectionError):
            return
        if asked is None:
            continue  # it said to stop when all was done
        try:
            found: Sequences | Exception | None = solved(*asked, stop=line.poll)
        except Exception as error:  # noqa: BLE001 - whoever asks raises it
            found = error
        try:
            line.send(found)
        except ConnectionError:
            return


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
