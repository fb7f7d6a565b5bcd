"""The processes of a demo: started, watched, killed and started again, and always ended."""

import contextlib
import os
import queue
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from simulators.demo.errors import DemoFailed

END_S = 10.0
TAIL_LINES = 12


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to start: `pass_fds` are inherited, `dialogue` keeps stdin and stdout for the demo."""

    name: str
    arguments: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    pass_fds: tuple[int, ...] = ()
    dialogue: bool = False


def taktline(*arguments: str) -> list[str]:
    """The command line of a subcommand of `taktline`, with this Python."""
    return [sys.executable, "-m", "taktline", *arguments]


def replacement(text: str, *arguments: str) -> list[str]:
    """The command line of a command that stands in for `taktline edge`."""
    return [*shlex.split(text), *arguments]


class Child:
    """One process in its own group, on a leash, with a log of its own."""

    def __init__(self, command: Command, directory: Path) -> None:
        self.command, self._directory = command, directory
        self.log = directory / "logs" / f"{command.name}.log"
        self.killed = 0
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        leash = [sys.executable, "-m", "simulators.demo.leash", str(os.getpid())]
        pipe = subprocess.PIPE if self.command.dialogue else None
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"--- {shlex.join(self.command.arguments)}\n")
            log.flush()
            self._process = subprocess.Popen(
                [*leash, *self.command.arguments],
                cwd=self._directory,
                env={**os.environ, **self.command.env},
                stdin=pipe or subprocess.DEVNULL,
                stdout=pipe or log,
                stderr=log,
                text=True,
                pass_fds=self.command.pass_fds,
                start_new_session=True,
            )
        if self._process.stdout:
            reader = (self._process.stdout, self._lines)
            self._reader = threading.Thread(target=_read_lines, args=reader, daemon=True)
            self._reader.start()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return None if self._process is None else self._process.poll()

    def say(self, line: str) -> None:
        """Write a line to its stdin."""
        assert self._process is not None
        assert self._process.stdin is not None, "a dialogue was asked for"
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise DemoFailed(
                f"{self.command.name} takes no more input: {error}", self.name
            ) from None

    def line(self, seconds: float) -> str:
        """The next line of its stdout; raises DemoFailed if none comes in time."""
        try:
            return self._lines.get(timeout=seconds)
        except queue.Empty:
            text = f"{self.name} said nothing within {seconds:g} s"
            raise DemoFailed(text, self.name) from None

    @property
    def name(self) -> str:
        return self.command.name

    def kill_and_restart(self) -> None:
        """SIGKILL to the whole group, as a power failure would, and start again."""
        self.end(0)
        self.killed += 1
        self.start()

    def ask_to_end(self) -> None:
        self._signal(signal.SIGTERM)

    def end(self, seconds: float) -> None:
        """Wait for its end, then take the whole group down."""
        if self._process is None:
            return
        if seconds:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=seconds)
        self._signal(signal.SIGKILL)
        self._process.wait()
        if self._reader:
            self._reader.join(timeout=2.0)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return

    def tail(self) -> list[str]:
        """The last lines of its log."""
        if not self.log.exists():
            return []
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]


class Crew:
    """All processes of a demo, ended in the reverse order of their start."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.children: dict[str, Child] = {}

    def start(self, command: Command) -> Child:
        child = Child(command, self._directory)
        self.children[command.name] = child
        child.start()
        return child

    def check(self) -> None:
        """Raise DemoFailed if a process has ended without being asked to."""
        for child in self.children.values():
            if not child.running:
                text = f"{child.name} ended by itself with code {child.exit_code}"
                raise DemoFailed(text, child.name)

    def end(self, monotonic: Callable[[], float]) -> None:
        """End all, politely first."""
        backwards = list(reversed(self.children.values()))
        for child in backwards:
            child.ask_to_end()
        until = monotonic() + END_S
        for child in backwards:
            child.end(max(until - monotonic(), 0.1))


def _read_lines(stream: IO[str], lines: "queue.Queue[str]") -> None:
    for line in stream:
        lines.put(line.rstrip("\n"))
