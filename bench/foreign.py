"""The OPC UA server that nobody here wrote, for benchmarks; see tests/interop."""

import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.children import ROOT
from tests.interop.node_opcua import NodeOpcua
from tests.interop.programs import Missing, node


def missing() -> str:
    """Installs node-opcua where it is not; why it cannot be had, or nothing."""
    try:
        node()
    except Missing:
        setup = ROOT / "tests" / "interop" / "setup.sh"
        done = subprocess.run([str(setup)], capture_output=True, text=True, check=False)
        return done.stderr.strip()[-300:] if done.returncode else ""
    return ""


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
