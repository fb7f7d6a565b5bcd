"""Node-RED from npm, in run/bench: installed when first asked for, run on flows."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.children import ROOT
from bench.processes import Usage, running
from bench.ratio import Missing

HERE = ROOT / "bench" / "npm"
MADE = ROOT / "run" / "bench" / "nodered"
INSTALL_SECONDS = 600
# Without its editor a Node-RED that has no timer either would end.
IDLE: list[dict[str, Any]] = [
    {"id": "flow", "type": "tab", "label": "idle"},
    {"id": "hourly", "type": "inject", "z": "flow", "repeat": "3600", "crontab": "", "once": False}
    | {"props": [], "wires": [[]], "x": 0, "y": 0},
]
DECODE = (
    "const words = msg.payload; const values = [];"
    " for (let at = 0; at + 1 < words.length; at += 2)"
    " values.push(words[at] * 65536 + words[at + 1]);"
    " flow.set(node.id, values); return null;"
)


def installed() -> Path:
    """Node-RED's program; Missing if there is no npm, or it cannot fetch it."""
    program = MADE / "node_modules" / "node-red" / "red.js"
    if program.exists() and (MADE / "package.json").read_text() == wanted().read_text():
        return program
    if shutil.which("node") is None or (npm := shutil.which("npm")) is None:
        raise Missing("Node-RED needs node and npm, which are not installed")
    MADE.mkdir(parents=True, exist_ok=True)
    shutil.copy(wanted(), MADE)
    done = subprocess.run(
        [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=MADE,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if done.returncode or not program.exists():
        raise Missing(f"Node-RED is not installed; npm says: {done.stderr.strip()[-300:]}")
    return program


def wanted() -> Path:
    return HERE / "package.json"


@contextmanager
def node_red(folder: Path, flows: Sequence[dict[str, Any]]) -> Iterator[Usage]:
    """Node-RED without its editor, on these flows."""
    program = installed()
    (folder / "flows.json").write_text(json.dumps(flows))
    (folder / "settings.js").write_text(
        "module.exports = { flowFile: 'flows.json', uiPort: 0, uiHost: '127.0.0.1',"
        " httpAdminRoot: false, httpNodeRoot: false, nodesDir: [],"
        " logging: { console: { level: 'warn', metrics: false, audit: false } } };"
    )
    modules = folder / "node_modules"
    if not modules.exists():
        modules.symlink_to(MADE / "node_modules")
    node = shutil.which("node")
    assert node is not None
    command = [node, str(program), "-u", str(folder), "-s", str(folder / "settings.js")]
    with running(command, folder) as usage:
        yield usage


def modbus_flows(ports: Sequence[int], every_ms: int, quantity: int) -> list[dict[str, Any]]:
    """Each device's registers are read on schedule and become numbers, kept in the flow."""
    flows: list[dict[str, Any]] = [{"id": "flow", "type": "tab", "label": "bench"}]
    for at, port in enumerate(ports):
        flows.append(_client(at, port))
        flows.append(_read(at, every_ms, quantity))
        decode = {"id": f"decode{at}", "type": "function", "z": "flow", "func": DECODE}
        flows.append(decode | {"outputs": 1, "wires": [[]], "libs": [], "x": 0, "y": 0})
    return flows


def _client(at: int, port: int) -> dict[str, Any]:
    return {
        "id": f"client{at}",
        "type": "modbus-client",
        "name": f"device{at}",
        "clienttype": "tcp",
        "bufferCommands": True,
        "tcpHost": "127.0.0.1",
        "tcpPort": str(port),
        "tcpType": "DEFAULT",
        "unit_id": "1",
        "commandDelay": "1",
        "clientTimeout": "1000",
        "reconnectOnTimeout": True,
        "reconnectTimeout": "2000",
        "parallelUnitIdsAllowed": True,
    }


def _read(at: int, every_ms: int, quantity: int) -> dict[str, Any]:
    return {
        "id": f"read{at}",
        "type": "modbus-read",
        "z": "flow",
        "name": f"read{at}",
        "unitid": "1",
        "dataType": "HoldingRegister",
        "adr": "0",
        "quantity": str(quantity),
        "rate": str(every_ms),
        "rateUnit": "ms",
        "server": f"client{at}",
        "wires": [[f"decode{at}"], []],
        "x": 0,
        "y": 0,
    }
