"""Starts the programs of this folder as processes of their own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
HERE = "tests.integration.storage"


def start(module: str, *arguments: str) -> subprocess.Popen[str]:
    """A program of this folder, with pipes for its input and output."""
    return subprocess.Popen(
        [sys.executable, "-m", f"{HERE}.{module}", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
