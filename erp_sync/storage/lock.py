"""One process a SQLite store: a lock file beside it that says who holds it."""

import fcntl
import os
import socket
from pathlib import Path
from typing import IO

from erp_sync.errors import StoreLocked


class StoreLock:
    """Held from construction until `release`, or until the process dies."""

    def __init__(self, store: Path) -> None:
        """Raises StoreLocked, with the holder, if another process has it."""
        self.path = store.with_name(store.name + ".lock")
        self._file = self._open()

    def _open(self) -> IO[str]:
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            file.close()
            raise StoreLocked(
                f"{self.path}: the store is held by {holder}; mend: stop that process, "
                "or give this one another [store] url"
            ) from None
        file.truncate(0)
        file.write(f"taktline sync, process {os.getpid()} on {socket.gethostname()}\n")
        file.flush()
        return file

    def release(self) -> None:
        """Give the store free; the file stays, because removing it would race."""
        self._file.close()
