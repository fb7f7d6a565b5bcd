"""The import table of docs/architecture.md, enforced: who may import whom, and who reads clocks."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP = ("edge", "plc_drivers", "erp_sync", "terminal_ui", "simulators")

# Package -> what of ours it may import besides itself. The longest match counts.
ALLOWED: dict[str, frozenset[str]] = {
    "edge.domain": frozenset(),
    "plc_drivers": frozenset(),
    "edge.public_holidays": frozenset({"edge.domain"}),
    "edge.planning": frozenset({"edge.domain", "edge.public_holidays"}),
    "edge.kpi": frozenset({"edge.domain"}),
    "edge.storage": frozenset({"edge.domain"}),
    "edge.collection": frozenset({"edge.domain", "plc_drivers"}),
    "edge.execution": frozenset({"edge.domain", "edge.planning", "edge.kpi"}),
    "edge.link": frozenset({"edge.domain", "edge.execution", "edge.kpi"}),
    "edge.api": frozenset({"edge.domain", "edge.execution", "edge.kpi"}),
    "edge.config": frozenset({"edge.configuration", "edge.domain", "plc_drivers"}),
    "edge.configuration": frozenset({"edge.domain", "edge.public_holidays", "plc_drivers"}),
    "edge.commissioning": frozenset(
        {"edge.config", "edge.configuration", "edge.collection", "edge.domain", "plc_drivers"}
    ),
    "edge": frozenset({"edge", "plc_drivers"}),
    "erp_sync": frozenset({"edge.domain", "edge.kpi"}),
    "terminal_ui": frozenset({"edge.domain"}),
    "simulators": frozenset(),
}
NOBODY_IMPORTS = ("edge.daemon", "edge.starting", "edge.cli", "edge.commands")
CLOCK_MODULES = {"edge/domain/clock.py", "simulators/clock.py"}
CLOCK_CALLS = {
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
    ("time", "monotonic_ns"),
    ("time", "perf_counter"),
    ("time", "perf_counter_ns"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("loop", "time"),
}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "misc"}


def sources() -> list[Path]:
    return [path for top in TOP for path in sorted((ROOT / top).rglob("*.py"))]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def room_of(module: str) -> str:
    """The longest entry of the table that holds a module."""
    return max((room for room in ALLOWED if within(module, room)), key=len)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(module: str) -> bool:
    return module.partition(".")[0] in TOP


# A test for each room, which names every fault of it: one for each file would take as long as
# a room of real tests.
by_room = pytest.mark.parametrize("room", sorted(ALLOWED))


@cache
def rooms() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in sources():
        found.setdefault(room_of(module_of(path)), []).append(path)
    return found


def files_of(room: str) -> list[Path]:
    assert rooms()[room]
    return rooms()[room]


@by_room
def test_imports_keep_to_the_table(room: str) -> None:
    assert [fault for path in files_of(room) for fault in _wrong_imports(path, room)] == []


def _wrong_imports(path: Path, room: str) -> Iterator[str]:
    module = module_of(path)
    for imported in filter(ours, imports_of(path)):
        if not any(within(imported, one) for one in (room, *ALLOWED[room])):
            yield f"{module} may not import {imported}"
        private = any(within(imported, one) for one in NOBODY_IMPORTS)
        if private and not any(within(module, one) for one in NOBODY_IMPORTS):
            yield f"{module} imports {imported}"


@by_room
def test_only_the_clock_modules_read_the_systems_time(room: str) -> None:
    paths = (path for path in files_of(room) if str(path.relative_to(ROOT)) not in CLOCK_MODULES)
    assert [fault for path in paths for fault in _clocks_read(path)] == []


def _clocks_read(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            call = (node.value.id, node.attr)
            if call in CLOCK_CALLS:
                yield f"{path}:{node.lineno} reads {'.'.join(call)}"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (f"{path}:{node.lineno}" for one in node.names if one.name != "sleep")


@by_room
def test_files_are_named_for_what_they_hold_and_init_files_are_empty(room: str) -> None:
    paths = files_of(room)
    assert [path for path in paths if path.stem in FORBIDDEN_NAMES] == []
    empty = (path for path in paths if path.name == "__init__.py")
    assert [path for path in empty if any(imports_of(path))] == []


LONELY_IMPORT = """
import importlib, pkgutil, sys
room, allowed = sys.argv[1], sys.argv[2].split(",")
package = importlib.import_module(room)
for module in pkgutil.walk_packages(package.__path__, room + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
tops = ("edge", "plc_drivers", "erp_sync", "terminal_ui", "simulators")
seen = [name for name in sys.modules if name.partition(".")[0] in tops and name != "edge"]
print([name for name in seen if not any(name == a or name.startswith(a + ".") for a in allowed)])
"""


SINGLE_FILES = {"edge.config", "edge.public_holidays"}


@pytest.mark.parametrize("room", sorted(set(ALLOWED) - {"edge", *SINGLE_FILES}))
def test_a_room_imported_alone_brings_only_what_it_may(room: str) -> None:
    allowed = ",".join([room, *ALLOWED[room], *_reach(room)])
    done = subprocess.run(
        [sys.executable, "-c", LONELY_IMPORT, room, allowed],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def _reach(room: str) -> set[str]:
    """What the rooms that it may import may import in turn, and so on."""
    near = ALLOWED.get(room, frozenset())
    return {far for one in near for far in (one, *_reach(one)) if one != room}
