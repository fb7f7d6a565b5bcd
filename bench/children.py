"""Servers for the benchmarks: child processes on free ports of the loopback."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]
END_SECONDS = 5


@dataclass(frozen=True)
class Child:
    """A server that listens; its standard input asks it, and tells it of the end."""

    port: int
    asking: IO[str]
    answers: IO[str]

    def cpu(self) -> float:
        """CPU seconds that the child has taken so far."""
        return float(self.ask("cpu"))

    def ask(self, word: str) -> str:
        """What the child answers to a word."""
        self.asking.write(f"{word}\n")
        self.asking.flush()
        return self.answers.readline().strip()


@contextmanager
def child(module: str, *arguments: str) -> Iterator[Child]:
    """`python -m bench.servers.MODULE ARGUMENTS` that listens, until the end of the block."""
    command = [sys.executable, "-m", f"bench.servers.{module}", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        word, _, port = process.stdout.readline().strip().partition(" ")
        if word != "ready":
            raise ChildProcessError(f"{module} did not start; it says above why")
        yield Child(int(port), process.stdin, process.stdout)
    finally:
        process.stdin.close()  # the child ends with it
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
