"""How some tags of a device are read: its requests, in their order, and what it refused."""

from collections.abc import Awaitable, Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from plc_drivers.configuration import TagConfig
from plc_drivers.modbus.blocks import split
from plc_drivers.modbus.exceptions import ADDRESS_CODES, Reaction, describe, reaction
from plc_drivers.modbus.layout import Layout
from plc_drivers.modbus.requests import Reply, Request
from plc_drivers.reading import Reading

FIRST_ASIDE_US, MOST_ASIDE_US = 1_000_000, 60_000_000
"""A request that is refused for good is made again after a second, then after twice as long each
time, up to a minute: a device that starts may refuse what it holds, and others are mended."""

Ask = Callable[[Request], Awaitable[Reply]]


class Aside(NamedTuple):
    """A request that is not made for a while: since when and for how long (us), and why."""

    since: int
    pause: int
    detail: str


class Plan:
    """The layouts of one set of tags, cut as the device wants them while the connection lasts."""

    def __init__(self, layouts: Sequence[Layout], tags: Sequence[TagConfig], unit: int) -> None:
        self._tags, self._unit = tags, unit
        self._aside: dict[Layout, Aside] = {}
        self._whole = list(layouts)
        self._use(self._whole)

    async def read(self, ask: Ask, now: Callable[[], int]) -> tuple[Reading, ...]:
        """A reading of each tag in the order of the configuration.

        A block whose addresses the device refuses is cut until the tags at fault stand alone:
        one missing register spoils no other tag. Those are set aside for a while, or until one
        of them is answered: then the device was mended, and is read in whole blocks again.
        """
        found: list[Reading] = []
        mended = False
        answered: list[Layout] = []
        waiting = self._layouts[::-1]
        while waiting:
            layout = waiting.pop()
            if self._aside and (detail := self._still_aside(layout, now())):
                found += layout.bad(detail, now())
                answered.append(layout)
                continue
            reply = await ask(layout.request)
            code = reply.exception_code
            if code in ADDRESS_CODES and len(layout.block.spans) > 1:
                halves = split(layout.block)
                waiting += [Layout(half, self._tags, self._unit) for half in reversed(halves)]
                continue
            answered.append(layout)
            at = now()
            if code:
                found += layout.bad(self._refused(layout, code, at), at)
            else:
                mended = mended or self._aside.pop(layout, None) is not None
                found += layout.readings(reply.data, at)
        if len(answered) != len(self._layouts):
            self._use(answered)
        told = tuple(found) if self._ordered is None else self._ordered(found)
        if mended:
            self._aside.clear()
            self._use(self._whole)
        return told

    def _use(self, layouts: list[Layout]) -> None:
        self._layouts = layouts
        indexes = [index for layout in layouts for index in layout.indexes]
        order = sorted(range(len(indexes)), key=indexes.__getitem__)
        # One tag needs no order, and itemgetter gives no tuple for it.
        self._ordered = None if order == list(range(len(order))) else itemgetter(*order)

    def _refused(self, layout: Layout, code: int, at: int) -> str:
        """The words for an exception; a request that can never be answered is set aside."""
        detail = f"{describe(code)} ({layout.block.table}:{layout.block.start})"
        before = self._aside.pop(layout, None)
        if reaction(code) is Reaction.CONFIGURATION:
            pause = min(2 * before.pause, MOST_ASIDE_US) if before else FIRST_ASIDE_US
            self._aside[layout] = Aside(at, pause, detail)
        return detail

    def _still_aside(self, layout: Layout, at: int) -> str:
        """Why a request is not made now; empty if it is.

        A clock that was set back makes it too, and so does a device that is asked nothing else:
        its silence would not be seen.
        """
        aside = self._aside.get(layout)
        if aside is None:
            return ""
        if layout is self._layouts[0] and len(self._aside) == len(self._layouts):
            return ""
        return aside.detail if aside.since <= at < aside.since + aside.pause else ""
