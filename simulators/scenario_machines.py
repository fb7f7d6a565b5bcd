"""Reads the machines of a scenario.toml."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from simulators.blueprint import (
    PPM,
    Begin,
    Breakdown,
    CrewSpec,
    MachineSpec,
    Recipe,
    Spoilage,
    Spread,
    StopKind,
)
from simulators.clock import MICROS
from simulators.counter import Counter
from simulators.faults.kinds import EVERY, OPCUA, RTU, RTU_TCP, SOCKETS, TCP
from simulators.faults.reading import YEAR_S, read_begin, read_script
from simulators.kinds import KINDS, Kind
from simulators.packml import STOP_STATES
from simulators.scenario_access import read_access
from simulators.toml_reader import Table

DAY_S = "86400"
SPACES = ("flat", "packml")
UINT16 = (1 << 16) - 1
URLS = f"opc.tcp://HOST:PORT, {TCP}://HOST:PORT, {RTU_TCP}://HOST:PORT or {RTU}://pty"


def read_machines(table: Table, crews: dict[str, CrewSpec], home: Path) -> list[MachineSpec]:
    """All machines; folders are seen from `home`, the folder of the scenario."""
    tables = table.tables("machine", least=1)
    machines = [_machine(each, crews, home) for each in tables]
    refuse_twice(tables, "id", [machine.id for machine in machines])
    addresses = [
        f"{each.host}:{each.port}" if each.port else f"free port {n}"
        for n, each in enumerate(machines)
    ]
    refuse_twice(tables, "url", addresses)
    return machines


def _machine(table: Table, crews: dict[str, CrewSpec], home: Path) -> MachineSpec:
    address = _address(table)
    recipes = [_recipe(each) for each in _distinct(table, "recipe", "number", least=1)]
    stops = tuple(_stop(each) for each in _distinct(table, "stop", "code"))
    kind = KINDS.get(table.text("kind", "machine", tuple(KINDS)), Kind())
    spec = MachineSpec(
        id=table.text("id"),
        name=table.text("name"),
        scheme=address.scheme,
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
        stops=stops or kind.stops,
        faults=read_script(table, address.scheme),
        breakdowns=tuple(_breakdown(each) for each in table.tables("breakdown")),
        spoilage=tuple(_spoilage(each) for each in table.tables("spoilage")),
        counts_strokes=table.text("counts", kind.counts, ("pieces", "strokes")) == "strokes",
        mailbox=table.flag("mailbox", False),
        address_space=_address_space(table, address.scheme),
        access=read_access(table, address.scheme, home),
    )
    table.close()
    return spec


@dataclass(frozen=True)
class _Address:
    scheme: str = EVERY[0]
    host: str = ""
    port: int = 0


def _address(table: Table) -> _Address:
    url = table.text("url")
    try:
        parts = urlsplit(url)
        if parts.scheme == RTU and url == f"{RTU}://pty":
            return _Address(RTU)
        if _is_plain(parts) and parts.port is not None and parts.hostname:
            return _Address(parts.scheme, parts.hostname, parts.port)
    except ValueError:
        pass  # a port that is no port; named below
    table.refuse("url", "is no address", URLS)
    return _Address()


def _is_plain(parts: SplitResult) -> bool:
    extras = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    return parts.scheme in SOCKETS and not extras


def _crew(table: Table, crews: dict[str, CrewSpec]) -> CrewSpec | None:
    name = table.text("crew", "always")
    if name != "always" and name not in crews:
        table.refuse("crew", "is not known", f"one of {', '.join([*crews, 'always'])}")
    return crews.get(name)


def _address_space(table: Table, scheme: str) -> str:
    name = table.text("address_space", SPACES[0], SPACES)
    if name != SPACES[0] and scheme != OPCUA:
        table.refuse("address_space", f"is not possible on {scheme}", f"an url of {OPCUA}")
    return name


def _counter(table: Table) -> Counter:
    bits = table.integer("bits", 16, 32)
    if bits not in (16, 32):
        table.refuse("bits", "is no width of a counter", "16 or 32")
    most = 2**bits
    counter = Counter(
        start=table.integer("start", 0, most - 1),
        bits=bits,
        wraps_at=table.integer("wraps_at", 0, most, 0),
        stops_at=table.integer("stops_at", 0, most - 1, 0),
    )
    if counter.wraps_at and counter.stops_at:
        table.refuse("stops_at", "stands beside wraps_at", "one of them")
    if counter.start >= (counter.stops_at + 1 if counter.stops_at else counter.modulus):
        table.refuse("start", "is beyond the counter's end", "a value that it can show")
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
        pieces=table.integer("pieces_per_stroke", 1, 1000, 1),
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


def _breakdown(table: Table) -> Breakdown:
    told = Breakdown(
        code=table.integer("code", 1, UINT16),
        name=table.text("name"),
        state=STOP_STATES[table.text("state", among=tuple(STOP_STATES))],
        begin=_begin(table),
        lasts=_span(table.fraction("for", "1", YEAR_S)),
    )
    table.close()
    return told


def _spoilage(table: Table) -> Spoilage:
    told = Spoilage(
        begin=_begin(table),
        lasts=_span(table.fraction("for", "1", YEAR_S)),
        scrap=int(table.fraction("scrap", "0", "1") * PPM),
    )
    table.close()
    return told


def _begin(table: Table) -> Begin:
    at, after_start = read_begin(table, table.text("at"))
    return Begin(at=at, after_start=after_start)


def _span(seconds: Fraction) -> int:
    return round(seconds * MICROS)


def _distinct(table: Table, key: str, identity: str, least: int = 0) -> list[Table]:
    tables = table.tables(key, least)
    refuse_twice(tables, identity, [each.peek(identity) for each in tables])
    return tables


def refuse_twice(tables: list[Table], key: str, values: Iterable[object]) -> None:
    seen: list[object] = []
    for table, value in zip(tables, values, strict=True):
        if value in seen:
            table.refuse(key, "is there twice", "another one each")
        seen.append(value)
