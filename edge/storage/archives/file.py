"""An archive file: facts that follow each other, sealed, and readable a block at a time.

    taktline facts 1\\n
    {header as JSON}\\n
    blocks of 256 facts: hash before the first (32 bytes), the first 4 bytes of each fact's
      hash, then zlib: their lengths (uint32), their texts
    offset of each block (uint64), offset of that table (uint64), SHA-256 of all before

All numbers are little-endian. A text is a fact's canonical bytes without `seq` and `prev_hash`
(edge/storage/packing.py), or a zero byte and the whole canonical bytes. Hashes are not stored but
made again, fact by fact, from the hash before the block; the four bytes name the fact that
is not what it was. zlib, and not the packing of the live file: whoever opens this in twenty
years needs nothing but a standard library.
"""

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from edge.storage.packing import BLOCK, placed, without_place

MAGIC = b"taktline facts 1\n"
HASH, CHECK, OFFSET = 32, 4, 8
LONGEST_HEADER = 4096
READ_ONLY = 0o444


class ArchiveDamaged(Exception):
    """This file is not what was sealed: `seq` is the first fact that cannot be had from it."""

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(what)
        self.seq, self.what = seq, what


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a file holds; hashes in hex, `prev_hash` that of the fact before the first."""

    store_id: str
    edge_id: str
    first_seq: int
    last_seq: int
    count: int
    prev_hash: str
    first_hash: str
    last_hash: str

    @property
    def name(self) -> str:
        """The file's name: by what it holds, so that other facts never take its place."""
        return f"{self.first_seq:012d}-{self.last_seq:012d}-{self.last_hash[:12]}.facts"


@dataclass(frozen=True)
class Archived:
    """A fact out of a file; `sound` False if it is not what was put in."""

    seq: int
    hash: bytes
    data: bytes
    sound: bool


class Sealing:
    """A file that is being written: block by block, then sealed."""

    def __init__(self, folder: Path, header: Header) -> None:
        self.header = header
        self.path = folder / header.name
        self._part = folder / f"{header.name}.part"
        self._file = self._part.open("wb")
        self._sum = hashlib.sha256()
        self._offsets: list[int] = []
        head = json.dumps(asdict(header), sort_keys=True, separators=(",", ":"))
        self._write(MAGIC + head.encode() + b"\n")

    def add(self, prev_hash: bytes, facts: Sequence[tuple[int, bytes, bytes]]) -> None:
        """Write the next block: seq, hash and canonical bytes of each fact."""
        before = [prev_hash, *(digest for _, digest, _ in facts)]
        texts = [_text(seq, data, was) for (seq, _, data), was in zip(facts, before, strict=False)]
        lengths = struct.pack(f"<{len(texts)}I", *map(len, texts))
        checks = b"".join(digest[:CHECK] for _, digest, _ in facts)
        self._offsets.append(self._file.tell())
        packed = zlib.compress(lengths + b"".join(texts))
        self._write(prev_hash.ljust(HASH, b"\0") + checks + packed)

    def seal(self) -> tuple[int, bytes]:
        """Put the file in its place, on the disk and read only; its length and SHA-256."""
        table = self._file.tell()
        self._write(struct.pack(f"<{len(self._offsets) + 1}Q", *self._offsets, table))
        digest = self._sum.digest()
        self._file.write(digest)
        size = self._file.tell()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.chmod(READ_ONLY)
        self._part.rename(self.path)
        to_disk(self.path.parent)
        return size, digest

    def give_up(self) -> None:
        """Leave nothing of it."""
        self._file.close()
        self._part.unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._sum.update(data)


