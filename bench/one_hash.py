"""The same input and seed a hundred times, in ten processes with other hash seeds: one hash."""

import os
import subprocess
import sys
from collections.abc import Iterator

from bench.ratio import Ratio

PROCESSES = 10
RUNS = 10
SCRIPT = """
import hashlib, json, sys
from bench.plan import scenario
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
document = json.loads(json.dumps(scenario(400, 0.1)))
for _ in range(int(sys.argv[1])):
    print(hashlib.sha256(json.dumps(solve(parse(document), 3)).encode()).hexdigest())
"""


def run() -> Iterator[Ratio]:
    found = [line for seed in range(PROCESSES) for line in _hashes(seed)]
    yield Ratio(
        name=f"hashes of a plan of 400 operations with reasons, in {len(found)} runs",
        ours=len(set(found)),
        bare=1,
        unit="",
        limit=1,
    )


def _hashes(seed: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(RUNS)],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()
