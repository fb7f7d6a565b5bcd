"""Start a referee and ask it: for whoever runs a simulation."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from simulators.errors import RefereeGone


class RefereeProcess:
    """A referee and the writing end of its pipe.

    Pass `truth_fd` to the machines' process (`pass_fds`, `--truth-fd`), then call
    `close_truth_fd`, or keep it open to start machines again after a kill. No path and
    no port leads to the truth; the store is there to be read when all is over.
    """

    def __init__(self, store: Path) -> None:
        """Starts the process; `store` is its SQLite file, new or continued."""
        reading, self.truth_fd = os.pipe()
        self._writing: int | None = self.truth_fd
        self._process = subprocess.Popen(
            [sys.executable, "-m", "simulators.referee", store, "--truth-fd", str(reading)],
            pass_fds=[reading],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        os.close(reading)

    @property
    def pid(self) -> int:
        return self._process.pid

    def close_truth_fd(self) -> None:
        """The machines have it now; with their end the pipe ends."""
        if self._writing is not None:
            os.close(self._writing)
            self._writing = None

    def flush(self, run: str, sequence: int) -> bool:
        """Wait until all that a run told up to `sequence` is stored; False if it never will be.

        `run` and `sequence` are in the machines' answer to `freeze`. Raises RefereeGone.
        """
        return bool(self._ask(f"flush {run} {sequence}")["flushed"])

    def totals(self) -> list[dict[str, Any]]:
        """Rows of machine, number, order, operation, recipe, good, scrap. Raises RefereeGone.

        Also if a line of truth is missing: then there is no truth to compare with.
        """
        answer = self._ask("totals")
        if answer["lost"]:
            raise RefereeGone(f"{answer['lost']} lines of truth were lost")
        rows: list[dict[str, Any]] = answer["totals"]
        return rows

    def stop(self) -> None:
        """End the process; what it was told is stored."""
        self.close_truth_fd()
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _ask(self, question: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(f"{question}\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError as error:
            raise RefereeGone(f"{question}: {error}") from error
        if not line:
            raise RefereeGone(f"{question}: it ended with {self._process.poll()}")
        answer: dict[str, Any] = json.loads(line)
        return answer
