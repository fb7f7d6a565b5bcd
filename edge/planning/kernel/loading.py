"""The kernel as it runs here: compiled, or as the Python that it is written in."""

from importlib import import_module
from typing import Any

from edge.planning.kernel.search import Search

try:
    compiled: Any = import_module("edge.planning.kernel.compiled")  # made by hatch_build.py
except ImportError:
    compiled = None


def is_compiled() -> bool:
    """Whether the kernel runs as machine code."""
    return compiled is not None


def kernel() -> Any:
    """The kernel's class, compiled where it can be."""
    return compiled.Search if compiled is not None else Search


def plain_kernel() -> Any:
    """The kernel's class as Python, whatever is compiled: whole numbers without an end."""
    return Search
