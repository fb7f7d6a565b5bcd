"""The command `taktline simulate`."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from simulators.access import digest_of
from simulators.clock import parse_plant_clock
from simulators.control import is_controlled, say
from simulators.errors import IdentityUnusable, PortTaken, ScenarioInvalid, TruthLost
from simulators.faults.kinds import fault_lines
from simulators.floor import machine_lines
from simulators.run import run_machines
from simulators.scenario import load_scenario
from simulators.truth import NobodyAsks, TruthPipe

USAGE, INVALID_INPUT, TAKEN, UNREACHABLE, INTERRUPTED = 2, 3, 4, 5, 130

simulate = typer.Typer(help="Simulated machines on OPC UA and Modbus.", add_completion=False)


def list_faults(wanted: bool) -> None:
    """Print every kind of fault with its parameters, and end."""
    if wanted:
        typer.echo("\n".join(fault_lines()))
        raise typer.Exit


def hash_password(wanted: bool) -> None:
    """Ask for a password, print its salted hash for `password_hash`, and end."""
    if wanted:
        typer.echo(digest_of(typer.prompt("Password", hide_input=True, err=True)))
        raise typer.Exit


ListFaults = Annotated[
    bool,
    typer.Option("--list-faults", help="Every kind of fault", is_eager=True, callback=list_faults),
]
HashPassword = Annotated[
    bool,
    typer.Option(
        "--hash-password",
        help=r"Ask for a password; print what a [\[machine.user]] says of it",
        is_eager=True,
        callback=hash_password,
    ),
]


@simulate.command()
def machines(
    scenario: Annotated[Path, typer.Argument(help="The plant, a scenario.toml")],
    check: Annotated[bool, typer.Option("--check", help="Only say what is wrong with it")] = False,
    _list_faults: ListFaults = False,
    _hash_password: HashPassword = False,
    plant_clock: Annotated[
        str, typer.Option(help="ORIGIN,SPEED,ANCHOR; without it the system's time")
    ] = "",
    seed: Annotated[int | None, typer.Option(help="Instead of the scenario's", min=0)] = None,
    truth_fd: Annotated[
        int | None, typer.Option(help="Inherited descriptor of a pipe to the referee")
    ] = None,
    ready_json: Annotated[bool, typer.Option("--ready-json", help="Addresses as JSON")] = False,
    control: Annotated[
        bool | None,
        typer.Option(help="Commands on the standard input; by default if that is a pipe"),
    ] = None,
) -> None:
    r"""Run all machines of a scenario until Ctrl-C, or until told to quit.

    With a pipe at the standard input it obeys lines, each answered by a line of JSON:

    - freeze, thaw: make no more pieces; go on

    - status, truth: each machine as it stands; what it truly made

    - fault MACHINE KIND \[for=SECONDS] \[PARAMETER=VALUE ...]: begin a fault (--list-faults)

    - faults: the faults in force, by machine

    - clear \[MACHINE \[KIND]]: end the faults of all machines, of one, or one kind

    - restart MACHINE: its power dips, its boot counter rises

    - quit: end; so does the end of the input
    """
    try:
        clock = parse_plant_clock(plant_clock)
        truth = NobodyAsks() if truth_fd is None else TruthPipe(truth_fd)
    except (ValueError, OSError) as error:
        _stop(f"--plant-clock or --truth-fd: {error}", USAGE)
    try:
        plant = load_scenario(scenario, seed)
    except ScenarioInvalid as invalid:
        _stop(str(invalid), INVALID_INPUT)
    if check:
        faults = sum(len(machine.faults) for machine in plant.machines)
        typer.echo(f"{scenario}: {len(plant.machines)} machines, {faults} faults, all valid")
        return
    announce = say if ready_json else _tell_people
    controlled = is_controlled() if control is None else control
    _run(run_machines(plant, clock, truth, announce=announce, controlled=controlled))


def _run(running: Coroutine[None, None, None]) -> None:
    """Run to the end; what stops it is told with its exit code."""
    # What asyncua warns of, no encryption, is the point of a simulator on loopback.
    logging.getLogger("asyncua").setLevel(logging.ERROR)
    logging.getLogger("asyncua.server.server").setLevel(logging.CRITICAL)  # a taken port is told
    try:
        asyncio.run(_until_signal(running))
    except IdentityUnusable as unusable:
        _stop(str(unusable), INVALID_INPUT)
    except PortTaken as taken:
        _stop(f"{taken}; mend: another port in the scenario, or 0 for a free one", TAKEN)
    except TruthLost as lost:
        _stop(str(lost), UNREACHABLE)
    except asyncio.CancelledError:
        raise typer.Exit(INTERRUPTED) from None


async def _until_signal(running: Coroutine[None, None, None]) -> None:
    """Run; SIGINT and SIGTERM cancel it in good order."""
    task, loop = asyncio.ensure_future(running), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    await task


def _tell_people(ready: dict[str, Any]) -> None:
    typer.echo("\n".join(["Machines are running; Ctrl-C ends them.", *machine_lines(ready)]))


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(f"taktline simulate: {message}", err=True)
    raise typer.Exit(code)
