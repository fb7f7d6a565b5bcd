"""Loads the modules of a program as quickly as may be."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# structlog and httpx load these wherever they are, to draw on a terminal; a tenth of the start.
ORNAMENTS = ("rich", "pygments")


@contextmanager
def lean() -> Iterator[None]:
    """What is imported inside finds no ornaments, and garbage is looked for only afterwards.

    What was loaded stays, so looking through it is work for nothing: a sixth of the start.
    """
    hidden = [name for name in ORNAMENTS if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's word for "is not there"
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
        for name in hidden:
            del sys.modules[name]
