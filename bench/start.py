"""How long after `kill -9` an edge counts again: from the start of its process until `/readyz`.

An edge on ten Modbus devices with 200 tags is started on the store of the one before, and killed
once it is ready. CPU seconds are those of the process alone, so that other work matters little;
bare is a uvicorn with one route, which must be loaded whatever one builds on it. Both keep their
compiled modules, as what is installed does.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from bench.children import child
from bench.measuring import CLOCK, Cost
from bench.nodered import ports
from bench.processes import BenchDevice, Usage, plant
from bench.ratio import Ratio

DEVICES, TAGS, ROUNDS = 10, 20, 7
PROMISED_S, PATIENCE_S, LOOK_S = 5.0, 60.0, 0.005
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
async def ready(_):
    return PlainTextResponse("ready")
uvicorn.run(Starlette(routes=[Route("/readyz", ready)]), port=int(sys.argv[1]), log_level="error")
"""


def _start(arguments: Sequence[str], port: int, folder: Path) -> Cost:
    """Start Python with these arguments, wait until it is ready, and kill it."""
    kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    with (folder / "log").open("ab") as log:
        begun = CLOCK.monotonic()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            stdout=log,
            stderr=log,
            env={**os.environ, **kept},
        )
    try:
        while not _is_ready(port):
            if process.poll() is not None or CLOCK.monotonic() - begun > PATIENCE_S:
                raise ChildProcessError((folder / "log").read_text()[-2000:])
            time.sleep(LOOK_S)
        return Cost(CLOCK.monotonic() - begun, Usage(process.pid).cpu())
    finally:
        process.kill()
        process.wait()


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE_S):
            return True
    except (URLError, ConnectionError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _plant_file(folder: Path, device_ports: Iterable[int], port: int) -> Path:
    registers = [(f"holding:{at}", "uint16") for at in range(TAGS)]
    devices = [
        BenchDevice(driver="modbus", url=f"modbus.tcp://127.0.0.1:{one}", tags=registers)
        for one in device_ports
    ]
    file = folder / "plant.toml"
    file.write_text(plant(devices, port))
    return file


def run() -> Iterable[Ratio]:
    with (
        child("modbus_many", str(DEVICES), "1") as machines,
        tempfile.TemporaryDirectory() as name,
    ):
        folder, port = Path(name), _free_port()
        file = str(_plant_file(folder, ports(machines), port))
        edge, bare = ["-m", "taktline", "edge", "--config", file], ["-c", BARE, str(port)]
        rounds = [[_start(side, port, folder) for side in (edge, bare)] for _ in range(ROUNDS + 1)]
    ours, theirs = zip(*rounds[1:], strict=True)
    yield Ratio(
        name=f"an edge killed and started on {DEVICES} devices until ready, CPU",
        ours=median(one.cpu for one in ours),
        bare=median(one.cpu for one in theirs),
        unit="s",
    )
    yield Ratio(
        name="the same on the wall",
        ours=median(one.wall for one in ours),
        bare=median(one.wall for one in theirs),
        unit="s",
        limit=PROMISED_S,
    )
