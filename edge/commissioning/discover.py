"""The command `taktline discover`: watch a device, propose what its tags mean, draft a plant.toml.

Exit codes: 0 a draft was made, 1 the device cannot be reached or shows nothing, 2 usage,
130 interrupted. Nothing is ever written to a device.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.commissioning.exits import INTERRUPTED, NEGATIVE, USAGE, end
from edge.commissioning.written import write_new
from edge.domain.clock import SystemClock
from plc_drivers.configuration import DeviceConfig, SecurityConfig, SerialConfig
from plc_drivers.discovery import browse, scan
from plc_drivers.discovery.draft import draft
from plc_drivers.discovery.found import Found, Plan
from plc_drivers.discovery.roles import Proposal
from plc_drivers.errors import ConfigInvalid, DriverError
from plc_drivers.modbus.address import TABLES
from plc_drivers.registry import find_problems, silence_libraries

DEVICE = "device1"

discover = typer.Typer(
    help="Watch a device, propose what its tags mean, draft a plant.toml.", add_completion=False
)

Seconds = Annotated[
    float, typer.Option(help="How long to watch, in seconds; longer proves more.", min=1)
]
Pause = Annotated[int, typer.Option(help="Milliseconds between two looks.", min=10)]
Out = Annotated[
    Path | None, typer.Option(help="The draft's file; else it is printed. Never overwritten.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the proposals as JSON, no draft.")]
Zone = Annotated[str, typer.Option(help="IANA time zone of the plant, for the draft.")]


@discover.command("opcua")
def opcua_command(
    url: Annotated[str, typer.Argument(help="For example opc.tcp://192.168.0.10:4840")],
    watch: Seconds = 60.0,
    every: Pause = 200,
    most_nodes: Annotated[int, typer.Option(help="Nodes that are looked at.", min=1)] = 5000,
    policy: Annotated[
        str, typer.Option(help="Security policy, for example Basic256Sha256; else none.")
    ] = "",
    mode: Annotated[str, typer.Option(help="Sign or SignAndEncrypt.")] = "SignAndEncrypt",
    pki: Annotated[Path, typer.Option(help="Folder of certificates.")] = Path("pki"),
    user: Annotated[str, typer.Option(help="User name.")] = "",
    password_env: Annotated[
        str, typer.Option(help="Environment variable that holds the password.")
    ] = "",
    timezone: Zone = "UTC",
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Browse an OPC UA server, watch its variables, propose their roles."""
    from plc_drivers.discovery.opcua import discover as run

    _refuse_existing(out)
    try:
        security = _security(policy, mode, pki, user, password_env)
        device = DeviceConfig(
            id=DEVICE, driver="opcua", url=url, insecure=security is None, security=security
        )
    except ConfigInvalid as error:
        end(str(error), USAGE)
    _refuse_faults(device)
    plan = Plan(watch_s=watch, pause_s=every / 1000)
    bounds = browse.Bounds(nodes=most_nodes)
    found = _run(lambda: run(device, plan, bounds, SystemClock().now, _progress))
    _answer(device, found, _security_lines(security), timezone, out, as_json=as_json)


