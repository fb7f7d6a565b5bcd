"""`taktline` commands against an edge that is served, in the tests' own process.

A process takes a hundred times as long to start as to do what is asked of it.
"""

import asyncio
from importlib.metadata import entry_points

from typer.testing import CliRunner


async def run(url: str, command: str, *options: str) -> tuple[int, str]:
    """Exit code and output of `taktline COMMAND OPTIONS --edge URL`; raises what it does not
    catch."""
    [entry] = entry_points(group="taktline.commands", name=command)
    words = [*options, "--edge", url]
    done = await asyncio.to_thread(CliRunner().invoke, entry.load(), words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output
