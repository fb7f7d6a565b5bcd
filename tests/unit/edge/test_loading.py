"""What a start loads: all that an edge needs, and nothing that only some edges or questions do."""

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import taktline

WITHOUT = {
    "asyncua": "with the first OPC UA device",
    "cryptography": "with the first PIN, or certificates",
    "prometheus_client": "with the first scrape",
    "sqlite_utils": "with a migration",
    "rich": "to draw, which an edge never does",
    "pygments": "to draw",
    "alembic": "on the side of sync",
}
START = """
import sys, typer
import edge.cli
from edge.loading import lean
with lean():
    import edge.starting
print(*sys.modules, sep="\\n")
import rich, gc
assert gc.isenabled()
"""


def loaded(code: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_start_does_without_what_it_does_not_need() -> None:
    found = loaded(START)
    assert "edge.daemon" in found
    assert found.isdisjoint(WITHOUT), found & set(WITHOUT)


def test_the_overview_says_which_package_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taktline, "requires", lambda _: ["typer", "no-such-one; extra == 'edge'"])
    commands = {one.name: one for one in entry_points(group=taktline.GROUP)}
    told = taktline._overview(commands)
    assert "  check         (not installed: no-such-one)\n" in told
    assert "  sync          The endpoint" in told


NO_ROOM = """
import errno, os, taktline
def full():
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
taktline._run = full
taktline.main()
"""


def test_output_that_finds_no_room_is_told_and_no_traceback() -> None:
    done = subprocess.run([sys.executable, "-c", NO_ROOM], capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stderr.endswith("what was to be written is not whole: No space left on device\n")
    assert "Traceback" not in done.stderr
