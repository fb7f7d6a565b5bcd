"""The kernel as it runs here: compiled, or as the Python that it is written in."""

import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Final

from edge.planning.kernel import search

PACKAGE: Final = "edge.planning.kernel"
MODULES: Final = (
    *("state", "working_time", "pieces", "one_task"),
    *("linking", "dispatch", "sequences", "costs", "moves", "estimates", "search"),
)


def is_compiled() -> bool:
    """Whether the kernel runs as machine code."""
    return not str(search.__file__).endswith(".py")


def kernel() -> Any:
    """The kernel's class, compiled where it can be."""
    return search.Search


@cache
def plain_kernel() -> Any:
    """The kernel's class as Python, whatever is compiled: whole numbers without an end."""
    names = [f"{PACKAGE}.{name}" for name in MODULES]
    compiled = {name: sys.modules.pop(name, None) for name in names}
    try:
        for name in names:
            path = Path(__file__).with_name(f"{name.rpartition('.')[2]}.py")
            spec = spec_from_file_location(name, path)
            assert spec is not None
            assert spec.loader is not None
            sys.modules[name] = module_from_spec(spec)
            spec.loader.exec_module(sys.modules[name])
        return sys.modules[names[-1]].Search
    finally:
        sys.modules.update({name: one for name, one in compiled.items() if one is not None})
