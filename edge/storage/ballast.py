"""A file beside the store that gives way when the disk is full.

On a full disk SQLite cannot even delete; with the ballast gone the edge can say so, end what
it has begun, and remove what it does not need.
"""

import os
from pathlib import Path

from edge.storage.archives.file import to_disk


class Ballast:
    """`size` bytes that are really taken; 0 for none."""

    def __init__(self, store: Path, size: int) -> None:
        self.path, self.size = store.with_name(f"{store.name}.ballast"), size

    @property
    def whole(self) -> bool:
        """Whether it lies there in its full size."""
        try:
            return self.path.stat().st_size >= self.size
        except OSError:
            return not self.size

    def make(self) -> bool:
        """Take the space; whether it could be had. What was begun in vain is removed."""
        if self.whole:
            return True
        part = self.path.with_name(f"{self.path.name}.part")
        try:
            with part.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self.size)
            part.rename(self.path)
            to_disk(self.path.parent)
        except OSError:
            part.unlink(missing_ok=True)
            return False
        return True

    def drop(self) -> bool:
        """Give the space back; whether there was any."""
        try:
            self.path.unlink()
        except OSError:
            return False
        return True
