"""Modbus TCP with pymodbus: few requests, short waits, no retries of its own."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

from pymodbus import ModbusException
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.pdu import ModbusPDU

from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.errors import Refused, Unreachable
from plc_drivers.modbus.address import BIT_TABLES
from plc_drivers.modbus.blocks import Block, Span, coalesce, spans_of, split
from plc_drivers.modbus.codec import decode, encode
from plc_drivers.modbus.exceptions import ADDRESS_CODES, SILENCE_CODES, describe
from plc_drivers.modbus.requests import Request, reading, writing
from plc_drivers.modbus.rules import endpoint
from plc_drivers.reading import Quality, Reading, Value
from plc_drivers.writing import reject_all

TIMEOUT_MS = 1000


class ModbusDriver:
    """One Modbus TCP connection; see `plc_drivers.driver.Driver`."""

    def __init__(self, config: DeviceConfig, now: Callable[[], int]) -> None:
        self._config = config
        self._now = now
        self._limit = (config.timeout_ms or TIMEOUT_MS) / 1000
        self._spans = spans_of(config.tags)
        self._blocks: dict[frozenset[int], tuple[Block, ...]] = {}
        self._host, self._port = endpoint(config.url)
        self._client: AsyncModbusTcpClient | None = None

    async def connect(self) -> None:
        client = AsyncModbusTcpClient(
            self._host, port=self._port, timeout=self._limit, retries=0, reconnect_delay=0
        )
        self._client = client
        if not await client.connect():
            raise await self._lost("no connection: nothing listens there, or it is filtered")

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
            await asyncio.sleep(0)  # lets the transport close before its loop may end

    async def poll(self, tags: Collection[str] | None = None) -> tuple[Reading, ...]:
        wanted = frozenset(
            span.index for span in self._spans if tags is None or self._id(span) in tags
        )
        blocks = self._blocks.get(wanted)
        if blocks is None:
            chosen = (span for span in self._spans if span.index in wanted)
            blocks = coalesce(chosen, self._config.max_registers)
        readings, self._blocks[wanted] = await self._read(blocks)
        return tuple(readings[index] for index in sorted(wanted))

    def _id(self, span: Span) -> str:
        return self._config.tags[span.index].id

    async def write(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        requests = self._encoded(values)
        for tag, span, words in requests:
            reply = await self._ask(writing(span, words, self._config.unit))
            if reply.isError():
                raise Refused({tag.id: describe(reply.exception_code)})
        written = coalesce((span for _, span, _ in requests), self._config.max_registers)
        readings, _ = await self._read(written)
        return {tag.id: readings[span.index].value for tag, span, _ in requests}

    def _encoded(
        self, values: Mapping[str, Value]
    ) -> list[tuple[TagConfig, Span, tuple[int, ...]]]:
        """Tag, span and registers of each value; Refused, with nothing sent, names all faults."""
        reasons = reject_all(self._config.tags, values)
        by_id = {tag.id: (tag, self._spans[at]) for at, tag in enumerate(self._config.tags)}
        found: list[tuple[TagConfig, Span, tuple[int, ...]]] = []
        for name in values.keys() - reasons.keys():
            tag, span = by_id[name]
            try:
                found.append((tag, span, encode(tag, values[name])))
            except ValueError as error:
                reasons[name] = str(error)
        if reasons:
            raise Refused(reasons)
        order = list(values)
        return sorted(found, key=lambda each: order.index(each[0].id))

    async def _read(self, blocks: Sequence[Block]) -> tuple[dict[int, Reading], tuple[Block, ...]]:
        """Readings by tag index, and the blocks that the device answered.

        A block whose addresses it refuses is cut until the tags at fault stand alone, and
        stays so while the connection lasts: one missing register spoils no other tag.
        """
        readings: dict[int, Reading] = {}
        waiting = list(reversed(blocks))
        answered: list[Block] = []
        while waiting:
            block = waiting.pop()
            reply = await self._ask(reading(block, self._config.unit))
            if reply.exception_code in ADDRESS_CODES and len(block.spans) > 1:
                waiting.extend(reversed(split(block)))
                continue
            answered.append(block)
            readings.update(await self._readings(block, reply))
        return readings, tuple(answered)

    async def _readings(self, block: Block, reply: ModbusPDU) -> dict[int, Reading]:
        now = self._now()
        if reply.isError():
            detail = f"{describe(reply.exception_code)} ({block.table}:{block.start})"
            return {span.index: self._bad(span, detail, now) for span in block.spans}
        words: Sequence[int] = reply.bits if block.table in BIT_TABLES else reply.registers
        if len(words) < block.count:
            raise await self._lost(f"{len(words)} values came where {block.count} were due")
        return {
            span.index: self._reading(
                span, words[span.start - block.start : span.end - block.start], now
            )
            for span in block.spans
        }

    def _reading(self, span: Span, words: Sequence[int], now: int) -> Reading:
        tag = self._config.tags[span.index]
        try:
            value = decode(tag, span.address, words)
        except ValueError as error:
            return self._bad(span, f"no value of type {tag.type}: {error}", now)
        return Reading(tag.id, value, Quality.GOOD, None, None, now)

    def _bad(self, span: Span, detail: str, now: int) -> Reading:
        tag = self._config.tags[span.index]
        return Reading(tag.id, None, Quality.BAD, None, None, now, detail)

    async def _ask(self, request: Request) -> ModbusPDU:
        if self._client is None:
            raise await self._lost("not connected")
        try:
            async with asyncio.timeout(self._limit):
                reply = await request(self._client)
        except (ModbusException, TimeoutError, OSError) as error:
            raise await self._lost(f"no answer within {self._limit:g} s") from error
        if reply.isError() and reply.exception_code in SILENCE_CODES:
            raise await self._lost(describe(reply.exception_code))
        return reply

    async def _lost(self, detail: str) -> Unreachable:
        await self.close()
        return Unreachable(self._config.url, f"unit {self._config.unit}: {detail}")
