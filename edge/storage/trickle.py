"""Facts looked at again while the edge runs, a few at a time, round and round."""

import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from edge.storage import fact_rows
from edge.storage.connections import open_reader
from edge.storage.damage import StoreDamaged, chain, is_damage

AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the round has come: the last fact looked at, and rounds that were ended."""

    seq: int = 0
    rounds: int = 0


class Trickle:
    """Checks that each fact has its hash and follows the one before; may be slow, is never ahead
    of who writes."""

    def __init__(self, path: Path) -> None:
        self._path, self.progress = path, Progress()

    def look(self) -> None:
        """The next facts; raises StoreDamaged. What cannot be read now is left for later."""
        try:
            conn = open_reader(self._path)
        except sqlite3.Error:
            return
        try:
            self._look(conn)
        except sqlite3.Error as error:
            if is_damage(error):
                raise StoreDamaged(str(error)) from error
        finally:
            conn.close()

    def _look(self, conn: sqlite3.Connection) -> None:
        # From the last one looked at: that the next one follows it is seen in one read, because
        # facts of meanwhile get other places when a restore is settled.
        reached = self.progress.seq
        rows = fact_rows.after(conn, max(reached - 1, 0), AT_ONCE)
        for number in range(len(rows)):
            chain(rows[max(number - 1, 0) : number + 1])
            self.progress = replace(self.progress, seq=rows[number].seq)
        if self.progress.seq == reached:
            self.progress = Progress(rounds=self.progress.rounds + 1)
