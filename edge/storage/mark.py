"""How far a store had come, in a few bytes beside it.

SQLite drops the end of a log that was damaged and says nothing, and a person may put an old
file in a store's place: the mark tells that facts are missing then. It is written after each
commit and not synced, so after a power cut it may be behind the store, never ahead of it.
"""

import contextlib
import os
import zlib
from pathlib import Path

LENGTH = 128


class Mark:
    """The last committed seq and hash; a failure to write it is nobody's failure."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(f"{store.name}.mark")
        self._descriptor: int | None = None

    def read(self) -> tuple[int, str]:
        """Seq and hash; 0 and "" where there is none, or one that was half written."""
        try:
            said = self._path.read_bytes()[:LENGTH].decode("ascii").split()
            seq, hash_, check = said
            whole = int(check) == zlib.crc32(f"{seq} {hash_}".encode())
        except (OSError, ValueError):
            return 0, ""
        return (int(seq), hash_) if whole else (0, "")

    def write(self, seq: int, hash_: str) -> None:
        """Say how far the store has come."""
        text = f"{seq} {hash_ or '-'}"
        line = f"{text} {zlib.crc32(text.encode())}".ljust(LENGTH).encode()
        with contextlib.suppress(OSError):
            if self._descriptor is None:
                flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
                self._descriptor = os.open(self._path, flags, 0o644)
            os.pwrite(self._descriptor, line, 0)

    def close(self) -> None:
        """Let the file go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
