"""Reads a scenario.toml: the simulated plant. Strict, and all faults are named at once."""

import tomllib
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from simulators.blueprint import CrewSpec, Scenario, Shift
from simulators.errors import Fault, ScenarioInvalid
from simulators.scenario_machines import read_machines, refuse_twice
from simulators.toml_reader import Table

FORMAT = "taktline.scenario/1"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MIN = 1440


def load_scenario(path: Path, seed: int | None = None) -> Scenario:
    """The scenario of a file; `seed` replaces the one that stands there.

    Raises ScenarioInvalid with every fault by place, value, message and mend.
    """
    faults: list[Fault] = []
    scenario = _scenario(Table(_parse(path), "", faults), seed, path.parent)
    if faults:
        raise ScenarioInvalid(str(path), faults)
    return scenario


def _parse(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        fault = Fault(
            place="file", value=path.name, message=str(error), mend="a readable TOML file"
        )
        raise ScenarioInvalid(str(path), [fault]) from error


def _scenario(table: Table, seed: int | None, home: Path) -> Scenario:
    table.text("format", among=(FORMAT,))
    written = table.integer("seed", 0, 2**63 - 1)
    zone = table.text("timezone")
    if not _is_zone(zone):
        table.refuse("timezone", "is no time zone", "an IANA name such as Europe/Berlin")
        zone = "UTC"
    crews = {crew.id: crew for crew in _crews(table, zone)}
    machines = read_machines(table, crews, home)
    table.close()
    return Scenario(seed=written if seed is None else seed, machines=tuple(machines))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
    return True


def _crews(table: Table, zone: str) -> list[CrewSpec]:
    crews = []
    tables = table.tables("crew")
    for each in tables:
        shifts = tuple(_shift(shift) for shift in each.tables("shift", least=1))
        closed = each.spans("closed")
        if any(end <= start for start, end in closed):
            each.refuse("closed", "a span ends before it starts", "put the earlier time first")
        crews.append(
            CrewSpec(id=each.text("id"), timezone=zone, shifts=shifts, closed=tuple(closed))
        )
        each.close()
    refuse_twice(tables, "id", [crew.id for crew in crews])
    return crews


def _shift(table: Table) -> Shift:
    shift = Shift(
        name=table.text("name"),
        days=frozenset(DAYS.index(day) for day in table.texts("days", DAYS)),
        start=table.clock_time("start"),
        end=table.clock_time("end"),
        breaks=tuple(table.clock_spans("breaks")),
    )
    if not all(_is_inside(shift, start, end) for start, end in shift.breaks):
        table.refuse("breaks", "lies outside the shift", "breaks between start and end")
    table.close()
    return shift


def _is_inside(shift: Shift, start: time, end: time) -> bool:
    begin = _minutes(shift.start)
    length = (_minutes(shift.end) - begin - 1) % DAY_MIN + 1
    first, last = ((_minutes(at) - begin) % DAY_MIN for at in (start, end))
    return first < (last or length) <= length


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
