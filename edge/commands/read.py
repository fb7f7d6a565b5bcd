"""`taktline read`: what the tags of a plant's devices show.

Exit codes: 0 all reached, 1 a device that was not, 2 usage, 3 a faulty plant.toml, 130
interrupted.
"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from edge.commands.request import AsJson
from edge.commissioning.exits import INTERRUPTED, NEGATIVE
from edge.commissioning.plant_file import devices_of, plant_of
from edge.commissioning.reading import print_round, read_rounds
from edge.config import Device
from plc_drivers.registry import silence_libraries

read = typer.Typer(help="Read every tag of every device and print it.", add_completion=False)


@read.command()
def read_command(
    config: Annotated[Path, typer.Option(help="The plant.toml.")],
    once: Annotated[bool, typer.Option("--once", help="Read once, then end.")] = False,
    device: Annotated[str | None, typer.Option(help="Only the device of this id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read every tag: value, quality, times. Exit 1 names what cannot be reached, and why."""
    chosen = devices_of(plant_of(config, as_json=as_json), device)
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
