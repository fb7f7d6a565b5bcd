"""The lock that keeps a store to one process.

The kernel drops it when its holder ends, however it ends; the file stays, so that
nobody ever locks a file that another has just removed. Its text says who holds it.
"""

import fcntl
import json
import os
import sys
from pathlib import Path

from edge.domain.clock import to_datetime
from edge.storage.errors import StoreLocked

_held: set[int] = set()


def _let_go_in_child() -> None:
    # A forked child shares the lock and would hold it on after its parent's death.
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_let_go_in_child)


class LockFile:
    """Held from `take` until `release`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path, *, now: int) -> "LockFile":
        """Hold `path` or raise StoreLocked that names who does; `now` in us."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise StoreLocked(str(path.with_suffix("")), holder_of(path)) from error
        _held.add(descriptor)
        text = json.dumps(
            {
                "pid": os.getpid(),
                "start": to_datetime(now).isoformat(),
                "command": " ".join(sys.argv),
            }
        )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)
        return cls(path, descriptor)

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._descriptor in _held:
            _held.discard(self._descriptor)
            os.close(self._descriptor)


def is_held(path: Path) -> bool:
    """Whether a process holds the lock at `path` now."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def holder_of(path: Path) -> str:
    """Who holds the lock, in words; it may just have been taken, with nothing written yet."""
    try:
        holder = json.loads(path.read_text())
        return f"process {holder['pid']} since {holder['start']} ({holder['command']})"
    except (ValueError, KeyError):
        return "another process"
