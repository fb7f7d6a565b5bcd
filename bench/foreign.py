"""The OPC UA server that nobody here wrote, for benchmarks; see tests/interop."""

import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.children import ROOT
from bench.ratio import Missing
from tests.interop import programs
from tests.interop.node_opcua import NodeOpcua


def install() -> None:
    """Install node-opcua where it is not; Missing if it cannot be had."""
    try:
        programs.node()
    except programs.Missing:
        setup = ROOT / "tests" / "interop" / "setup.sh"
        done = subprocess.run([str(setup)], capture_output=True, text=True, check=False)
        if done.returncode:
            why = done.stderr.strip()[-300:]
            raise Missing(f"node-opcua is not installed: {why}") from None


@asynccontextmanager
async def opcua_server(variables: int) -> AsyncIterator[NodeOpcua]:
    """A server of node-opcua with so many variables that a load changes."""
    with tempfile.TemporaryDirectory() as folder:
        server = NodeOpcua(pki=Path(folder), variables=variables)
        await server.open()
        try:
            yield server
        finally:
            await server.close()
