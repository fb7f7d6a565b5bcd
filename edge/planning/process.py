"""The daemon's side of planner and adviser: a worker process each, started when first needed."""

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from edge.domain.faults import Fault
from edge.planning.errors import PlannerLost, PlannerTooSlow, ScenarioInvalid
from edge.planning.scenario.model import Scenario

LONGEST_LINE: Final = 1 << 29
FIRST: Final = "first"  # of efforts
LOW: Final = "--low"  # of priority


class PlannerProcess:
    """Solves one scenario after another in a process of its own.

    `seconds` is the time limit of one solve; `low`: all else on the machine goes first. A process
    that died or was too slow is replaced at the next call; close ends it.
    """

    MODULE = "edge.planning.worker"

    def __init__(self, seconds: float = 60.0, *, low: bool = False) -> None:
        self._seconds, self._low = seconds, low
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def pid(self) -> int | None:
        """The worker's process id, None while there is none."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start the worker if there is none, so that the first scenario does not wait for it."""
        async with self._turn:
            await self._running()

    async def solve(
        self,
        scenario: Scenario | dict[str, Any],
        *,
        proofs: int | None = None,
        effort: str = FIRST,
    ) -> dict[str, Any]:
        """The schedule of a scenario; a dict is one of `taktline.scenario/1`, not yet read.

        `effort` (of a Scenario) is how long a better plan is looked for. `proofs`: why orders are
        late is told only if so many placements prove it; None: whatever it takes. Raises
        ScenarioInvalid (mend it), PlannerLost (ask again), PlannerTooSlow (allow more time or ask
        for less).
        """
        request = await asyncio.to_thread(_written, scenario, proofs, effort)
        async with self._turn:
            answer = await self._ask(request)
        schedule: dict[str, Any] = _without_fault(answer)["schedule"]
        return schedule

    async def close(self) -> None:
        """End the worker, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def _ask(self, line: bytes) -> dict[str, Any]:
        """One line there and one back; whatever goes wrong, the worker is replaced."""
        answered = False
        try:
            async with asyncio.timeout(self._seconds):
                process = await self._running()
                reply = await _exchange(process, line)
            answered = True
        except TimeoutError as error:
            raise PlannerTooSlow(f"no plan within {self._seconds:g} s") from error
        finally:
            if not answered:
                await self.close()
        found: dict[str, Any] = await asyncio.to_thread(msgspec.json.decode, reply)
        return found

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            await self.close()
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self.MODULE,
                *([LOW] if self._low else []),
                stdin=PIPE,
                stdout=PIPE,
                limit=LONGEST_LINE,
                start_new_session=True,  # Ctrl-C is the daemon's to handle; we end at EOF
            )
        return self._process


class AdviserProcess(PlannerProcess):
    """Answers what is asked about the plan in force, beside the planner."""

    MODULE = "edge.planning.promises.adviser"

    async def ask(self, question: object) -> dict[str, Any]:
        """What it answers to a question of `edge.planning.promises.asking`; raises as `solve`."""
        body = await asyncio.to_thread(pickle.dumps, question, pickle.HIGHEST_PROTOCOL)
        async with self._turn:
            answer = await self._ask(b"%d\n%b" % (len(body), body))
        return _without_fault(answer)


def _without_fault(answer: dict[str, Any]) -> dict[str, Any]:
    if "faults" in answer:
        raise ScenarioInvalid(tuple(Fault.of(fault) for fault in answer["faults"]))
    return answer


def _written(scenario: Scenario | dict[str, Any], proofs: int | None, effort: str) -> bytes:
    """What is sent to the worker."""
    if isinstance(scenario, dict):
        return msgspec.json.encode(scenario) + b"\n"
    body = pickle.dumps(scenario, pickle.HIGHEST_PROTOCOL)
    head = {"bytes": len(body), "proofs": proofs, "effort": effort}
    return msgspec.json.encode(head) + b"\n" + body


async def _exchange(process: Process, line: bytes) -> bytes:
    """Raises PlannerLost if the process ends before a whole line came back."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(line)
        await process.stdin.drain()
        reply = await process.stdout.readline()
    except (BrokenPipeError, ConnectionResetError) as error:
        raise PlannerLost("the planner's process ended while it was asked") from error
    if not reply.endswith(b"\n"):
        code = await process.wait()
        raise PlannerLost(f"the planner's process ended with code {code} before it answered")
    return reply
