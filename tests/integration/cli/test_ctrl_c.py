"""Ctrl-C while a command still loads its libraries: no traceback, 130."""

import subprocess
import sys
from pathlib import Path

# Interrupts its own process when a subcommand is looked for, as the first thing that main does.
INTERRUPTED = """
import os, signal, taktline
def interrupted(**_):
    os.kill(os.getpid(), signal.SIGINT)
    return ()
taktline.entry_points = interrupted
taktline.main()
"""


def test_ctrl_c_while_loading_is_130_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-c", INTERRUPTED]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 130
    assert done.stderr == ""


def test_the_command_itself_loads_no_library_before_it_can_be_interrupted(tmp_path: Path) -> None:
    code = "import sys, taktline; print('typer' in sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == "False\n"
