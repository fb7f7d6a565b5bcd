"""Line commands on the standard input of the machines; each is answered by a line of JSON."""

import asyncio
import json
import os
import stat
import sys
from typing import Any

from simulators.floor import Floor

WORDS = "freeze, thaw, status, restart MACHINE, quit"


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
            answer = _answer(floor, line.decode(errors="replace").split())
            say(answer)
            if "quit" in answer:
                break
    finally:
        transport.close()


def _answer(floor: Floor, words: list[str]) -> dict[str, Any]:
    match words:
        case ["freeze"]:
            return floor.freeze()
        case ["thaw"]:
            return floor.thaw()
        case ["status"]:
            return floor.status()
        case ["restart", machine] if machine in floor.stations:
            return floor.restart(machine)
        case ["quit"]:
            return {"quit": True}
        case _:
            known = ", ".join(floor.stations)
            return {"error": f"{' '.join(words)!r}: one of {WORDS}; machines: {known}"}


def say(message: dict[str, Any]) -> None:
    """One line of JSON on the standard output."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
