"""`taktline edge`: the edge service. Only what it is asked for is loaded, and the rest after that.

Exit codes: 0 ended, 1 a full disk, 2 usage, 3 invalid input, 4 locked by another process,
130 interrupted.
"""

from pathlib import Path
from typing import Annotated

import typer

from edge.loading import lean

edge = typer.Typer(help="Run the edge service of a plant.", add_completion=False)


@edge.command()
def edge_command(
    config: Annotated[Path, typer.Option(help="The plant.toml.")],
    plant_clock: Annotated[
        str, typer.Option(help="ORIGIN,SPEED,ANCHOR: an accelerated plant clock, for demos.")
    ] = "",
    ready_json: Annotated[
        bool, typer.Option("--ready-json", help="Print one JSON line once the API listens.")
    ] = False,
) -> None:
    """Read the machines, plan, instruct, record. Logs are JSON lines on stderr.

    Exit 3: a fault in plant.toml, or no token where it names one. Exit 4: another process
    holds the store, or the address of the API. Exit 130: Ctrl-C.
    """
    with lean():
        from edge.starting import start
    raise typer.Exit(start(config, plant_clock, ready_json))
