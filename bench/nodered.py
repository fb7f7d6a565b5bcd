"""CPU of the edge on ten Modbus devices, beside Node-RED on the same task at the same time.

Both read 40 registers of each of ten devices on schedule. Node-RED makes numbers of them and
keeps the last ones; the edge makes readings of 20 tags, watches states and silence, counts a piece
every ten requests and commits it.
"""

import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from bench.children import Child, child
from bench.node_red import installed, modbus_flows, node_red
from bench.processes import BenchDevice, Usage, edge
from bench.ratio import Ratio

DEVICES, QUANTITY = 10, 40
PIECE = 10  # requests
RATES = {1: 1000, 10: 100}  # requests a second of each device, milliseconds between two
WARM_S, MEASURED_S = 8, 20
ENOUGH = 0.9  # of the requests that were due: else the sides did not do the same work


def run() -> Iterable[Ratio]:
    installed()
    for rate, every_ms in RATES.items():
        yield from _beside(rate, every_ms)


def _beside(rate: int, every_ms: int) -> Iterable[Ratio]:
    with ExitStack() as stack:
        many = ("modbus_many", str(DEVICES), str(PIECE))
        ours, theirs = (stack.enter_context(child(*many)) for _ in "ab")
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in "ab"]
        devices = [_device(port, every_ms) for port in ports(ours)]
        flows = modbus_flows(ports(theirs), every_ms, QUANTITY)
        sides = {
            ours: stack.enter_context(edge(folders[0], devices)),
            theirs: stack.enter_context(node_red(folders[1], flows)),
        }
        time.sleep(WARM_S)
        cpu = _spent(sides, rate)
        memory = [usage.rss() for usage in sides.values()]
    each = f"{rate}/s to each of {DEVICES} devices"
    yield Ratio(
        name=f"edge beside Node-RED, CPU of a second, {each}",
        ours=cpu[ours] / MEASURED_S * 1e3,
        bare=cpu[theirs] / MEASURED_S * 1e3,
        unit="ms",
        target=0.6,
        at_most=True,
    )
    yield Ratio(name="the same, resident memory", ours=memory[0], bare=memory[1], unit="MB")


def _spent(sides: dict[Child, Usage], rate: int) -> dict[Child, float]:
    """CPU seconds of each side while it was measured, having sent what was due."""
    requests = {server: int(server.ask("requests")) for server in sides}
    before = {server: usage.cpu() for server, usage in sides.items()}
    time.sleep(MEASURED_S)
    spent = {server: usage.cpu() - before[server] for server, usage in sides.items()}
    for server in sides:
        sent = int(server.ask("requests")) - requests[server]
        due = rate * DEVICES * MEASURED_S
        assert ENOUGH * due <= sent <= due / ENOUGH, f"{sent} requests where {due} were due"
    return spent


def _device(port: int, every_ms: int) -> BenchDevice:
    tags = [(f"holding:{at}", "uint32") for at in range(0, QUANTITY, 2)]
    tags[0] = ("holding:0", "uint16")
    url = f"modbus.tcp://127.0.0.1:{port}"
    return BenchDevice(driver="modbus", url=url, tags=tags, poll_ms=every_ms)


def ports(server: Child) -> list[int]:
    """Where its devices listen."""
    return [int(port) for port in server.ask("ports").split()]
