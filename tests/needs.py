"""What some tests need of the machine beside Python, and what mends its lack.

`tests/setup.sh` (`make test` and `make machine` call it) installs it; a test without it is not
run, and the last lines of the run say so, or, with `--complete`, it fails.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from edge.planning.kernel.loading import is_compiled

FAKETIME = "libfaketimeMT.so.1"
LIBRARIES = (Path("/usr/lib"), Path("/usr/local/lib"), Path("/usr/lib64"))
INSTALLED_BY = "run `make machine` as root, which installs it"


@dataclass(frozen=True)
class Need:
    """Whether it is there, and what to do where it is not."""

    is_there: Callable[[], bool]
    mend: str = INSTALLED_BY


@cache
def faketime() -> Path | None:
    """The library that shows a process another time."""
    for folder in LIBRARIES:
        for found in (*folder.glob(f"*/faketime/{FAKETIME}"), *folder.glob(f"faketime/{FAKETIME}")):
            return found
    return None


@cache
def _can_mount() -> bool:
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as place:
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "taktline", place]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            return False
        subprocess.run(["umount", "-l", place], check=True)
    return True


NEEDS: Mapping[str, Need] = {
    "a C compiler": Need(lambda: shutil.which("cc") is not None),
    "the compiled kernel": Need(is_compiled, "run `make kernel`, which needs a C compiler"),
    "libfaketime": Need(lambda: faketime() is not None),
    "mounting a disk": Need(_can_mount, "run the tests as root, where file systems can be mounted"),
    "tmux": Need(lambda: shutil.which("tmux") is not None),
}


def lacking(name: str) -> str:
    """What lacks, and what mends it; empty if it is there."""
    need = NEEDS[name]
    return "" if need.is_there() else f"needs {name}, which is not here; mend: {need.mend}"
