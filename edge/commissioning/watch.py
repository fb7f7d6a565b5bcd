"""`taktline watch`: what devices show and how they answer, live.

Exit codes: 0 done, 1 with --once if a device does not answer, 2 usage (the screen's library is
missing, too), 3 a fault in plant.toml, 5 the edge cannot be reached, 130 interrupted.
"""

import asyncio
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import structlog
import typer

from edge.commissioning.address import authorization, checked_url
from edge.commissioning.exits import INTERRUPTED, NEGATIVE, UNREACHABLE, USAGE, end
from edge.commissioning.plant_file import devices_of, plant_of
from edge.commissioning.watch_rows import (
    DEVICE_COLUMNS,
    TAG_COLUMNS,
    Json,
    as_table,
    device_rows,
    tag_rows,
    unreached,
)
from edge.commissioning.watch_source import OwnConnections, RunningEdge, Source, SourceLost
from edge.commissioning.watch_texts import text
from edge.domain.clock import SystemClock
from plc_drivers.registry import silence_libraries

watch = typer.Typer(
    help="Show live what devices say and how they answer.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Language(StrEnum):
    EN = "en"
    ZH = "zh"


@watch.command()
def watch_command(
    config: Annotated[
        Path | None, typer.Option(help="The plant.toml: its devices are read, never written.")
    ] = None,
    edge: Annotated[
        str, typer.Option(help="A running edge in its place, for example http://box:8811.")
    ] = "",
    device: Annotated[str | None, typer.Option(help="Only the device of this id.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Print one round, then end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --once: print JSON.")] = False,
    lang: Annotated[Language, typer.Option(help="Language; L switches it.")] = Language.EN,
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.1)] = 1.0,
    token_env: Annotated[
        str, typer.Option(help="Name of the variable that holds the edge's bearer token.")
    ] = "",
) -> None:
    """Values, quality, age and rate of every tag; requests, latency and errors of each device.

    With --config it opens connections of its own, beside the edge's; a device that bears only
    one is better watched with --edge.
    """
    if (config is None) == (not edge):
        raise typer.BadParameter("write --config or --edge, one of them", param_hint="--config")
    if as_json and not once:
        raise typer.BadParameter("goes with --once", param_hint="--json")
    silence_libraries()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    try:
        raise typer.Exit(
            asyncio.run(
                _once(config, edge, device, token_env, as_json, lang)
                if once
                else _screen(config, edge, device, token_env, lang, every)
            )
        )
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


async def _once(
    config: Path | None,
    edge: str,
    device: str | None,
    token_env: str,
    as_json: bool,
    language: Language,
) -> int:
    async with _source(config, edge, device, token_env) as source:
        await source.settled()
        try:
            seen = await source.look()
        except SourceLost as error:
            end(f"edge {source.name}: {error}", UNREACHABLE)
    typer.echo(json.dumps(seen, ensure_ascii=False) if as_json else printed(seen, language.value))
    why = unreached(seen)
    if why and not as_json:
        typer.echo("\n".join(why), err=True)
    return NEGATIVE if why else 0


def printed(seen: Json, language: str) -> str:
    """One round as two tables."""
    tables = (
        (DEVICE_COLUMNS, DEVICE_COLUMNS.index("state"), [row.cells for row in device_rows(seen)]),
        (TAG_COLUMNS, TAG_COLUMNS.index("quality"), [row.cells for row in tag_rows(seen)]),
    )
    return "\n\n".join(
        as_table(
            [
                tuple(text(name, language) for name in columns),
                *(
                    tuple(text(one, language) if at == word else one for at, one in enumerate(row))
                    for row in rows
                ),
            ]
        )
        for columns, word, rows in tables
    )


async def _screen(
    config: Path | None,
    edge: str,
    device: str | None,
    token_env: str,
    language: Language,
    every: float,
) -> int:
    source = _source(config, edge, device, token_env)
    try:
        from edge.commissioning.watch_app import WatchApp
    except ModuleNotFoundError as missing:
        mend = "pip install 'taktline[terminal]', or --once to print one round"
        end(f"{missing.name} is not installed; mend: {mend}", USAGE)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        end("the screen needs a terminal; mend: --once prints one round", USAGE)
    async with source:
        await WatchApp(source, language.value, every).run_async()
    return 0


def _source(config: Path | None, edge: str, device: str | None, token_env: str) -> Source:
    if config is None:
        return RunningEdge(checked_url(edge), authorization(token_env), device)
    return OwnConnections(str(config), devices_of(plant_of(config), device), SystemClock())
