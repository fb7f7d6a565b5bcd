"""The referee: a process of its own that keeps what the machines truly made.

    python -m simulators.referee STORE.sqlite --truth-fd N

It has no address: the truth comes through the inherited descriptor N, questions
through its standard input, one a line; each is answered by one line of JSON.

    flush RUN SEQ   when all up to SEQ of that run is stored: {"flushed": true, "seq": SEQ};
                    if the pipe ended before: {"flushed": false, "seq": what there is}
    flush           what is in the pipe now is stored
    totals          {"totals": [{machine, number, order, operation, recipe, good, scrap}],
                    "lost": lines that never came}
    quit            ends, as the end of the standard input does
"""

import json
import os
import selectors
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

SCHEMA = """
CREATE TABLE IF NOT EXISTS truth (
    machine TEXT NOT NULL, number INTEGER NOT NULL, recipe INTEGER NOT NULL,
    good INTEGER NOT NULL, scrap INTEGER NOT NULL,
    PRIMARY KEY (machine, number, recipe)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (
    machine TEXT PRIMARY KEY, good_raw INTEGER NOT NULL, reject_raw INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run (
    run TEXT PRIMARY KEY, seq INTEGER NOT NULL, lost INTEGER NOT NULL
) WITHOUT ROWID;
"""
ADD_PIECES = """
INSERT INTO truth VALUES (:machine, :order, :recipe, :good, :scrap)
ON CONFLICT DO UPDATE SET good = good + excluded.good, scrap = scrap + excluded.scrap
"""
SET_COUNTER = "INSERT OR REPLACE INTO counter VALUES (:machine, :good_raw, :reject_raw)"
# A line that is missing between two is counted: the referee must not hide its own holes.
SET_RUN = """
INSERT INTO run VALUES (:run, :seq, :seq - 1)
ON CONFLICT DO UPDATE SET lost = lost + excluded.seq - seq - 1, seq = excluded.seq
"""
TOTALS = """
SELECT machine, number, number / 1000 AS "order", number % 1000 AS operation, recipe, good, scrap
FROM truth ORDER BY number, machine, recipe
"""


class Book:
    """The truth in SQLite, one transaction a batch of lines."""

    def __init__(self, store: Path) -> None:
        os.close(os.open(store, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(store, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        # What the kernel has outlives a kill; a power cut ends the simulation as well.
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(SCHEMA)

    def add(self, lines: list[bytes]) -> None:
        """Store all lines or none; a line that is not of the protocol raises ValueError."""
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
        self._db.execute("BEGIN IMMEDIATE")
        for statement in (ADD_PIECES, SET_COUNTER, SET_RUN):
            self._db.executemany(statement, rows)
        self._db.execute("COMMIT")

    def sequence(self, run: str) -> int:
        """The last line of a run that is stored; 0 if there is none."""
        row = self._db.execute("SELECT seq FROM run WHERE run = ?", (run,)).fetchone()
        return int(row["seq"]) if row else 0

    def totals(self) -> dict[str, Any]:
        """Good and scrap by machine, order number and recipe, over all runs."""
        lost = self._db.execute("SELECT coalesce(sum(lost), 0) FROM run").fetchone()[0]
        return {"totals": [dict(row) for row in self._db.execute(TOTALS)], "lost": lost}

    def close(self) -> None:
        self._db.close()


class Lines:
    """Whole lines out of a descriptor; what has no end yet waits."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self.ended = False
        self._rest = b""

    def read(self) -> list[bytes]:
        """The lines that have come, at most one pipe's content; sets `ended` at the end."""
        try:
            data = os.read(self.descriptor, 1 << 20)
        except BlockingIOError:
            return []
        self.ended = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        return lines


class Referee:
    """Reads truth and questions by turns, truth first."""

    def __init__(self, book: Book, truth: Lines, questions: Lines) -> None:
        self._book, self._truth, self._questions = book, truth, questions
        self._waiting: list[tuple[str, int]] = []
        self._running = True

    def serve(self) -> None:
        """Until `quit` or the end of the questions; what is in the pipe then is stored."""
        with selectors.DefaultSelector() as ready:
            ready.register(self._truth.descriptor, selectors.EVENT_READ, self._take_truth)
            ready.register(self._questions.descriptor, selectors.EVENT_READ, self._take_questions)
            while self._running and not self._questions.ended:
                for key, _ in ready.select():
                    key.data()
                if self._truth.ended and self._truth.descriptor in ready.get_map():
                    ready.unregister(self._truth.descriptor)
        self._take_truth()

    def _take_truth(self) -> None:
        while lines := self._truth.read():
            self._book.add(lines)
        self._answer_waiting()

    def _take_questions(self) -> None:
        for line in self._questions.read():
            self._answer(line.decode().split())

    def _answer(self, words: list[str]) -> None:
        match words:
            case ["flush"]:
                self._take_truth()
                _say({"flushed": True})
            case ["flush", run, sequence] if sequence.isdecimal():
                self._waiting.append((run, int(sequence)))
                self._take_truth()
            case ["totals"]:
                self._take_truth()
                _say(self._book.totals())
            case ["quit"]:
                self._running = False
                _say({"quit": True})
            case _:
                _say({"error": f"{' '.join(words)!r}: one of flush, flush RUN SEQ, totals, quit"})

    def _answer_waiting(self) -> None:
        answered = list(self._answered())
        self._waiting = [each for each in self._waiting if each not in answered]

    def _answered(self) -> Iterator[tuple[str, int]]:
        for run, wanted in self._waiting:
            stored = self._book.sequence(run)
            if stored >= wanted or self._truth.ended:
                _say({"flushed": stored >= wanted, "seq": stored})
                yield run, wanted


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main(store: Path, truth_fd: int = typer.Option(...)) -> None:
    """Keep the truth of a simulation."""
    book = Book(store)
    try:
        Referee(book, Lines(truth_fd), Lines(sys.stdin.fileno())).serve()
    finally:
        book.close()


if __name__ == "__main__":
    typer.run(main)
