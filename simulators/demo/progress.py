"""What is seen while a demo runs: a live table on a terminal, a line now and then elsewhere.

Progress goes to the standard error, so that the report stays alone on the standard output.
"""

import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.live import Live
from rich.table import Table

from simulators.clock import to_datetime
from simulators.demo.collect import read_only
from simulators.demo.errors import NoAnswer
from simulators.demo.floor import Floor

LINE_EVERY_S = 10.0
RUNNING = frozenset({"Running", "Interrupted"})


@dataclass(frozen=True, kw_only=True)
class LineView:
    """A line of the plant: `job` is what runs on it, good and scrap are of all its jobs."""

    id: str
    name: str
    job: str
    good: int
    scrap: int


@dataclass(frozen=True, kw_only=True)
class View:
    """One look at the plant; `note` says why there is less to see."""

    lines: Sequence[LineView] = ()
    facts: int = 0
    waiting: int = 0
    note: str = ""


def look(floor: Floor) -> View:
    """Ask the edge; while it does not answer, the view says so."""
    try:
        status, jobs = floor.status(), floor.job_orders()
        lines = [_line_view(center, jobs) for center in floor.work_centers()]
    except NoAnswer as error:
        return View(note=f"the edge does not answer: {str(error)[:60]}")
    return View(lines=lines, facts=status["last_seq"], waiting=status["waiting"])


def booked_pieces(books: Path) -> int:
    """Good and scrap in the ERP's file; 0 before it has one."""
    try:
        with closing(read_only(books)) as db:
            return int(db.execute("SELECT coalesce(sum(good + scrap), 0) FROM total").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def _line_view(center: Mapping[str, Any], jobs: Sequence[Mapping[str, Any]]) -> LineView:
    own = [job for job in jobs if job["work_center"] == center["id"]]
    running = [job for job in own if job["state"] in RUNNING]
    texts = [f"{job['id']} {job['product']} {job['good']}/{job['quantity']}" for job in running]
    return LineView(
        id=str(center["id"]),
        name=str(center["name"]),
        job=", ".join(texts) or "-",
        good=sum(int(job["good"]) for job in own),
        scrap=sum(int(job["scrap"]) for job in own),
    )


class Progress(Protocol):
    """Shows how far a demo is."""

    def say(self, text: str) -> None:
        """A message that stays."""
        ...

    def show(self, plant_now: int, view: View, booked: int) -> None:
        """Replace what was shown before."""
        ...

    def close(self) -> None: ...


class PlainProgress:
    """Lines, at most one each ten seconds."""

    def __init__(self, zone: ZoneInfo, monotonic: Callable[[], float]) -> None:
        self._zone, self._monotonic = zone, monotonic
        self._next = monotonic()

    def say(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def show(self, plant_now: int, view: View, booked: int) -> None:
        if self._monotonic() < self._next:
            return
        self._next = self._monotonic() + LINE_EVERY_S
        lines = "  ".join(f"{line.id} {line.good}+{line.scrap} [{line.job}]" for line in view.lines)
        self.say(f"{clock_text(plant_now, self._zone)}  {view.note or lines}  booked {booked}")

    def close(self) -> None:
        """Lines need no end."""


class LiveProgress:
    """A table that is drawn anew."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._live = Live(console=Console(stderr=True), refresh_per_second=4, transient=True)
        self._live.start()

    def say(self, text: str) -> None:
        self._live.console.print(text, markup=False, highlight=False)

    def show(self, plant_now: int, view: View, booked: int) -> None:
        table = Table(
            title=f"{clock_text(plant_now, self._zone)}, plant time", title_justify="left"
        )
        for column in ("line", "job order (good/wanted)", "good", "scrap"):
            table.add_column(column, justify="right" if column in {"good", "scrap"} else "left")
        for line in view.lines:
            row = (f"{line.id} {line.name}", line.job, str(line.good), str(line.scrap))
            table.add_row(*row)
        facts = f"{view.facts} facts, {view.waiting} on their way; booked by the ERP: {booked}"
        table.caption = view.note or facts
        self._live.update(table)

    def close(self) -> None:
        self._live.stop()


def clock_text(plant_now: int, zone: ZoneInfo) -> str:
    """Plant time for people: `Mon 2026-06-08 07:15`."""
    return to_datetime(plant_now).astimezone(zone).strftime("%a %Y-%m-%d %H:%M")
