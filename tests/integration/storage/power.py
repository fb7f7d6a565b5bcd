"""A power cut on the files of a recorded run: what was not synced may be lost, in any part."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random


@dataclass(frozen=True)
class Op:
    """A write, a truncation, a sync or the removal of a file."""

    kind: str
    offset: int
    path: str
    data: bytes


def operations(log: bytes) -> Iterator[Op]:
    """What the program did, in order; the last may be cut."""
    at = 0
    while (end := log.find(b"\n", at)) >= 0:
        kind, offset, count, path = log[at:end].decode().split(" ", 3)
        at = end + 1 + int(count)
        if at > len(log):
            return
        yield Op(kind, int(offset), path, log[end + 1 : at])


@dataclass
class Disk:
    """Files as they are surely on the disk, and what was done to them since their last sync."""

    sure: dict[str, bytearray] = field(default_factory=dict)
    unsure: dict[str, list[Op]] = field(default_factory=dict)

    def do(self, op: Op) -> None:
        if op.kind == "d":  # names are in order with syncs, as journalling file systems keep them
            self.sure.pop(op.path, None)
            self.unsure.pop(op.path, None)
            return
        if op.kind != "s":
            self.unsure.setdefault(op.path, []).append(op)
            return
        for one in self.unsure.pop(op.path, []):
            _apply(self.sure.setdefault(op.path, bytearray()), one)

    def cut(self, chance: Random, folder: Path) -> None:
        """Write the files as they stand after the power went: of what is not sure any part."""
        for path in {*self.sure, *self.unsure}:
            content = bytearray(self.sure.get(path, b""))
            for op in self.unsure.get(path, []):
                if chance.random() < 0.5:
                    _apply(content, op)
            (folder / Path(path).name).write_bytes(content)


def _apply(content: bytearray, op: Op) -> None:
    if op.kind == "t":
        del content[op.offset :]
        content.extend(bytes(op.offset - len(content)))
        return
    missing = op.offset + len(op.data) - len(content)
    content.extend(bytes(max(missing, 0)))
    content[op.offset : op.offset + len(op.data)] = op.data
