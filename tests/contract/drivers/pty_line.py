"""A serial line without hardware: two pseudo-terminals, and what one sends the other receives."""

import asyncio
import contextlib
import os
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True)
class Line:
    """The two ends of a line, as paths that a program opens as serial ports."""

    ours: str
    theirs: str


@contextmanager
def pty_line() -> Iterator[Line]:
    """A line for as long as the block lasts; its loop must run."""
    loop = asyncio.get_running_loop()
    ours, theirs = os.openpty(), os.openpty()
    for sender, receiver in ((ours[0], theirs[0]), (theirs[0], ours[0])):
        os.set_blocking(sender, False)
        loop.add_reader(sender, partial(_carry, sender, receiver))
    for _, end in (ours, theirs):
        tty.setraw(end)
    try:
        yield Line(os.ttyname(ours[1]), os.ttyname(theirs[1]))
    finally:
        for master, end in (ours, theirs):
            loop.remove_reader(master)
            os.close(master)
            os.close(end)


def _carry(sender: int, receiver: int) -> None:
    with contextlib.suppress(OSError):  # nobody has that end open
        os.write(receiver, os.read(sender, 4096))
