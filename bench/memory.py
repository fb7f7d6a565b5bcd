"""Memory of an edge with 1,000 tags over both protocols, beside an idle Node-RED.

Five Modbus and five OPC UA devices with 100 tags each, polled every 500 ms, and their work
centers, of which five count a piece in each poll and commit it; the planner is a process of its own
and not begun. In the first four minutes SQLite fills its page caches (2 MB a connection); then it
is looked for growth, for three minutes, or with `python -m bench.memory MINUTES` for as long as it
is told, printing each minute.
"""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.children import child
from bench.node_red import IDLE, node_red
from bench.nodered import ports
from bench.processes import BenchDevice, Usage, edge
from bench.ratio import Missing, Ratio

DEVICES, TAGS = 5, 100  # of each protocol
WARM_S, EVERY_S, MINUTES = 240, 10, 3
LIMIT_MB, GROWTH = 150, 1.02  # promised of an hour, and held here in minutes


@contextmanager
def edge_of_a_thousand_tags() -> Iterator[Usage]:
    with ExitStack() as stack:
        modbus = stack.enter_context(child("modbus_many", str(DEVICES), "1"))
        opcua = stack.enter_context(child("opcua", str(TAGS)))
        registers = [(f"holding:{at}", "uint16") for at in range(TAGS)]
        nodes = [(f"ns=2;s=T{at}", "float64" if at % 4 == 3 else "uint32") for at in range(TAGS)]
        url = f"opc.tcp://127.0.0.1:{opcua.port}"
        devices = [
            BenchDevice(driver="modbus", url=f"modbus.tcp://127.0.0.1:{port}", tags=registers)
            for port in ports(modbus)
        ]
        devices += [BenchDevice(driver="opcua", url=url, tags=nodes)] * DEVICES
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield stack.enter_context(edge(folder, devices))


def samples(usage: Usage, seconds: float) -> list[float]:
    """Resident memory, MB, every ten seconds."""
    found = []
    for _ in range(int(seconds / EVERY_S)):
        time.sleep(EVERY_S)
        found.append(usage.rss())
    return found


def growth(taken: Sequence[float]) -> float:
    """By how much memory grew: the last quarter beside the first, at most."""
    quarter = max(1, len(taken) // 4)
    return max(taken[-quarter:]) / max(taken[:quarter])


def idle_node_red() -> float:
    """Memory of a Node-RED whose one flow waits, MB; Missing if it cannot be had."""
    with tempfile.TemporaryDirectory() as folder, node_red(Path(folder), IDLE) as usage:
        time.sleep(2 * EVERY_S)
        return usage.rss()


def run() -> Iterable[Ratio]:
    with edge_of_a_thousand_tags() as usage:
        time.sleep(WARM_S)
        taken = samples(usage, 60 * MINUTES)
    try:
        theirs, beside = idle_node_red(), "an idle Node-RED"
    except Missing as error:
        print(error)
        theirs, beside = LIMIT_MB, "the limit"
    yield Ratio(
        name=f"edge with {2 * DEVICES * TAGS:,} tags, resident memory beside {beside}",
        ours=max(taken),
        bare=theirs,
        unit="MB",
        target=0.6,
        at_most=True,
        limit=LIMIT_MB,
    )
    yield Ratio(
        name=f"the same, its growth in {MINUTES} minutes",
        ours=max(taken) * growth(taken),
        bare=max(taken),
        unit="MB",
        target=GROWTH,
        at_most=True,
    )


def _long(minutes: float) -> None:
    with edge_of_a_thousand_tags() as usage:
        time.sleep(WARM_S)
        taken: list[float] = []
        while len(taken) * EVERY_S < 60 * minutes:
            taken += samples(usage, 60)
            print(f"{len(taken) * EVERY_S // 60:4} min {taken[-1]:8.2f} MB", flush=True)
    hours = minutes / 60
    print(f"grew by {growth(taken) - 1:.2%} in {hours:.2g} h; at most {max(taken):.1f} MB")


if __name__ == "__main__":
    _long(float(sys.argv[1]))