@discover.command("modbus")
def modbus_command(
    host: Annotated[
        str,
        typer.Argument(help="HOST, HOST:PORT, or a url: modbus.rtu:///dev/ttyUSB0 and others"),
    ],
    unit: Annotated[int, typer.Option(help="The unit (device) id.", min=0, max=255)] = 1,
    first: Annotated[int, typer.Option(help="First number.", min=0, max=65535)] = 0,
    last: Annotated[int, typer.Option(help="Last number.", min=0, max=65535)] = 999,
    table: Annotated[
        list[str] | None, typer.Option(help=f"Tables: {', '.join(TABLES)}; else all.")
    ] = None,
    watch: Seconds = 60.0,
    every: Pause = 200,
    most_requests: Annotated[int, typer.Option(help="Requests of the scan.", min=1)] = 2000,
    pause: Annotated[int, typer.Option(help="Milliseconds between two of them.", min=0)] = 20,
    baudrate: Annotated[int, typer.Option(help="Of a serial line.")] = 19_200,
    parity: Annotated[str, typer.Option(help="Of a serial line: none, even, odd.")] = "even",
    stopbits: Annotated[int, typer.Option(help="Of a serial line.")] = 1,
    timezone: Zone = "UTC",
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Scan a Modbus device, watch its registers, propose their roles."""
    from plc_drivers.discovery.modbus import discover as run

    _refuse_existing(out)
    tables = tuple(table or TABLES)
    if unknown := set(tables) - set(TABLES):
        end(f"--table {', '.join(unknown)}: is no table; mend: {', '.join(TABLES)}", USAGE)
    if last < first:
        end(f"--last {last}: is below --first {first}; mend: a larger number", USAGE)
    url = host if "://" in host else f"modbus.tcp://{host}"
    try:
        serial = None
        if url.startswith("modbus.rtu://"):
            serial = SerialConfig(baudrate=baudrate, parity=parity, stopbits=stopbits)
        device = DeviceConfig(id=DEVICE, driver="modbus", url=url, unit=unit, serial=serial)
    except ConfigInvalid as error:
        end(str(error), USAGE)
    _refuse_faults(device)
    plan = Plan(watch_s=watch, pause_s=every / 1000)
    bounds = scan.Bounds(first=first, last=last, requests=most_requests, pause_s=pause / 1000)
    found = _run(lambda: run(device, plan, bounds, tables, SystemClock().now, _progress))
    lines = [f"unit = {unit}"]
    if serial is not None:
        lines += ["[device.serial]", f"baudrate = {baudrate}", f'parity = "{parity}"']
        lines += [f"stopbits = {stopbits}"]
    _answer(device, found, lines, timezone, out, as_json=as_json)


def _security(
    policy: str, mode: str, pki: Path, user: str, password_env: str
) -> SecurityConfig | None:
    if not policy:
        if user or password_env:
            what = "is not told to a server without encryption"
            end(f"--user, --password-env: {what}; mend: --policy, too", USAGE)
        return None
    return SecurityConfig(policy=policy, mode=mode, pki=pki, user=user, password_env=password_env)


def _security_lines(security: SecurityConfig | None) -> list[str]:
    if security is None:
        return ["insecure = true  # nobody else may reach this network; else [device.security]"]
    lines = ["[device.security]", f'policy = "{security.policy}"', f'mode = "{security.mode}"']
    if security.user:
        lines += [f'user = "{security.user}"', f'password_env = "{security.password_env}"']
    return lines


def _refuse_existing(out: Path | None) -> None:
    if out is not None and out.exists():
        end(f"--out {out}: is there already; mend: name another file", USAGE)


def _refuse_faults(device: DeviceConfig) -> None:
    if problems := find_problems(device):
        end("\n".join(str(problem) for problem in problems), USAGE)


def _run(work: Callable[[], Coroutine[Any, Any, Found]]) -> Found:
    silence_libraries()
    try:
        return asyncio.run(work())
    except DriverError as error:
        end(f"cannot be reached: {error}", NEGATIVE)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


def _progress(step: str, share: float) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{step} {share:4.0%} ")
        sys.stderr.flush()


def _answer(
    device: DeviceConfig,
    found: Found,
    connection: list[str],
    timezone: str,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    if not found.proposals:
        end(f"{device.url}: nothing to watch was found: {'; '.join(found.notes)}", NEGATIVE)
    if as_json:
        document = {
            "url": device.url,
            "looks": found.looks,
            "notes": list(found.notes),
            "tags": [_as_json(one) for one in found.proposals],
        }
        typer.echo(json.dumps(document, ensure_ascii=False))
        return
    text = draft(
        device=device.id,
        driver=device.driver,
        url=device.url,
        proposals=found.proposals,
        connection=connection,
        notes=(*found.notes, f"all were looked at {found.looks} times"),
        timezone=timezone,
    )
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_new(out, text.encode())
    typer.echo(_summary(found, out), err=True)


def _as_json(proposal: Proposal) -> dict[str, object]:
    place, rate = proposal.place, proposal.max_rate_per_s
    return {
        "id": place.id,
        "address": place.address,
        "type": place.type,
        "order": place.order,
        "role": proposal.role,
        "modulus": proposal.modulus,
        "max_rate_per_s": None if rate is None else str(rate),
        "states": None if proposal.states is None else dict(proposal.states),
        "evidence": [*proposal.evidence, *place.evidence],
    }


def _summary(found: Found, out: Path | None) -> str:
    known = [one for one in found.proposals if one.role != "other"]
    roles = ", ".join(f"{one.role} = {one.place.address}" for one in known) or "none"
    words = f"{len(known)} roles are proposed: {roles}; {len(found.proposals) - len(known)} others"
    return words if out is None else f"{words}\n{out}: read its comments, then taktline check {out}"
