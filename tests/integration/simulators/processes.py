"""The machines and the referee as the processes that they are."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

EXAMPLE = Path("examples/hardware_plant/scenario.toml")


class Child:
    """A process that answers each line with a line of JSON."""

    def __init__(self, *arguments: str, fds: tuple[int, ...] = ()) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            pass_fds=fds,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            out, err = self.process.communicate()
            raise AssertionError(f"ended with {self.process.returncode}: {out}{err}")
        found: dict[str, Any] = json.loads(line)
        return found

    def ask(self, question: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self) -> tuple[int, str]:
        """Close its input and wait; gives the exit code and what it said on standard error."""
        _, err = self.process.communicate(timeout=20)
        return self.process.returncode, err


class RefereeChild(Child):
    """A referee and the writing end of its pipe."""

    def __init__(self, store: Path) -> None:
        reading, self.truth_fd = os.pipe()
        super().__init__(
            "-m", "simulators.referee", str(store), "--truth-fd", str(reading), fds=(reading,)
        )
        os.close(reading)
        self._open = True

    def let_go(self) -> None:
        """Close our copy of the writing end."""
        if self._open:
            self._open = False
            os.close(self.truth_fd)

    def totals(self) -> dict[tuple[str, int, int], tuple[int, int]]:
        """(machine, number, recipe) -> (good, scrap)."""
        answer = self.ask("totals")
        assert answer["lost"] == 0
        return {
            (row["machine"], row["number"], row["recipe"]): (row["good"], row["scrap"])
            for row in answer["totals"]
        }


@contextmanager
def referee(store: Path) -> Iterator[RefereeChild]:
    child = RefereeChild(store)
    try:
        yield child
    finally:
        child.let_go()
        child.end()


@contextmanager
def machines(scenario: Path, *options: str, fds: tuple[int, ...] = ()) -> Iterator[Child]:
    """`taktline simulate --ready-json`; killed at the end if it still runs."""
    child = Child("-m", "taktline", "simulate", str(scenario), "--ready-json", *options, fds=fds)
    try:
        yield child
    finally:
        child.process.kill()
        child.end()


def free_ports(path: Path, directory: Path) -> Path:
    """A copy of a scenario whose machines take any free port."""
    text = path.read_text(encoding="utf-8")
    for port in (4841, 5021, 4843):
        text = text.replace(f":{port}", ":0")
    copy = directory / "scenario.toml"
    copy.write_text(text, encoding="utf-8")
    return copy
