"""Facts looked at again while the edge runs, a few at a time, round and round."""

import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from edge.storage import fact_rows
from edge.storage.archives import anchors
from edge.storage.archives.lacking import fault, not_there
from edge.storage.connections import open_reader
from edge.storage.damage import StoreDamaged, chain, is_damage
from edge.storage.fact_rows import Row

AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the round has come: the last fact looked at, and rounds that were ended."""

    seq: int = 0
    rounds: int = 0


class Trickle:
    """Checks that each fact has its hash and follows the one before; may be slow, is never ahead
    of who writes.

    `archives` says what is wrong with archive files, by name: that is no damage of the store.
    """

    def __init__(self, path: Path) -> None:
        self._path, self.progress = path, Progress()
        self._after = 0  # where the next facts are read from
        self.archives: dict[str, str] = {}

    def look(self) -> None:
        """The next facts; raises StoreDamaged. What cannot be read now is left for later."""
        try:
            conn = open_reader(self._path)
        except sqlite3.Error:
            return
        try:
            conn.execute("BEGIN")
            self._look_at_archives(conn)
            self._look(conn)
        except sqlite3.Error as error:
            if is_damage(error):
                raise StoreDamaged(str(error)) from error
        finally:
            conn.close()

    def _look_at_archives(self, conn: sqlite3.Connection) -> None:
        """Whether they are there, once a round; and what was wrong, whether it is mended."""
        folder = anchors.folder_of(self._path)
        if not self._after:
            self.archives = not_there(conn, folder) | self.archives
        if self.archives:
            known = {one.file: one for one in anchors.every(conn)}
            again = {name: fault(known[name], folder) for name in self.archives if name in known}
            self.archives = {name: what for name, what in again.items() if what}

    def _look(self, conn: sqlite3.Connection) -> None:
        # From the last one looked at: that the next one follows it is seen in one read, because
        # facts of meanwhile get other places when a restore is settled.
        reached = self.progress.seq
        rows = fact_rows.after(conn, self._after, AT_ONCE)
        for number in range(len(rows)):
            row = rows[number]
            try:
                chain(rows[max(number - 1, 0) : number + 1])
            except StoreDamaged as damage:
                if not row.archived:
                    raise
                return self._pass_by(conn, row, str(damage))
            self._reached(row.seq, row.seq - 1)
        if self.progress.seq == reached:
            self.progress, self._after = Progress(rounds=self.progress.rounds + 1), 0
        return None

    def _pass_by(self, conn: sqlite3.Connection, row: Row, damage: str) -> None:
        """Go on behind an archive file that is not as it was sealed."""
        anchor = anchors.every(conn, row.seq - 1)[0]
        said = fault(anchor, anchors.folder_of(self._path)) or f"{anchor.file}: {damage}"
        self.archives[anchor.file] = said
        self._reached(anchor.last_seq, anchor.last_seq)

    def _reached(self, seq: int, after: int) -> None:
        self.progress, self._after = replace(self.progress, seq=seq), after
