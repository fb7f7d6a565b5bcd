"""Which job orders have changed since somebody looked, kept in memory beside the writer.

Whoever shows job orders reads the changed ones alone: of 12,000 a few have new pieces from one
look to the next.
"""

import threading
from collections import deque
from collections.abc import Iterable

from edge.domain.changes import Change

JOBS, QUESTIONS = "job_progress", "job_question"
REMEMBERED = 2000  # transactions; who looks more rarely reads all
Ids = frozenset[str] | None  # None: any may have changed


class JobChanges:
    """Noted by the writer after each commit, asked from any thread."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._version = 0
        self._noted: deque[tuple[int, Ids]] = deque(maxlen=REMEMBERED)

    def note(self, ids: Ids) -> None:
        """These have changed in a transaction that is committed."""
        if ids is None or ids:
            with self._door:
                self._version += 1
                self._noted.append((self._version, ids))

    def since(self, version: int) -> tuple[int, Ids]:
        """The version now, and what has changed since `version` (None: read all)."""
        with self._door:
            now, noted = self._version, [one for one in self._noted if one[0] > version]
        found: set[str] = set()
        for _, ids in noted:
            if ids is None:
                return now, None
            found |= ids
        return now, frozenset(found) if len(noted) == now - version else None


def changed_jobs(before: Ids, changes: Iterable[Change]) -> Ids:
    """What a transaction has changed, with what these changes do."""
    if before is None:
        return None
    found: set[str] = set()
    for change in changes:
        if change.table == JOBS:
            found.add(str(change.key["job_order_id"]))
        elif change.table == QUESTIONS:
            return None
    return before | found if found else before
