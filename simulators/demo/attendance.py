"""Who comes to the shift and when, by `shift.toml`; the demo scans their badges at the edge."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from simulators.clock import MICROS, to_datetime, to_micros
from simulators.demo.errors import DemoInvalid, NoAnswer
from simulators.errors import Fault
from simulators.toml_reader import Table

FORMAT = "taktline.shift/1"
WORKING_DAYS = range(5)
MINUTE = 60 * MICROS


@dataclass(frozen=True, kw_only=True)
class Coming:
    """Somebody who comes at `at` from Monday to Friday, on the day `late_on` at `late_at`.

    `work_center` "" is the site.
    """

    badge: str
    work_center: str
    at: time
    late_on: date | None = None
    late_at: time | None = None

    def on(self, day: date) -> time | None:
        """When they come on a day; None: they do not."""
        if day.weekday() not in WORKING_DAYS:
            return None
        return self.late_at if day == self.late_on else self.at


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """All who come, by the clock of `zone`."""

    zone: ZoneInfo
    people: tuple[Coming, ...] = ()


class Gate(Protocol):
    """Where badges are scanned."""

    def sign_on(self, badge: str, work_center: str, key: str) -> str:
        """The id of whoever is signed on now. Raises NoAnswer."""
        ...


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Somebody has signed on, so many minutes later than on other days."""

    person: str
    work_center: str
    late: int


@dataclass
class Arrivals:
    """Signs everybody on who comes from `since` (us) on; where the edge does not answer, once it
    does again."""

    attendance: Attendance
    gate: Gate
    since: int = 0
    _there: set[tuple[str, date]] = field(default_factory=set)

    def look(self, now: int) -> Iterable[Arrival]:
        """Those who have come by plant time `now` (us) and are signed on."""
        today = to_datetime(now).astimezone(self.attendance.zone).date()
        for one in self.attendance.people:
            at, here = one.on(today), (one.badge, today)
            if at is None or here in self._there:
                continue
            if not self.since <= self._moment(today, at) <= now:
                continue
            key = f"shift-{today}-{one.badge}"
            try:
                person = self.gate.sign_on(one.badge, one.work_center, key)
            except NoAnswer:
                continue  # asked again at the next look
            self._there.add(here)
            late = (now - self._moment(today, one.at)) // MINUTE if at > one.at else 0
            yield Arrival(person=person, work_center=one.work_center, late=late)

    def _moment(self, day: date, at: time) -> int:
        return to_micros(datetime.combine(day, at, tzinfo=self.attendance.zone))


def load_attendance(path: Path) -> Attendance:
    """What the file says; nobody comes where there is none. Raises DemoInvalid."""
    if not path.is_file():
        return Attendance(zone=ZoneInfo("UTC"))
    faults: list[Fault] = []
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        mend = "a readable TOML file"
        fault = Fault(place="file", value=path.name, message=str(error), mend=mend)
        raise DemoInvalid(str(fault)) from error
    found = _attendance(Table(content, "", faults))
    if faults:
        raise DemoInvalid(f"{path}: " + "; ".join(str(fault) for fault in faults))
    return found


def _attendance(table: Table) -> Attendance:
    table.text("format", among=(FORMAT,))
    zone = table.text("timezone")
    people = tuple(_coming(each) for each in table.tables("comes"))
    table.close()
    try:
        return Attendance(zone=ZoneInfo(zone), people=people)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        table.refuse("timezone", "is no time zone", "an IANA name such as Europe/Berlin")
        return Attendance(zone=ZoneInfo("UTC"))


def _coming(table: Table) -> Coming:
    center = "" if table.peek("work_center") is None else table.text("work_center")
    table.skip("work_center")
    late_on, late_at = _late(table)
    coming = Coming(
        badge=table.text("badge"),
        work_center=center,
        at=table.clock_time("at"),
        late_on=late_on,
        late_at=late_at,
    )
    table.close()
    return coming


def _late(table: Table) -> tuple[date | None, time | None]:
    table.skip("late")
    if table.peek("late") is None:
        return None, None
    late = table.table("late")
    try:
        day = date.fromisoformat(late.text("day"))
    except ValueError:
        late.refuse("day", "is no day", '"2026-06-08"')
        day = date.min
    at = late.clock_time("at")
    late.close()
    return day, at
