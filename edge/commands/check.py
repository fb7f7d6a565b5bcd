"""`taktline check`: is a plant.toml sound? Exit codes: 0 sound, 2 usage, 3 faults."""

import json
from pathlib import Path
from typing import Annotated

import typer

from edge.commands.request import AsJson
from edge.commissioning.plant_file import plant_of

check = typer.Typer(help="Validate a plant.toml and name every fault.", add_completion=False)


@check.command()
def check_command(
    file: Annotated[Path, typer.Argument(help="The plant.toml.")], as_json: AsJson = False
) -> None:
    """Validate a plant.toml; name every fault by file, key, value and mend (exit 3)."""
    plant = plant_of(file, as_json=as_json)
    tags = sum(len(device.connection.tags) for device in plant.devices)
    if as_json:
        typer.echo(json.dumps({"file": str(file), "sha256": plant.sha256, "faults": []}))
    else:
        typer.echo(
            f"{file}: sound; work centers: {len(plant.work_centers)}, "
            f"devices: {len(plant.devices)}, tags: {tags}"
        )
