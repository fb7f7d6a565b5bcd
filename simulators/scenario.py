"""Reads a scenario.toml: the simulated plant. Strict, and all faults are named at once."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from fractions import Fraction
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from simulators.blueprint import (
    PPM,
    Counter,
    CrewSpec,
    MachineSpec,
    Recipe,
    Scenario,
    Shift,
    Spread,
    StopKind,
)
from simulators.clock import MICROS
from simulators.errors import Fault, ScenarioInvalid
from simulators.packml import STOP_STATES
from simulators.toml_reader import Table

FORMAT = "taktline.scenario/1"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PROTOCOLS = {"opc.tcp": "opcua", "modbus.tcp": "modbus"}
DAY_S = "86400"
DAY_MIN = 1440
UINT16 = (1 << 16) - 1


def load_scenario(path: Path, seed: int | None = None) -> Scenario:
    """The scenario of a file; `seed` replaces the one that stands there.

    Raises ScenarioInvalid with every fault by place, value, message and mend.
    """
    faults: list[Fault] = []
    scenario = _scenario(Table(_parse(path), "", faults), seed)
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


def _scenario(table: Table, seed: int | None) -> Scenario:
    table.text("format", among=(FORMAT,))
    written = table.integer("seed", 0, 2**63 - 1)
    zone = table.text("timezone")
    if not _is_zone(zone):
        table.refuse("timezone", "is no time zone", "an IANA name such as Europe/Berlin")
        zone = "UTC"
    crews = {crew.id: crew for crew in _crews(table, zone)}
    machines = _machines(table, crews)
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
    _refuse_twice(tables, "id", [crew.id for crew in crews])
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


def _machines(table: Table, crews: dict[str, CrewSpec]) -> list[MachineSpec]:
    tables = table.tables("machine", least=1)
    machines = [_machine(each, crews) for each in tables]
    _refuse_twice(tables, "id", [machine.id for machine in machines])
    addresses = [
        f"{each.host}:{each.port}" if each.port else f"free port {n}"
        for n, each in enumerate(machines)
    ]
    _refuse_twice(tables, "url", addresses)
    return machines


def _machine(table: Table, crews: dict[str, CrewSpec]) -> MachineSpec:
    address = _address(table)
    recipes = [_recipe(each) for each in _distinct(table, "recipe", "number", least=1)]
    stops = tuple(_stop(each) for each in _distinct(table, "stop", "code"))
    spec = MachineSpec(
        id=table.text("id"),
        name=table.text("name"),
        protocol=address.protocol,
        host=address.host,
        port=address.port,
        unit=table.integer("unit", 1, 247, 1),
        word_order=table.text("word_order", "ABCD", ("ABCD", "CDAB")),
        crew=_crew(table, crews),
        good=_counter(table.table("good")),
        reject=_counter(table.table("reject")),
        boot=table.integer("boot", 0, UINT16, 1),
        retentive=table.flag("retentive", True),
        cycle_spread=_spread(table.table("cycle_spread")),
        setup_spread=_spread(table.table("setup_spread")),
        recipes={recipe.number: recipe for recipe in recipes},
        stops=stops,
    )
    table.close()
    return spec


@dataclass(frozen=True)
class _Address:
    protocol: str = ""
    host: str = ""
    port: int = 0


def _address(table: Table) -> _Address:
    url = table.text("url")
    try:
        parts = urlsplit(url)
        if _is_plain(parts) and parts.port is not None and parts.hostname:
            return _Address(PROTOCOLS[parts.scheme], parts.hostname, parts.port)
    except ValueError:
        pass  # a port that is no port; named below
    table.refuse("url", "is no address", "opc.tcp://HOST:PORT or modbus.tcp://HOST:PORT")
    return _Address()


def _is_plain(parts: SplitResult) -> bool:
    extras = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    return parts.scheme in PROTOCOLS and not extras


def _crew(table: Table, crews: dict[str, CrewSpec]) -> CrewSpec | None:
    name = table.text("crew", "always")
    if name != "always" and name not in crews:
        table.refuse("crew", "is not known", f"one of {', '.join([*crews, 'always'])}")
    return crews.get(name)


def _counter(table: Table) -> Counter:
    bits = table.integer("bits", 16, 32)
    if bits not in (16, 32):
        table.refuse("bits", "is no width of a counter", "16 or 32")
    counter = Counter(start=table.integer("start", 0, 2**bits - 1), bits=bits)
    table.close()
    return counter


def _spread(table: Table) -> Spread:
    low, high = (table.fraction(key, "0.1", "10") for key in ("from", "to"))
    if low > high:
        table.refuse("to", "is less than `from`", "the larger factor")
    table.close()
    return Spread(low=int(low * PPM), high=int(high * PPM))


def _recipe(table: Table) -> Recipe:
    recipe = Recipe(
        number=table.integer("number", 1, UINT16),
        name=table.text("name"),
        cycle=_span(table.fraction("cycle_s", "0.001", DAY_S)),
        setup=_span(table.fraction("setup_s", "0", DAY_S)),
        scrap=int(table.fraction("scrap", "0", "1") * PPM),
    )
    table.close()
    return recipe


def _stop(table: Table) -> StopKind:
    shortest, longest = (
        _span(table.fraction(key, "1", DAY_S)) for key in ("shortest_s", "longest_s")
    )
    if shortest > longest:
        table.refuse("longest_s", "is less than `shortest_s`", "the longer time")
    stop = StopKind(
        code=table.integer("code", 1, UINT16),
        name=table.text("name"),
        state=STOP_STATES[table.text("state", among=tuple(STOP_STATES))],
        every=_span(table.fraction("every_s", "10", "31536000")),
        shortest=shortest,
        longest=longest,
    )
    table.close()
    return stop


def _span(seconds: Fraction) -> int:
    return round(seconds * MICROS)


def _distinct(table: Table, key: str, identity: str, least: int = 0) -> list[Table]:
    tables = table.tables(key, least)
    _refuse_twice(tables, identity, [each.peek(identity) for each in tables])
    return tables


def _refuse_twice(tables: list[Table], key: str, values: Iterable[object]) -> None:
    seen: list[object] = []
    for table, value in zip(tables, values, strict=True):
        if value in seen:
            table.refuse(key, "is there twice", "another one each")
        seen.append(value)
