"""The same input and seed give the same bytes, in any process."""

import hashlib
import os
import subprocess
import sys

SCRIPT = """
import hashlib, json
from bench.plan import scenario
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
document = json.loads(json.dumps(scenario(60, 0.1)))
for _ in range(3):
    print(hashlib.sha256(json.dumps(solve(parse(document), 3)).encode()).hexdigest())
"""


def test_one_hash_in_processes_with_other_hash_seeds() -> None:
    found = set[str]()
    for seed in ("0", "1", "77"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        found.update(done.stdout.split())
    assert len(found) == 1
    assert found != {hashlib.sha256(b"").hexdigest()}
