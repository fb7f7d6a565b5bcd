"""From what was watched to the places that are judged: registers joined, nodes named."""

import re
from collections.abc import Iterable, Sequence

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import DATA_TYPES
from plc_drivers.discovery.browse import Variable
from plc_drivers.discovery.roles import Watched
from plc_drivers.discovery.scan import Run
from plc_drivers.discovery.series import series_of
from plc_drivers.discovery.watching import Record
from plc_drivers.discovery.words import places
from plc_drivers.modbus.address import BIT_TABLES

_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")
LONGEST_ID = 64
WHOLE = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "bool")


def register_tags(runs: Iterable[Run]) -> tuple[TagConfig, ...]:
    """A tag for each register or bit of the runs, named as its address."""
    return tuple(
        TagConfig(
            id=f"{run.table}_{number}",
            address=f"{run.table}:{number}",
            type="bool" if run.table in BIT_TABLES else "uint16",
        )
        for run in runs
        for number in range(run.first, run.first + run.count)
    )


def register_places(record: Record, runs: Sequence[Run]) -> tuple[Watched, ...]:
    """The numbers of a Modbus device, with the words of each joined where that is proved."""
    found: list[Watched] = []
    for table in dict.fromkeys(run.table for run in runs):
        numbers = [
            n for run in runs if run.table == table for n in range(run.first, run.first + run.count)
        ]
        values = {
            number: record.whole(f"{table}_{number}")
            for number in numbers
            if f"{table}_{number}" in record.values
        }
        if table in BIT_TABLES:
            found += [_bit(record, table, number, seen) for number, seen in values.items()]
            continue
        found += [
            Watched(
                id=f"{table}_{place.number}",
                address=f"{table}:{place.number}",
                type=place.type,
                series=place.series,
                order=place.order,
                evidence=tuple(each for each in (place.proof, place.hint) if each),
            )
            for place in places(record.times, values)
        ]
    return tuple(found)


def _bit(record: Record, table: str, number: int, seen: Sequence[int | None]) -> Watched:
    series = series_of(record.times, seen, 1)
    return Watched(id=f"{table}_{number}", address=f"{table}:{number}", type="bool", series=series)


def node_tags(variables: Sequence[Variable]) -> tuple[TagConfig, ...]:
    """A tag for each variable, named after it, each name once."""
    return tuple(
        TagConfig(id=id_, address=variable.address, type=variable.type)
        for id_, variable in zip(node_ids(variables), variables, strict=True)
    )


def node_ids(variables: Sequence[Variable]) -> tuple[str, ...]:
    """Ids of plant.toml from browse names: the shortest end of the path that is its own."""
    ids: list[str] = []
    for variable in variables:
        lengths = range(1, len(variable.path) + 1)
        names = (_fit(".".join(variable.path[-length:])) for length in lengths)
        free = (name for name in names if name not in ids)
        number = len(ids) + 1
        ids.append(next(free, f"node{number}"))
    return tuple(ids)


def node_places(record: Record, variables: Sequence[Variable]) -> tuple[Watched, ...]:
    """The variables of an OPC UA server."""
    found: list[Watched] = []
    for id_, variable in zip(node_ids(variables), variables, strict=True):
        told = variable.recognised
        whole = variable.type in WHOLE and id_ in record.values
        bits = DATA_TYPES[variable.type].bits
        series = series_of(record.times, record.whole(id_), bits) if whole else None
        found.append(
            Watched(
                id=id_,
                address=variable.address,
                type=variable.type,
                series=series,
                name=".".join(variable.path[-2:]),
                unit=variable.unit,
                known=told.role if told else "",
                model=told.model if told else "",
                states=told.states if told else "",
                writable=variable.writable,
            )
        )
    return tuple(found)


def _fit(name: str) -> str:
    return _UNFIT.sub("_", name).strip("_.-")[-LONGEST_ID:].lstrip("_.-") or "node"
