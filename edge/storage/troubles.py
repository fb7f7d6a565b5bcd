"""What a store's connections run into, told to whoever keeps the store, from any thread."""

import errno
import sqlite3
import threading
from collections.abc import Callable

from edge.storage.damage import is_damage
from edge.storage.recovery import NOTHING, Order

FULL = frozenset({sqlite3.SQLITE_FULL})
WRITES = frozenset(
    {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_CANTOPEN}
)


class Troubles:
    """Damage is told once for each opening of the store; a full disk each time it is met."""

    def __init__(self) -> None:
        self.order: Order = NOTHING
        self._door = threading.Lock()
        self._damaged: Callable[[Order], None] = lambda _: None
        self._full: Callable[[], None] = lambda: None

    def listen(self, damaged: Callable[[Order], None], full: Callable[[], None]) -> None:
        """Tell of damage that was or will be met, and of a full disk; both are called from any
        thread and must not wait."""
        with self._door:
            self._damaged, self._full = damaged, full
            known = self.order
        if known is not NOTHING:
            damaged(known)

    def met(self, error: BaseException) -> None:
        """An error of SQLite's."""
        if is_damage(error):
            self.damage(Order(damage=str(error)))
        elif is_full(error):
            self._full()

    def damage(self, order: Order) -> None:
        """The file is damaged, as `order` says."""
        with self._door:
            if self.order is not NOTHING:
                return
            self.order, tell = order, self._damaged
        tell(order)


def is_full(error: BaseException) -> bool:
    """Whether there may be no space left on the disk."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    return getattr(error, "sqlite_errorcode", None) in FULL | WRITES
