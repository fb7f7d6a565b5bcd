"""The command `taktline sync`."""

import asyncio
import errno
import json
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from edge.domain.clock import Clock, parse_plant_clock
from erp_sync.config import CompanyConfig, load_config
from erp_sync.errors import ConfigInvalid, StoreLocked, StoreUnavailable
from erp_sync.principals import new_token

USAGE = 2
INVALID = 3
LOCKED = 4
UNREACHABLE = 5
DEFAULT_CONFIG = Path("company.toml")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

app = typer.Typer(
    add_completion=False,
    help="The endpoint that the ERP polls: facts in, schedules out, books reconciled.",
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    config: Annotated[Path, typer.Option(help="company.toml of this site.")] = DEFAULT_CONFIG,
    plant_clock: Annotated[
        str, typer.Option(help="ORIGIN,SPEED,ANCHOR of a demo; without it the system's time.")
    ] = "",
) -> None:
    """Run the sync service until SIGTERM."""
    if context.invoked_subcommand is not None:
        return
    try:
        clock = parse_plant_clock(plant_clock)
    except ValueError as error:
        _fail(USAGE, f"--plant-clock: {error}")
    _serve(config, _loaded(config), clock)


def _serve(config: Path, company: CompanyConfig, clock: Clock) -> NoReturn:
    # Imported here: the server's libraries take half a second that `check` need not spend.
    from erp_sync.logs import configure_logs
    from erp_sync.server import listen, serve
    from erp_sync.service import open_service

    configure_logs(clock)
    try:
        # The store first: who starts it twice is told who holds it, not that a port is taken.
        service = open_service(company, clock)
    except StoreLocked as error:
        _fail(LOCKED, str(error))
    except StoreUnavailable as error:
        _fail(UNREACHABLE, f"{config}: store.url: {error}; mend: look at the path and disk")
    try:
        with _bound(config, company, listen) as bound:
            code = asyncio.run(serve(service, bound))
    finally:
        service.store.close()
    raise typer.Exit(code)


def _bound(
    config: Path, company: CompanyConfig, listen: Callable[[str, int], socket.socket]
) -> socket.socket:
    place = f"{config}: api.listen = {company.host}:{company.port}"
    try:
        return listen(company.host, company.port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            mend = "end the process that listens there, or write another port"
            _fail(LOCKED, f"{place}: another process listens there; mend: {mend}")
        mend = "write an address of this machine, and a port that you may use"
        _fail(INVALID, f"{place}: {error.strerror}; mend: {mend}")


@app.command()
def token(as_json: Json = False) -> None:
    """Print a fresh token and the SHA-256 that goes into company.toml."""
    made, sha256 = new_token()
    if as_json:
        print(json.dumps({"token": made, "token_sha256": sha256}))
    else:
        print(f"token        {made}")
        print(f"token_sha256 {sha256}")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="company.toml to check.")], as_json: Json = False
) -> None:
    """Check a company.toml and name every fault at once (exit 3)."""
    company = _loaded(file, as_json)
    if as_json:
        print(json.dumps({"file": str(file), "faults": []}))
    else:
        print(
            f"{file}: sound; site {company.site_id}, edges: {len(company.edges)}, "
            f"principals: {len(company.principals)}"
        )


def _loaded(file: Path, as_json: bool = False) -> CompanyConfig:
    try:
        return load_config(file)
    except ConfigInvalid as error:
        if not as_json:
            _fail(INVALID, str(error))
        faults = [asdict(fault) for fault in error.faults]
        print(json.dumps({"file": str(file), "faults": faults}, ensure_ascii=False))
        raise typer.Exit(INVALID) from None


def _fail(code: int, text: str) -> NoReturn:
    print(text, file=sys.stderr)
    raise typer.Exit(code)
