"""Makes a dictionary for `edge/storage/packing.py` from the facts of stores, and says what it does.

    python -m bench.dictionary NUMBER TARGET STORE...

Three quarters of the facts are learned from, the rest is measured. Names of plants are
changed before, so that the dictionary holds what all plants share. A dictionary that was
released is never made anew: take the next number.
"""

import random
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import zstandard

from edge.storage.fact_rows import every
from edge.storage.packing import LEVEL, MAGIC, without_place

SIZE = 8192
LARGEST = 1500  # bytes; plans and the like repeat nothing that others say
DAYS = 400
DAY = 86_400_000_000
WORDS = ("HINGE", "PIPE", "VALVE", "100", "RING", "CAP")
CENTERS = ("L", "M", "P", "WC", "line", "press")
EDGES = (("e1", "two_shift"), ("plant2", "three_shift"), ("werk1", "early_late"), ("edge", "24_7"))
TIME = re.compile(rb"(?<=:)1\d{15}(?=[,}])")


def texts(store: Path) -> Iterator[bytes]:
    """The facts of a store as they are packed, but for their names."""
    with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as conn:
        for row in every(conn):
            if len(row.data) < LARGEST:
                yield renamed(without_place(row.data), random.Random(row.seq // 5))


def renamed(text: bytes, chance: random.Random) -> bytes:
    """A fact as another plant would write it, on another day."""
    edge, calendar = chance.choice(EDGES)
    text = re.sub(rb'"edge_id":"[^"]*"', b'"edge_id":"%b"' % edge.encode(), text)
    text = text.replace(b"two_shift", calendar.encode())
    center = f'"{chance.choice(CENTERS)}{chance.randint(1, 40)}"'.encode()
    text = re.sub(rb'"L\d+"', center, text)
    product = f"{chance.choice(WORDS)}-{chance.randint(1, 9999)}".encode()
    text = re.sub(rb"[A-Z]+-[A-Z]?\d+", product, text)
    moved = chance.randint(-DAYS, DAYS) * DAY + chance.randint(0, 3600) * 1_000_037
    return TIME.sub(lambda found: b"%d" % (int(found[0]) + moved), text)


def main(number: int, target: Path, stores: list[Path]) -> None:
    """Write the dictionary and print bytes a fact, on facts that it has not seen."""
    facts: list[bytes | bytearray | memoryview] = [t for store in stores for t in texts(store)]
    random.Random(number).shuffle(facts)
    seen, unseen = facts[len(facts) // 4 :], facts[: len(facts) // 4]
    made = zstandard.train_dictionary(SIZE, seen, dict_id=number)
    target.write_bytes(made.as_bytes())
    packer = zstandard.ZstdCompressor(LEVEL, made, write_dict_id=False)
    size = sum(len(packer.compress(text)) - len(MAGIC) for text in unseen) / len(unseen)
    plain = sum(map(len, unseen)) / len(unseen)
    print(f"{target}: {len(seen)} facts; of {plain:.0f} bytes a fact {size:.0f} are left")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
