"""What a simulated ERP has to send: products, customers, orders, from an example's folder."""

import csv
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from simulators.erp.errors import ExampleInvalid

FORMAT = "taktline.erp-simulator/1"
HEADER = "id,number,product,product_revision,quantity,release,due,customer,priority"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """An operations definition: `content` is the body of its PUT, `operations` its seqs."""

    product: str
    revision: str
    content: Mapping[str, Any]

    @property
    def operations(self) -> tuple[int, ...]:
        return tuple(int(operation["seq"]) for operation in self.content["operations"])


@dataclass(frozen=True, kw_only=True)
class Order:
    """A row of the month plan; times stay as the ERP wrote them (ISO 8601 with offset)."""

    id: str
    number: int
    product: str
    product_revision: str
    quantity: int
    due: str
    customer: str
    priority: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The month plan: its name, revision and span, its rows and the CSV as it is sent."""

    id: str
    revision: int
    start: str
    end: str
    csv: str
    orders: tuple[Order, ...]


@dataclass(frozen=True, kw_only=True)
class Example:
    """All that an ERP sends. `consumer` is the name under which it polls."""

    consumer: str
    zone: ZoneInfo
    definitions: tuple[Definition, ...]
    plan: Plan


def load_example(directory: Path) -> Example:
    """Read `erp.toml` of an example's folder and what it names; raises ExampleInvalid."""
    path = directory / "erp.toml"
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
        if settings["format"] != FORMAT:
            raise ExampleInvalid(f"{path}: format {settings['format']!r}; expected {FORMAT!r}")
        return Example(
            consumer=str(settings["consumer"]["name"]),
            zone=ZoneInfo(settings["site"]["timezone"]),
            definitions=_definitions(directory / settings["definitions"]["directory"]),
            plan=_plan(directory, settings["plan"]),
        )
    except OSError as error:
        raise ExampleInvalid(f"{path}: cannot be read: {error}") from error
    except KeyError as missing:
        raise ExampleInvalid(f"{path}: the key {missing} is missing; add it") from missing
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise ExampleInvalid(f"{path}: {error}") from error


def _definitions(directory: Path) -> tuple[Definition, ...]:
    return tuple(_definition(path) for path in sorted(directory.glob("*.json")))


def _definition(path: Path) -> Definition:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        content = {k: v for k, v in document.items() if k not in {"product", "revision"}}
        return Definition(
            product=str(document["product"]), revision=str(document["revision"]), content=content
        )
    except (KeyError, ValueError) as error:
        raise ExampleInvalid(f"{path}: not an operations definition: {error}") from error


def _plan(directory: Path, settings: Mapping[str, Any]) -> Plan:
    path = directory / str(settings["file"])
    text = path.read_text(encoding="utf-8")
    reader = csv.DictReader(text.splitlines())
    if ",".join(reader.fieldnames or ()) != HEADER:
        raise ExampleInvalid(f"{path}:1: header {reader.fieldnames}; expected {HEADER}")
    return Plan(
        id=str(settings["id"]),
        revision=int(settings["revision"]),
        start=str(settings["from"]),
        end=str(settings["to"]),
        csv=text,
        orders=tuple(_order(path, line, row) for line, row in enumerate(reader, start=2)),
    )


def _order(path: Path, line: int, row: Mapping[str, str]) -> Order:
    try:
        return Order(
            id=row["id"],
            number=int(row["number"]),
            product=row["product"],
            product_revision=row["product_revision"],
            quantity=int(row["quantity"]),
            due=row["due"],
            customer=row["customer"],
            priority=int(row["priority"]),
        )
    except ValueError as error:
        raise ExampleInvalid(f"{path}:{line}: {error}; write whole numbers") from error
