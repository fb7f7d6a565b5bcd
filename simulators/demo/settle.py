"""After the freeze: wait, by probes, until all that was made has gone the whole way."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from simulators.clock import Clock
from simulators.demo.collect import read_only
from simulators.demo.errors import NoAnswer
from simulators.demo.floor import Floor
from simulators.demo.reader import FeedReader
from simulators.erp.errors import ServiceUnavailable

PAUSE_S = 0.2
# A link that is told the same refusal for so long, and sends nothing meanwhile, goes on by no
# waiting: a person has to look at what sync says.
REFUSED_S = 10.0
REFUSED = "HTTP 409"
Probe = Callable[[], str | None]


@dataclass(frozen=True, kw_only=True)
class Way:
    """Who is asked: the edge, the feed (through an own reader), the ERP's file."""

    floor: Floor
    reader: FeedReader
    books: Path


@dataclass
class Refusal:
    """What sync says against the facts that wait, how many do, and since when (monotonic)."""

    said: str = ""
    waiting: int = 0
    since: float = 0.0

    def seen(self, said: str, waiting: int, now: float) -> str:
        """Take note of an answer; between two attempts there is none, and the last one counts."""
        refused = said.startswith(REFUSED)
        if waiting < self.waiting or (refused and said != self.said):
            self.said, self.since = said if refused else "", now
        self.waiting = waiting
        return self.said

    def stays(self, now: float) -> bool:
        """Whether it has been the same for so long that no waiting helps."""
        return bool(self.said) and now - self.since >= REFUSED_S


class Settling:
    """Three waits in the order of the way; `findings` says what did not come in time."""

    def __init__(self, way: Way, clock: Clock, check: Callable[[], None], seconds: float) -> None:
        """`check` raises if a process has ended; `seconds` bounds all waits together."""
        self._way, self._clock, self._check = way, clock, check
        self._until = clock.monotonic() + seconds
        self._found: dict[str, None] = {}
        self._refusal = Refusal()

    @property
    def findings(self) -> list[str]:
        """What did not come, each once, in the order of the way."""
        return list(self._found)

    def run(self, frozen_at: int) -> None:
        """Wait for what was made up to plant time `frozen_at` (us)."""
        self._wait("edge", lambda: self._devices_read(frozen_at))
        # Once more: a second snapshot says that the first one's facts are committed.
        again = self._clock.now()
        self._wait("edge", lambda: self._devices_read(again))
        self._wait("link", self._link_drained)
        self._wait("erp", self._erp_done)

    def _wait(self, name: str, probe: Probe) -> None:
        while missing := self._ask(probe):
            self._check()
            now = self._clock.monotonic()
            if now >= self._until or (name == "link" and self._refusal.stays(now)):
                self._found[f"{name}: {missing}"] = None
                return
            time.sleep(PAUSE_S)

    @staticmethod
    def _ask(probe: Probe) -> str | None:
        try:
            return probe()
        except (NoAnswer, ServiceUnavailable, sqlite3.OperationalError) as error:
            return str(error)

    def _devices_read(self, since: int) -> str | None:
        devices = self._way.floor.status()["devices"]
        late = [d["id"] for d in devices if (d.get("read_at") or 0) < since]
        return f"not read since the freeze: {', '.join(late)}" if late or not devices else None

    def _link_drained(self) -> str | None:
        status = self._way.floor.status()
        waiting = status["waiting"]
        said = str(status.get("link", {}).get("detail", ""))
        why = self._refusal.seen(said, waiting, self._clock.monotonic())
        told = f"{waiting} facts wait to be forwarded"
        return (f"{told}: {why}" if why else told) if waiting else None

    def _erp_done(self) -> str | None:
        self._way.reader.read_to_tip()
        with closing(read_only(self._way.books)) as db:
            kept = dict(db.execute("SELECT id, acknowledged FROM item").fetchall())
            memo = dict(db.execute("SELECT name, value FROM memo").fetchall())
        unread = len(self._way.reader.ids - kept.keys())
        if unread:
            return f"{unread} items of the feed are not booked"
        open_ = sum(1 for acknowledged in kept.values() if not acknowledged)
        if open_:
            return f"{open_} items are not acknowledged"
        if kept and memo.get("reported") != memo.get("cursor"):
            return "it has not sent its book totals"
        return None
