"""`make campaign`: kill -9 again and again under load; the books against the machines.

    make campaign ARGS="--kills 200 --seed 7 --dir run/campaign"

Each kill and each comparison is a line of JSON in DIR/campaign.jsonl; run again with the same
DIR it goes on behind the last one. Exit 1 if a piece was lost or counted twice.
"""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from tests.campaign.run import Campaign, quantile

EVERY = 20
PROMISED_S = 5.0


def main(
    kills: Annotated[int, typer.Option(help="How many in all.")] = 1000,
    seed: Annotated[int, typer.Option(help="The moments come from it.")] = 7,
    directory: Annotated[Path, typer.Option("--dir", help="Stores, logs and output.")] = Path(
        "run/campaign"
    ),
) -> None:
    """Kill an edge, and sync, and compare."""
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # its peers die
    directory = directory.absolute()
    directory.mkdir(parents=True, exist_ok=True)
    campaign = Campaign(directory, directory / "campaign.jsonl", seed)
    asyncio.run(campaign.run(kills, EVERY))
    ready, last = campaign.ready, campaign.balances[-1]
    shown = ", ".join(
        f"{name} {quantile(ready, share):.2f}"
        for name, share in (("half", 0.5), ("95 %", 0.95), ("99 %", 0.99), ("most", 1.0))
    )
    late = sum(one > PROMISED_S for one in ready)
    typer.echo(f"kills: {campaign.done}; ready after (s): {shown}; above {PROMISED_S:g} s: {late}")
    typer.echo(f"truth {last.truth}, recorded {last.recorded}, posted {last.posted}")
    if not all(one.good for one in campaign.balances):
        typer.echo("the books differ: a piece was lost or counted twice", err=True)
        raise typer.Exit(1)
    typer.echo("lost 0, counted twice 0")


if __name__ == "__main__":
    typer.run(main)
