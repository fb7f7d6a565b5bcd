"""The machines' end of the private channel to the referee: a pipe that has no address.

One JSON document a line. `os.write` has returned before anything is shown, so a piece
that was visible is in the pipe, and stays there if this process is killed.
"""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import Protocol

from simulators.errors import TruthLost
from simulators.machine import Pieces


class Truth(Protocol):
    """Where machines tell what they made."""

    run: str
    sequence: int

    def tell(self, pieces: Sequence[Pieces]) -> None:
        """Hand the pieces over, for good, before they become visible. Raises TruthLost."""
        ...


class TruthPipe:
    """Tells a referee. `run` names this process's life, `sequence` its last line."""

    def __init__(self, descriptor: int) -> None:
        """Takes over the inherited descriptor; no child of this process gets it."""
        os.set_inheritable(descriptor, False)
        os.set_blocking(descriptor, True)
        self._descriptor = descriptor
        self.run = secrets.token_hex(8)
        self.sequence = 0

    def tell(self, pieces: Sequence[Pieces]) -> None:
        if not pieces:
            return
        lines = []
        for each in pieces:
            self.sequence += 1
            lines.append(json.dumps({"run": self.run, "seq": self.sequence, **asdict(each)}))
        self._write("".join(f"{line}\n" for line in lines).encode())

    def _write(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError as error:
            raise TruthLost(f"the referee no longer reads: {error}") from error


class NobodyAsks:
    """Without a referee the truth is dropped: machines for a person to look at."""

    run = ""
    sequence = 0

    def tell(self, pieces: Sequence[Pieces]) -> None:
        """Nobody keeps books here, so nothing can be compared with them."""
