"""Line commands on the standard input of the machines; each is answered by a line of JSON."""

import asyncio
import json
import os
import stat
import sys
from typing import Any

from simulators.errors import PortTaken, ScenarioInvalid
from simulators.faults.kinds import KINDS
from simulators.floor import Floor

WORDS = (
    "freeze, thaw, status, truth, restart MACHINE, faults, "
    "fault MACHINE KIND [for=SECONDS] [PARAMETER=VALUE ...], clear [MACHINE [KIND]], quit"
)


def is_controlled() -> bool:
    """Whether a program stands at the standard input: a pipe or a socket, no terminal or file."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


async def obey(floor: Floor) -> None:
    """Take commands until `quit` or the end of the input: whoever started us has gone then."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    try:
        while line := await reader.readline():
            answer = await _answer(floor, line.decode(errors="replace").split())
            say(answer)
            if "quit" in answer:
                break
    finally:
        transport.close()


async def _answer(floor: Floor, words: list[str]) -> dict[str, Any]:
    try:
        return await _obeyed(floor, words)
    except ScenarioInvalid as invalid:
        return {"error": "; ".join(str(fault) for fault in invalid.faults)}
    except (KeyError, PortTaken) as error:
        return {"error": f"{' '.join(words)!r}: {error}"}


async def _obeyed(floor: Floor, words: list[str]) -> dict[str, Any]:
    match words:
        case ["freeze"]:
            return floor.freeze()
        case ["thaw"]:
            return floor.thaw()
        case ["status"]:
            return floor.status()
        case ["truth"]:
            return floor.truth()
        case ["faults"]:
            return floor.faults()
        case ["restart", machine] if machine in floor.stations:
            return floor.restart(machine)
        case ["fault", machine, *told] if machine in floor.stations:
            return await floor.fault(machine, told)
        case ["clear", *which] if _exist(floor, which):
            return await floor.clear(*which)
        case ["quit"]:
            return {"quit": True, **floor.truth()}
        case _:
            known = ", ".join(floor.stations)
            return {"error": f"{' '.join(words)!r}: one of {WORDS}; machines: {known}"}


def _exist(floor: Floor, which: list[str]) -> bool:
    """Whether `[MACHINE [KIND]]` names what there is."""
    machine, kind, *more = [*which, "", ""]
    known_machine = not machine or machine in floor.stations
    return known_machine and (not kind or kind in KINDS) and not any(more)


def say(message: dict[str, Any]) -> None:
    """One line of JSON on the standard output."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
