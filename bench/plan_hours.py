"""Plans become hours: a floor of 28,800 unit-hours, 100,000 operations, a month in lots.

Each is one process of its own, so that its memory is its own; seconds are those of its
processor. The bare side of the first two is reading the scenario, JSON to a problem that is
known to be sound; of the lots it is the same month planned as campaigns.

    python -m bench.plan_hours CASE     # what such a process does: three figures on a line
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

import msgspec

from bench.plan import FAMILIES, START, scenario
from bench.ratio import Ratio
from edge.planning.checking.check import check
from edge.planning.scenario.parse import load, parse
from edge.planning.solving import solve

UNITS: Final = 40
DAYS: Final = 30  # open day and night: 40 x 720 hours
EACH_S: Final = 30_000  # of work, so that 3,300 operations fill 95 % of them
MOST_S: Final = 600


def floor() -> dict[str, Any]:
    """A month of 40 work centers that never close, nearly full."""
    matrix = {one: {two: 300 for two in FAMILIES if two != one} for one in FAMILIES}
    operations = UNITS * DAYS * 24 * 3600 * 95 // 100 // EACH_S
    return {
        "format": "taktline.scenario/1",
        "timezone": "Europe/Berlin",
        "calendars": {"always": {"always": True}},
        "work_centers": [
            {"id": f"U{unit}", "calendar": "always", "setup_matrix_s": matrix}
            for unit in range(UNITS)
        ],
        "plan_start": START.isoformat(),
        "orders": [
            {
                "id": f"WO{index}",
                "product": f"P{index % 40}",
                "family": FAMILIES[index % len(FAMILIES)],
                "quantity": EACH_S * 48 // 125,
                "due": (START + timedelta(seconds=index * DAYS * 86_400 // operations)
                        + timedelta(days=2)).isoformat(),
                "operations": [
                    {
                        "seq": 10,
                        "alternatives": [
                            {"work_center": f"U{index % UNITS}", "cycle_s": "125/48"}
                        ],
                    }
                ],
            }
            for index in range(operations)
        ],
    }  # fmt: skip


def month(*, levelled: bool) -> dict[str, Any]:
    """1,200 operations with weeks until they are due, in lots of a day or as campaigns."""
    found = scenario(1_200, 0.5)
    for order in found["orders"]:
        order["quantity"] //= 4
        order["due"] = (START + timedelta(days=25)).isoformat()
    rule = {"pitch_s": "day", "families": list(FAMILIES)}
    return found | ({"levelling": [rule]} if levelled else {})


CASES: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "floor": floor,
    "many": lambda: scenario(100_000, 0.6),
    "lots": lambda: month(levelled=True),
    "campaigns": lambda: month(levelled=False),
}


def measure(case: str) -> tuple[float, float, float]:
    """Seconds of reading and of planning with hours and JSON, and the most memory, MB."""
    text = json.dumps(CASES[case]())
    begun = time.process_time()
    plant = parse(load(text))
    read = time.process_time()
    schedule = solve(plant)
    written = msgspec.json.encode(schedule)
    done = time.process_time()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if case != "many" and (violations := check(plant, msgspec.json.decode(written))):
        raise ValueError(f"the plan of {case} is wrong: {violations[0]}")
    return read - begun, done - read, most


def run() -> Iterable[Ratio]:
    figures = {case: _apart(case) for case in CASES}
    read, planned, _ = figures["floor"]
    name = "28,800 unit-hours planned, cut into hours and written as JSON"
    yield Ratio(name=name, ours=planned, bare=read, unit="s", limit=5)
    read, planned, memory = figures["many"]
    name = "100,000 operations planned, cut into hours and written as JSON"
    yield Ratio(name=name, ours=planned, bare=read, unit="s", limit=10)
    yield Ratio(
        name="memory of that, beside the month of 1,200",
        ours=memory,
        bare=figures["campaigns"][2],
        unit="MB",
        limit=1000,
    )
    name = "1,200 operations in lots of a day, beside campaigns"
    yield Ratio(name=name, ours=figures["lots"][1], bare=figures["campaigns"][1], unit="s")


def _apart(case: str) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "bench.plan_hours", case]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=MOST_S)
    read, planned, memory = map(float, done.stdout.split())
    return read, planned, memory


if __name__ == "__main__":
    sys.stdout.write(" ".join(f"{figure:.3f}" for figure in measure(sys.argv[1])) + "\n")
