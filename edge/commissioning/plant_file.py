"""A plant.toml as commands take it: sound, or every fault of it is told and they end."""

import json
from dataclasses import asdict
from pathlib import Path

import typer

from edge.commissioning.exits import INVALID, USAGE, end
from edge.config import ConfigFaults, Device, PlantConfig, load


def plant_of(file: Path, *, as_json: bool = False) -> PlantConfig:
    """The plant of a file; exit 3 with all faults, as text or as JSON, where there are any."""
    try:
        return load(file)
    except ConfigFaults as error:
        faults = [asdict(fault) for fault in error.faults]
        if as_json:
            typer.echo(json.dumps({"file": str(file), "faults": faults}, ensure_ascii=False))
        else:
            typer.echo(f"{error}\n{file}: {len(faults)} fault(s)", err=True)
        raise typer.Exit(INVALID) from None


def devices_of(plant: PlantConfig, device: str | None) -> tuple[Device, ...]:
    """The devices of a plant, or the one of this id; exit 2 that names all where there is none."""
    chosen = tuple(one for one in plant.devices if device in (None, one.id))
    if not chosen:
        known = ", ".join(one.id for one in plant.devices)
        end(f"--device {device}: no such device; mend: one of {known}", USAGE)
    return chosen
