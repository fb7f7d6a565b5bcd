"""One connection that the units on it use in turns, and what is known of its silence.

Drivers come and go with each attempt of their supervisors; a line stays while one of them uses
it, and after that while something about it must be remembered: an answer that may still come,
a unit that must not be asked yet.
"""

import asyncio
from collections.abc import Callable

from pymodbus import ModbusException
from pymodbus.client.base import ModbusBaseClient

from plc_drivers.configuration import SerialConfig
from plc_drivers.modbus.breaker import Breaker
from plc_drivers.modbus.client import connect, make_client
from plc_drivers.modbus.endpoint import Endpoint
from plc_drivers.modbus.exceptions import Reaction, reaction
from plc_drivers.modbus.quiet import Quiet, quiet_s
from plc_drivers.modbus.requests import Reply, Request

DEAF_AFTER = 2  # answers missed in a row, at least, before a shared connection is made anew


class NoAnswer(Exception):
    """Why a request has no answer, in words; its driver says which unit's."""


class Line:
    """One serial port, or one connection to a host and port.

    Requests wait for their turn in the order in which they came (one a driver at a time, so
    every unit has its share). A unit that is alone on it is asked whenever its driver likes.
    """

    def __init__(
        self, endpoint: Endpoint, serial: SerialConfig | None, unused: Callable[[], None]
    ) -> None:
        self.serial = serial or SerialConfig()
        self._endpoint, self._unused = endpoint, unused
        self._users = 0
        self._turn = asyncio.Lock()  # wakes its waiters in their order
        self._client: ModbusBaseClient | None = None
        self._asking = False
        self._quiet = Quiet(self._settle)
        self._units: dict[int, Breaker] = {}
        self._failures, self._failed = 0, ""
        self._missed_in_a_row = 0

    def enter(self) -> None:
        """One more driver uses it."""
        self._users += 1

    def set(self, serial: SerialConfig) -> bool:
        """Whether its port is set like this; it can be set while nobody uses it."""
        if not self._users:
            self.serial = serial
        return self.serial == serial

    async def leave(self) -> None:
        """One driver uses it no more; the connection ends with the last."""
        self._users -= 1
        if not self._users:
            await self._disconnect()
            self._settle()

    async def open(self, unit: int, limit: float) -> None:
        """See that it is connected, within `limit` seconds; NoAnswer if it cannot be.

        Who waited while another tried in vain does not try too.
        """
        self._check(unit)
        failures = self._failures
        async with self._turn:
            if self._client is not None and not self._client.connected:
                await self._disconnect()
            await self._connected(failures, limit)

    async def ask(self, request: Request, limit: float) -> Reply:
        """The answer of a unit within `limit` seconds from when it is its turn, else NoAnswer."""
        self._check(request.dev_id)
        failures = self._failures
        async with self._turn:
            if self._quiet.due:
                await self._wait_until_quiet()
            client = self._client or await self._connected(failures, limit)
            if not client.connected:
                raise NoAnswer("the connection was closed")
            unit = self._units.get(request.dev_id)
            short = limit if unit is None or not self._shared else unit.limit(limit)
            reply = await self._exchange(client, request, limit, short)
            self._missed_in_a_row = 0
            if unit is not None or reply.exception_code:
                self._judge(request.dev_id, reply, limit)
            return reply

    @property
    def _shared(self) -> bool:
        return self._users > 1

    async def _connected(self, failures: int, limit: float) -> ModbusBaseClient:
        """The connection; made now if there is none, unless others tried since in vain."""
        if self._client is not None:
            return self._client
        if failures == self._failures:
            client = make_client(self._endpoint, self.serial, limit, self._told, self._quiet.heard)
            self._failed = await connect(client, self._endpoint)
            if not self._failed:
                self._client, self._missed_in_a_row = client, 0
                return client
            self._failures += 1
            client.close()
        raise NoAnswer(self._failed)

    def _check(self, number: int) -> None:
        unit = self._units.get(number)
        if unit is not None and unit.open and self._shared:
            raise NoAnswer(f"silent, and not asked for {unit.pause_s:.3g} s: it shares its line")

    async def _exchange(
        self, client: ModbusBaseClient, request: Request, limit: float, short: float
    ) -> Reply:
        """What came within `short` seconds; NoAnswer if nothing did, or nothing that fits."""
        client.ctx.comm_params.timeout_connect = short
        self._asking = True
        try:
            reply: Reply = await client.execute(False, request)  # type: ignore[arg-type]
        except (ModbusException, OSError) as error:
            closed = not client.connected
            await self._miss(request.dev_id, limit, short)
            detail = "the connection was closed" if closed else f"no answer within {short:g} s"
            raise NoAnswer(detail) from error
        except asyncio.CancelledError:
            self._hush(short)
            raise
        finally:
            self._asking = False
        if reply.broken:
            await self._broken(short)
            raise NoAnswer(reply.broken)
        return reply

    async def _miss(self, number: int, limit: float, short: float) -> None:
        """A unit did not answer. If nobody does any more, it is the connection that is dead:
        it is made anew, and every unit may be asked again."""
        self._missed_in_a_row += 1
        self._hush(short)
        if self._shared:
            self._unit(number).missed(limit, 2 if self._endpoint.rtu else 1)
        if self._missed_in_a_row >= max(DEAF_AFTER, self._users):
            for unit in self._units.values():
                unit.stop()
            self._units.clear()
            await self._disconnect()

    async def _broken(self, short: float) -> None:
        """What came is no answer: over TCP nobody knows where the next one begins."""
        self._hush(short)
        if not self._endpoint.rtu:
            await self._disconnect()

    def _unit(self, number: int) -> Breaker:
        return self._units.setdefault(number, Breaker(self._settle))

    def _judge(self, number: int, reply: Reply, limit: float) -> None:
        """A gateway that speaks for a silent unit is no sign of its life."""
        if reaction(reply.exception_code) is not Reaction.SILENCE:
            self._unit(number).answered()
        elif self._shared:
            self._unit(number).missed(limit, 1)

    def _hush(self, limit: float) -> None:
        if self._endpoint.rtu:
            self._quiet.missed(quiet_s(self.serial.baudrate, self.serial.quiet_ms, limit))

    async def _wait_until_quiet(self) -> None:
        try:
            await self._quiet.wait()
        except TimeoutError as error:
            raise NoAnswer("the line does not become quiet") from error

    def _told(self, connected: bool) -> None:
        """pymodbus tells of a connection that ended: who waits need not wait longer."""
        client = self._client
        if not connected and self._asking and client is not None:
            waiting = client.ctx.response_future
            if not waiting.done():
                waiting.set_exception(ModbusException("closed"))

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
            await asyncio.sleep(0)  # lets the transport close before its loop may end

    def _settle(self) -> None:
        remembers = self._quiet.due or any(unit.open for unit in self._units.values())
        if not self._users and not remembers:
            self._unused()
