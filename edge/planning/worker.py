"""The planner as one process: a scenario a line in, a schedule or the faults a line out.

    python -m edge.planning.worker < scenarios.jsonl > schedules.jsonl

An answer is `{"schedule": {...}}` or `{"faults": [{place, value, message, mend}]}`. The
process ends at the end of its input, so it never outlives who started it. Who started it may
send the scenario as it has it: a line `{"bytes": N, "proofs": N or null, "effort": "first"}` and N
bytes, its pickle; that is read five times as quickly as JSON, which is checked for every fault.
"""

import gc
import os
import pickle
import sys
from typing import IO, Any

import msgspec

from edge.domain.faults import Fault
from edge.planning.efforts import Effort, Search
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.model import Scenario
from edge.planning.scenario.parse import load, parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.solving import solve

BYTES = "bytes"
UNSWEPT = 200_000  # objects more; several times what a month's first plan makes
LOW, LEAST = "--low", 19


def answer(line: bytes) -> dict[str, Any]:
    """What the worker says to a scenario as JSON."""
    try:
        return {"schedule": solve(parse(load(line)))}
    except ScenarioInvalid as invalid:
        return _faults(invalid)


def answer_model(
    scenario: Scenario, proofs: int | None, effort: Effort = Effort.FIRST
) -> dict[str, Any]:
    """What the worker says to a scenario that was made, and not read.

    What is wrong with one shows where it is solved; then it is read as any other, which says so.
    """
    try:
        return {"schedule": solve(scenario, proofs=proofs, search=Search(effort=effort))}
    except ScenarioInvalid as invalid:
        return _faults(invalid)
    except Exception:
        try:
            parse(load(msgspec.json.encode(scenario_json(scenario))))
        except ScenarioInvalid as invalid:
            return _faults(invalid)
        raise


def _faults(invalid: ScenarioInvalid) -> dict[str, Any]:
    return {"faults": [_told(fault) for fault in invalid.faults]}


def _told(fault: Fault) -> dict[str, Any]:
    return {**fault.view(), "said": fault.said.view()} if fault.said else {**fault.view()}


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each line until the input ends; any other error ends the process, loudly.

    The cycles of a plan are swept when it is answered, and nobody waits.
    """
    for line in requests:
        answers.write(msgspec.json.encode(_answered(line, requests)) + b"\n")
        answers.flush()
        gc.collect()


def _answered(line: bytes, requests: IO[bytes]) -> dict[str, Any]:
    """The answer to a line, or to the pickled scenario that follows it."""
    if not line.startswith(b'{"bytes":'):
        return answer(line)
    head = msgspec.json.decode(line)
    scenario = pickle.loads(requests.read(head[BYTES]))
    return answer_model(scenario, head["proofs"], Effort(head["effort"]))


def main() -> None:
    """Serve standard input and output; quietly over once nobody reads the answers."""
    if LOW in sys.argv:
        os.nice(LEAST)
    gc.freeze()  # what was loaded stays
    gc.set_threshold(UNSWEPT)
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:  # whoever asked was killed; the answer left over must not raise again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