class ArchiveFile:
    """A sealed file. Raises ArchiveDamaged where it is missing or not what was sealed."""

    def __init__(self, path: Path, first_seq: int = 1) -> None:
        self.path = path
        self._first = first_seq  # named where the file does not even say what it holds

    @cached_property
    def header(self) -> Header:
        start = self._read(0, len(MAGIC) + LONGEST_HEADER)
        line, end, _ = start.removeprefix(MAGIC).partition(b"\n")
        try:
            if not start.startswith(MAGIC) or not end:
                raise ValueError("it does not begin as one")
            return Header(**json.loads(line))
        except (TypeError, ValueError) as error:
            raise ArchiveDamaged(self._first, f"{self.path} is no archive: {error}") from error

    def facts(self, after: int, limit: int) -> Iterator[Archived]:
        """At most `limit` facts behind `after`, in order."""
        header = self.header
        first = max(after + 1, header.first_seq)
        last = min(header.last_seq, first + limit - 1)
        for block in range(*self._blocks(first, last)):
            for fact in self._block(block):
                if first <= fact.seq <= last:
                    yield fact

    def check(self) -> bytes:
        """The file's SHA-256, read whole; raises ArchiveDamaged if it is not the one it ends in."""
        found = hashlib.sha256()
        try:
            left = self.path.stat().st_size - HASH
            with self.path.open("rb") as file:
                while left > 0 and (part := file.read(min(left, 1 << 20))):
                    found.update(part)
                    left -= len(part)
                end = file.read()
        except OSError as error:
            raise ArchiveDamaged(self._first, f"{self.path}: {error.strerror}") from error
        if end != found.digest():
            raise ArchiveDamaged(self._first, f"{self.path} is not as it was sealed")
        return end

    def _blocks(self, first: int, last: int) -> tuple[int, int]:
        start = self.header.first_seq
        return (first - start) // BLOCK, (last - start) // BLOCK + 1 if last >= first else 0

    @cached_property
    def _offsets(self) -> Sequence[int]:
        count = -(-self.header.count // BLOCK)
        try:
            size = self.path.stat().st_size
        except OSError as error:
            raise ArchiveDamaged(self._first, f"{self.path}: {error.strerror}") from error
        start = size - HASH - (count + 1) * OFFSET
        table = self._read(max(start, 0), (count + 1) * OFFSET)
        if start < 0 or struct.unpack_from("<Q", table, count * OFFSET)[0] != start:
            raise ArchiveDamaged(self._first, f"{self.path} was cut short")
        return struct.unpack(f"<{count + 1}Q", table)

    def _block(self, number: int) -> list[Archived]:
        first = self.header.first_seq + number * BLOCK
        count = min(BLOCK, self.header.last_seq - first + 1)
        start, end = self._offsets[number], self._offsets[number + 1]
        data = self._read(start, end - start)
        prev_hash = data[:HASH] if first > 1 else b""
        checks = data[HASH : HASH + count * CHECK]
        try:
            texts = list(_texts(zlib.decompress(data[HASH + count * CHECK :]), count))
            return list(_chained(texts, first, prev_hash, checks))
        except (ValueError, zlib.error, struct.error) as error:
            what = f"{self.path}: the block of fact {first} is damaged: {error}"
            raise ArchiveDamaged(first, what) from error

    def _read(self, start: int, length: int) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                return file.read(length)
        except OSError as error:
            raise ArchiveDamaged(self._first, f"{self.path}: {error.strerror}") from error


def to_disk(path: Path) -> None:
    """Return when a file, or the names in a folder, are on the disk; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(seq: int, data: bytes, prev_hash: bytes) -> bytes:
    try:
        text = without_place(data)
    except ValueError:
        return b"\0" + data
    return text if placed(text, seq, prev_hash) == data else b"\0" + data


def _texts(data: bytes, count: int) -> Iterator[bytes]:
    lengths = struct.unpack_from(f"<{count}I", data)
    start = struct.calcsize(f"<{count}I")
    if start + sum(lengths) != len(data):
        raise ValueError("its lengths do not add up")
    for length in lengths:
        yield data[start : start + length]
        start += length


def _chained(
    texts: Iterable[bytes], first: int, prev_hash: bytes, checks: bytes
) -> Iterator[Archived]:
    for place, text in enumerate(texts):
        seq = first + place
        data = text[1:] if text[:1] == b"\0" else placed(text, seq, prev_hash)
        prev_hash = hashlib.sha256(data).digest()
        sound = checks[place * CHECK : (place + 1) * CHECK] == prev_hash[:CHECK]
        yield Archived(seq, prev_hash, data, sound)
