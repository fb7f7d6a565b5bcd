"""The private channel: told before seen, and no more seen once it cannot be told."""

import json
import os
from pathlib import Path

import pytest

from simulators.clock import MICROS
from simulators.errors import TruthLost
from simulators.machine import Pieces
from simulators.referee import Book
from simulators.station import Station
from simulators.truth import NobodyAsks, TruthPipe
from tests.unit.simulators.plants import ManualClock, load, machine

PIECES = Pieces(
    machine="L1", order=1_001_010, recipe=1010, good=3, scrap=1, good_raw=2, reject_raw=9
)


def test_a_line_a_piece_of_truth() -> None:
    reading, writing = os.pipe()
    truth = TruthPipe(writing)
    truth.tell([PIECES, PIECES])
    truth.tell([])
    os.close(writing)
    with os.fdopen(reading) as lines:
        rows = [json.loads(line) for line in lines]
    assert [row["seq"] for row in rows] == [1, 2]
    assert truth.sequence == 2
    assert {row["run"] for row in rows} == {truth.run}


def test_the_descriptor_is_not_handed_on() -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    TruthPipe(writing)
    assert not os.get_inheritable(writing)
    os.close(reading)
    os.close(writing)


def test_what_cannot_be_told_is_never_shown() -> None:
    reading, writing = os.pipe()
    clock, made = ManualClock(), machine()
    station = Station(made, clock, TruthPipe(writing))
    load(made, 1, 10)
    assert station.scan()["good"] == 65_500
    os.close(reading)
    clock.plant += 70 * MICROS
    for _ in range(3):
        with pytest.raises(TruthLost):
            station.scan()
    os.close(writing)


def test_without_a_referee_machines_run() -> None:
    clock, made = ManualClock(), machine()
    station = Station(made, clock, NobodyAsks())
    load(made, 1, 10)
    station.scan()
    clock.plant += 70 * MICROS
    assert station.scan()["good"] == 65_505


def line(run: str, seq: int, good: int = 1, scrap: int = 0) -> bytes:
    row = {"run": run, "seq": seq, "machine": "L1", "order": 1_001_010, "recipe": 1010}
    return json.dumps(row | {"good": good, "scrap": scrap, "good_raw": 5, "reject_raw": 6}).encode()


def test_the_book_adds_up_and_outlives_its_process(tmp_path: Path) -> None:
    store = tmp_path / "truth.sqlite"
    book = Book(store)
    book.add([line("a", 1, good=2), line("a", 2, good=0, scrap=1)])
    book.add([line("b", 1, good=4)])
    book.close()
    again = Book(store)
    assert again.sequence("a") == 2
    assert again.sequence("none") == 0
    assert again.totals() == {
        "totals": [
            {
                "machine": "L1",
                "number": 1_001_010,
                "order": 1001,
                "operation": 10,
                "recipe": 1010,
                "good": 6,
                "scrap": 1,
            }
        ],
        "lost": 0,
    }
    again.close()
    assert store.stat().st_mode & 0o077 == 0, "its owner alone reads it"


def test_the_book_knows_its_holes(tmp_path: Path) -> None:
    book = Book(tmp_path / "truth.sqlite")
    book.add([line("a", 2), line("a", 3), line("a", 6)])
    assert book.totals()["lost"] == 3
    book.close()
