"""The edge's commands: `taktline check` and `taktline read`.

Exit codes: 0 done, 1 a device cannot be reached, 2 usage, 3 invalid input, 130 interrupted.
"""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from edge.cli_read import print_round, read_rounds, silence_libraries
from edge.config import ConfigFaults, Device, PlantConfig, load

NEGATIVE, USAGE, INVALID, INTERRUPTED = 1, 2, 3, 130

check = typer.Typer(help="Validate a plant.toml and name every fault.", add_completion=False)
read = typer.Typer(help="Read every tag of every device and print it.", add_completion=False)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@check.command()
def check_command(
    file: Annotated[Path, typer.Argument(help="The plant.toml.")], as_json: Json = False
) -> None:
    """Validate a plant.toml; name every fault by file, key, value and mend (exit 3)."""
    plant = _load(file, as_json)
    tags = sum(len(device.connection.tags) for device in plant.devices)
    if as_json:
        typer.echo(json.dumps({"file": str(file), "sha256": plant.sha256, "faults": []}))
    else:
        typer.echo(
            f"{file}: sound; work centers: {len(plant.work_centers)}, "
            f"devices: {len(plant.devices)}, tags: {tags}"
        )


@read.command()
def read_command(
    config: Annotated[Path, typer.Option(help="The plant.toml.")],
    once: Annotated[bool, typer.Option("--once", help="Read once, then end.")] = False,
    device: Annotated[str | None, typer.Option(help="Only the device of this id.")] = None,
    as_json: Json = False,
) -> None:
    """Read every tag: value, quality, times. Exit 1 names what cannot be reached, and why."""
    chosen = _choose(_load(config, as_json), device)
    silence_libraries()
    try:
        reached = asyncio.run(_read(chosen, once, as_json))
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(0 if reached else NEGATIVE)


async def _read(devices: tuple[Device, ...], once: bool, as_json: bool) -> bool:
    reached = True
    async for outcomes in read_rounds(devices, once=once):
        print_round(outcomes, as_json=as_json)
        reached = all(outcome.reached for outcome in outcomes)
    return reached


def _choose(plant: PlantConfig, device: str | None) -> tuple[Device, ...]:
    chosen = tuple(each for each in plant.devices if device in (None, each.id))
    if not chosen:
        known = ", ".join(each.id for each in plant.devices)
        typer.echo(f"--device {device}: no such device; mend: one of {known}", err=True)
        raise typer.Exit(USAGE)
    return chosen


def _load(file: Path, as_json: bool) -> PlantConfig:
    try:
        return load(file)
    except ConfigFaults as error:
        faults = [asdict(fault) for fault in error.faults]
        if as_json:
            typer.echo(json.dumps({"file": str(file), "faults": faults}, ensure_ascii=False))
        else:
            typer.echo(f"{error}\n{file}: {len(faults)} fault(s)", err=True)
        raise typer.Exit(INVALID) from None
