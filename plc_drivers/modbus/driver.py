"""Modbus with pymodbus: few requests, short waits, no retries but of a busy device."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.errors import Refused, Unreachable
from plc_drivers.modbus.blocks import Span, coalesce, limits_of, spans_of
from plc_drivers.modbus.codec import encode
from plc_drivers.modbus.exceptions import ACKNOWLEDGED, Reaction, describe, reaction
from plc_drivers.modbus.layout import Layout
from plc_drivers.modbus.line import Line, NoAnswer
from plc_drivers.modbus.lines import enter
from plc_drivers.modbus.plan import Plan
from plc_drivers.modbus.requests import (
    WRITE_COIL,
    WRITE_REGISTER,
    WRITE_REGISTERS,
    Reply,
    Request,
    writing,
)
from plc_drivers.reading import Reading, Value
from plc_drivers.scaling import held
from plc_drivers.writing import reject_all

TIMEOUT_MS = 1000
BUSY_PAUSES = (0.05, 0.15, 0.3)
"""A busy device is asked again after these shares of the time limit."""


class ModbusDriver:
    """One unit on a line that it may share with others; see `plc_drivers.driver.Driver`."""

    def __init__(self, config: DeviceConfig, now: Callable[[], int]) -> None:
        self._config = config
        self._now = now
        self._limit = (config.timeout_ms or TIMEOUT_MS) / 1000
        self._spans = spans_of(config.tags)
        self._limits = limits_of(config)
        self._plans: dict[frozenset[str] | None, Plan] = {}
        self._line: Line | None = None

    async def connect(self) -> None:
        try:
            self._line = enter(self._config)
            await self._line.open(self._config.unit, self._limit)
        except NoAnswer as error:
            raise await self._lost(str(error)) from error

    async def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.leave()

    async def poll(self, tags: Collection[str] | None = None) -> tuple[Reading, ...]:
        wanted = None if tags is None else frozenset(tags)
        plan = self._plans.get(wanted)
        if plan is None:
            plan = self._plans[wanted] = self._planned(wanted)
        return await plan.read(self._ask, self._now)

    async def write(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        requests = self._encoded(values)
        for tag, span, words in requests:
            reply = await self._ask(writing(span, words, self._config.unit))
            if reply.exception_code not in (0, ACKNOWLEDGED):
                raise Refused({tag.id: describe(reply.exception_code)})
        back = await self._planned(frozenset(values)).read(self._ask, self._now)
        by_tag = {reading.tag: reading.value for reading in back}
        return {name: by_tag[name] for name in values}

    def _planned(self, wanted: frozenset[str] | None) -> Plan:
        """How some tags are read (None: all)."""
        tags = self._config.tags
        chosen = (span for span in self._spans if wanted is None or tags[span.index].id in wanted)
        blocks = coalesce(chosen, self._limits)
        return Plan(
            [Layout(block, tags, self._config.unit) for block in blocks], tags, self._config.unit
        )

    def _encoded(
        self, values: Mapping[str, Value]
    ) -> Sequence[tuple[TagConfig, Span, tuple[int, ...]]]:
        """Tag, span and registers of each value; Refused, with nothing sent, names all faults."""
        reasons = reject_all(self._config.tags, values)
        by_id = {tag.id: (tag, self._spans[at]) for at, tag in enumerate(self._config.tags)}
        found: list[tuple[TagConfig, Span, tuple[int, ...]]] = []
        for name, value in values.items():
            if name in reasons:
                continue
            tag, span = by_id[name]
            try:
                found.append((tag, span, encode(tag, held(tag, value))))
            except ValueError as error:
                reasons[name] = str(error)
        if reasons:
            raise Refused(reasons)
        return found

    async def _ask(self, request: Request) -> Reply:
        """The answer; of a busy device what it says after a few tries."""
        reply = await self._once(request)
        for share in BUSY_PAUSES if reply.exception_code else ():
            if not _again(request, reply.exception_code):
                break
            await asyncio.sleep(share * self._limit)
            reply = await self._once(request)
        return reply

    async def _once(self, request: Request) -> Reply:
        line = self._line
        if line is None:
            raise await self._lost("not connected")
        try:
            reply = await line.ask(request, self._limit)
        except NoAnswer as error:
            raise await self._lost(str(error)) from error
        if reply.exception_code and reaction(reply.exception_code) is Reaction.SILENCE:
            raise await self._lost(describe(reply.exception_code))
        return reply

    async def _lost(self, detail: str) -> Unreachable:
        await self.close()
        return Unreachable(self._config.url, f"unit {self._config.unit}: {detail}")


def _again(request: Request, code: int) -> bool:
    """Whether a request may be made again after an exception; no write that was taken already."""
    writes = request.function_code in (WRITE_COIL, WRITE_REGISTER, WRITE_REGISTERS)
    return reaction(code) is Reaction.BUSY and not (writes and code == ACKNOWLEDGED)
