"""Processes of a demo: always ended, however the demo itself ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.demo.errors import DemoFailed
from simulators.demo.processes import Child, Command, Crew

ECHO = """
import sys
print("up", flush=True)
for line in sys.stdin:
    print("got", line, end="", flush=True)
"""
DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)"
# A demo of its own process that starts one child, says its pid and waits.
DEMO = """
import sys, time
from pathlib import Path
from simulators.demo.processes import Command, Crew
child = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
command = Command(name="child", arguments=[sys.executable, "-c", child], dialogue=True)
print(Crew(Path(sys.argv[1])).start(command).line(20), flush=True)
time.sleep(600)
"""


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    crew = Crew(tmp_path)
    yield crew
    crew.end(time.monotonic)


def python(name: str, program: str, *, dialogue: bool = False) -> Command:
    return Command(name=name, arguments=[sys.executable, "-c", program], dialogue=dialogue)


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def test_a_dialogue_and_a_kill(crew: Crew) -> None:
    child = crew.start(python("echo", ECHO, dialogue=True))
    assert child.line(20) == "up"
    child.say("freeze")
    assert child.line(20) == "got freeze"
    child.kill_and_restart()
    assert child.line(20) == "up"
    assert child.killed == 1
    crew.check()


def test_a_process_that_ends_by_itself_is_a_failure_with_its_log(crew: Crew) -> None:
    child = crew.start(python("broken", "import sys; sys.exit('the disk is full')"))
    while child.running:
        time.sleep(0.02)
    with pytest.raises(DemoFailed, match="broken ended by itself with code 1") as failed:
        crew.check()
    assert failed.value.process == "broken"
    assert child.tail()[-1] == "the disk is full"


def test_a_process_that_says_nothing_is_a_failure(crew: Crew) -> None:
    child = crew.start(python("mute", "import time; time.sleep(600)", dialogue=True))
    with pytest.raises(DemoFailed, match="mute said nothing"):
        child.line(0.1)


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    child = Child(python("deaf", DEAF), tmp_path)
    child.start()
    child.ask_to_end()
    child.end(0.2)
    assert not child.running


def test_children_end_when_the_demo_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DEMO, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        child = int(demo.stdout.readline())
        assert is_alive(child)
        os.kill(demo.pid, signal.SIGKILL)
    while is_alive(child):
        time.sleep(0.02)
