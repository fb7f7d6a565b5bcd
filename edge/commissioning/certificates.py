"""`taktline certificates`: our certificate, and the servers that we trust (OPC UA).

Exit codes: 0 done, 1 there is no such certificate, 2 usage, 3 invalid input.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.commissioning.exits import INVALID, NEGATIVE, end
from edge.commissioning.plant_file import plant_of
from edge.commissioning.written import write_over
from edge.domain.clock import SystemClock
from plc_drivers.opcua import pki as folder
from plc_drivers.opcua.pki import Certificate

NOW = SystemClock().now

app = typer.Typer(
    help="Certificates of OPC UA: our own, and those of servers that are trusted.",
    add_completion=False,
    no_args_is_help=True,
)

Config = Annotated[
    Path | None, typer.Option(help="The plant.toml; the key pki of its edge is used.")
]
Pki = Annotated[Path | None, typer.Option(help="The PKI folder itself, in place of --config.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Days = Annotated[int, typer.Option(min=1, max=7300, help="Days that it is valid.")]
Which = Annotated[str, typer.Argument(help="A fingerprint, or as much of it as is unique.")]


@app.command("list")
def list_command(config: Config = None, pki: Pki = None, as_json: Json = False) -> None:
    """Our certificate, the trusted and the rejected ones, with the days that are left."""
    _show(folder.listed(_folder(config, pki)), as_json)


@app.command("create")
def create_command(
    config: Config = None,
    pki: Pki = None,
    host: Annotated[list[str] | None, typer.Option(help="One more name of this machine.")] = None,
    uri: Annotated[str, typer.Option(help="Application URI; else urn:HOST:taktline.")] = "",
    days: Days = folder.VALID_DAYS,
    as_json: Json = False,
) -> None:
    """Make our certificate and its key. Exit 1 if there is one: renew that."""
    place = _folder(config, pki)
    if there := folder.own(place):
        end(f"{there.file}: is there; mend: taktline certificates renew", NEGATIVE)
    try:
        made = folder.create(place, NOW(), uri=uri, hosts=host or (), days=days)
    except ValueError as error:
        raise typer.BadParameter(f"a URI and hosts in plain letters: {error}") from None
    _show([made], as_json)


@app.command("renew")
def renew_command(
    config: Config = None,
    pki: Pki = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a new key, too.")] = False,
    days: Days = folder.VALID_DAYS,
    as_json: Json = False,
) -> None:
    """A new certificate for the same names; the old files are kept in own/old.

    Servers must be told to trust the new one. The edge uses it from its next connection on.
    """
    try:
        made = folder.renew(_folder(config, pki), NOW(), new_key=new_key, days=days)
    except LookupError as error:
        end(str(error), NEGATIVE)
    _show([made], as_json)


@app.command("trust")
def trust_command(
    which: Annotated[str, typer.Argument(help="A fingerprint of list, or a file (DER or PEM).")],
    config: Config = None,
    pki: Pki = None,
    as_json: Json = False,
) -> None:
    """Trust a server's certificate, or that of an authority. Compare its fingerprint first."""
    try:
        kept = folder.trust(_folder(config, pki), which)
    except LookupError as error:
        end(str(error), NEGATIVE)
    except ValueError as error:
        end(f"{which}: is no certificate: {error}; mend: name a DER or PEM file", INVALID)
    _show([kept], as_json)


@app.command("reject")
def reject_command(
    which: Which, config: Config = None, pki: Pki = None, as_json: Json = False
) -> None:
    """Trust a certificate no more; connections that stand are not cut."""
    try:
        kept = folder.reject(_folder(config, pki), which)
    except LookupError as error:
        end(str(error), NEGATIVE)
    _show([kept], as_json)


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(help="Where to write our certificate (DER).")],
    config: Config = None,
    pki: Pki = None,
    as_json: Json = False,
) -> None:
    """Write our certificate, without its key, for a server to trust."""
    mine = folder.own(_folder(config, pki))
    if mine is None:
        end("there is no certificate; mend: taktline certificates create", NEGATIVE)
    write_over(file, mine.der)
    _show([mine], as_json)


def _folder(config: Path | None, pki: Path | None) -> Path:
    if (config is None) == (pki is None):
        raise typer.BadParameter("write one of them", param_hint="--config or --pki")
    if pki is not None:
        return pki
    assert config is not None
    return plant_of(config).edge.pki


def _show(certificates: Sequence[Certificate], as_json: bool) -> None:
    if as_json:
        document = {"certificates": [_as_json(one) for one in certificates]}
        typer.echo(json.dumps(document, ensure_ascii=False))
        return
    for one in certificates:
        typer.echo(
            f"{one.place:<9} {one.fingerprint}  until {_day(one.valid_until)}, "
            f"{_left(one.days_left(NOW()))}  {one.subject}"
        )
    if not certificates:
        typer.echo("no certificates yet")


def _left(days: int) -> str:
    if days < 0:
        return "EXPIRED"
    return f"{days} days" + (", RENEW" if days < folder.WARN_DAYS else "")


def _as_json(one: Certificate) -> dict[str, Any]:
    return {
        "place": one.place,
        "fingerprint": one.fingerprint,
        "subject": one.subject,
        "uris": list(one.uris),
        "hosts": list(one.hosts),
        "valid_from": folder.moment(one.valid_from).isoformat(),
        "valid_until": folder.moment(one.valid_until).isoformat(),
        "days_left": one.days_left(NOW()),
        "file": str(one.file),
    }


def _day(micros: int) -> str:
    return str(folder.moment(micros).date())
