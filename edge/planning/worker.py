"""The planner as one process: a scenario a line in, a schedule or the faults a line out.

    python -m edge.planning.worker < scenarios.jsonl > schedules.jsonl

An answer is `{"schedule": {...}}` or `{"faults": [{place, value, message, mend}]}`. The
process ends at the end of its input, so it never outlives who started it.
"""

import os
import sys
from dataclasses import asdict
from typing import IO, Any

import msgspec

from edge.planning.errors import ScenarioInvalid
from edge.planning.parse import load, parse
from edge.planning.schedule import solve


def answer(line: bytes) -> dict[str, Any]:
    """What the worker says to one line."""
    try:
        return {"schedule": solve(parse(load(line)))}
    except ScenarioInvalid as invalid:
        return {"faults": [asdict(fault) for fault in invalid.faults]}


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each line until the input ends; any other error ends the process, loudly."""
    for line in requests:
        answers.write(msgspec.json.encode(answer(line)) + b"\n")
        answers.flush()


def main() -> None:
    """Serve standard input and output; quietly over once nobody reads the answers."""
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:  # whoever asked was killed; the answer left over must not raise again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
