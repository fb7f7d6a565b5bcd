"""One session with a server: opened, asked with a time limit on every answer, ended."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from plc_drivers.configuration import DeviceConfig
from plc_drivers.errors import DriverError, Unreachable
from plc_drivers.opcua.security import REFUSALS, SecuredClient, secure
from plc_drivers.opcua.values import name_of, read_request
from plc_drivers.opcua.wire import Broken, Held, read_values

TIMEOUT_MS = 4000
SESSION_TIMEOUT_MS = 60_000
_QUIET_S = 3600  # the library's own health probe: ours are polls and keep-alives

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Connection:
    """One session. After Unreachable it is ended; it is opened once."""

    def __init__(
        self,
        config: DeviceConfig,
        now: Callable[[], int],
        on_lost: Callable[[Unreachable], None] = lambda _: None,
    ) -> None:
        self._config, self._now, self.on_lost = config, now, on_lost
        self.limit = (config.timeout_ms or TIMEOUT_MS) / 1000
        self._client: Client | None = None

    @property
    def is_open(self) -> bool:
        return self._client is not None

    @property
    def client(self) -> Client:
        """The library's client of an open connection."""
        assert self._client is not None
        return self._client

    async def open(self) -> None:
        """Connect and sign in. Unreachable, Untrusted, or ConfigInvalid if a file is missing."""
        client = SecuredClient(self._config.url, self.limit, watchdog_intervall=_QUIET_S)
        client.name = client.description = "Taktline"
        client.session_timeout = SESSION_TIMEOUT_MS
        self._client = client
        if self._config.security:
            await self._within_limit(secure(client, self._config.security, self._now()))
        # One limit around the whole handshake: with packets dropped it can hang anywhere.
        await self._within_limit(client.connect())

    async def ask(self, request: Callable[[Client], Awaitable[T]]) -> T:
        """The answer to one request; Unreachable if none comes, or a fault of the service."""
        if self._client is None:
            raise await self.lost("not connected")
        return await self._within_limit(request(self._client))

    async def try_(self, request: Callable[[Client], Awaitable[T]]) -> T | ua.StatusCode:
        """As `ask`, but a fault of the service is its status code: the session goes on."""
        try:
            return await self.ask(lambda client: _faults_kept(request(client)))
        except _Fault as fault:
            return fault.status

    async def values(
        self, nodes: Sequence[ua.NodeId], attribute: AttributeIds = AttributeIds.Value
    ) -> list[Held]:
        """An attribute of nodes, in one request."""
        request = read_request(nodes, attribute)
        reply = await self.ask(lambda client: client.uaclient._send_request(request))
        try:
            data = read_values(reply)
        except (Broken, UaStatusCodeError) as error:
            raise await self.lost(f"a reply that cannot be used: {error}") from error
        if len(data) != len(nodes):
            raise await self.lost(f"{len(data)} values came where {len(nodes)} were due")
        return data

    async def lost(self, detail: str) -> Unreachable:
        """The error to raise; the connection is ended."""
        error = Unreachable(self._config.url, detail)
        self.on_lost(error)
        await self.end(goodbye=False)
        return error

    async def end(self, *, goodbye: bool) -> None:
        """Drop the connection; with `goodbye` the server may free the session at once."""
        client, self._client = self._client, None
        if client is None:
            return
        if not goodbye:
            client.disconnect_socket()  # now disconnect() ends its tasks and sends nothing
        try:
            async with asyncio.timeout(self.limit):
                await client.disconnect()
        except (UaError, OSError, TimeoutError) as error:
            _log.debug("%s: closed without a goodbye: %r", self._config.url, error)
        finally:
            client.disconnect_socket()
            await asyncio.sleep(0)  # lets the transport close before its loop may end

    async def _within_limit(self, answer: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self.limit):
                return await answer
        except _Fault:
            raise
        except DriverError:
            await self.end(goodbye=False)
            raise
        except TimeoutError as error:
            raise await self.lost(f"no answer within {self.limit:g} s") from error
        except UaStatusCodeError as error:
            raise await self.lost(self._refused(error.code)) from error
        except Exception as error:
            # The library decodes what a server sends; a broken reply can raise anything.
            raise await self.lost(_why(error)) from error

    def _refused(self, code: int) -> str:
        name = name_of(code)
        mend = REFUSALS.get(name, "") if self._config.security else ""
        return f"the server refuses: {name}" + (f"; mend: {mend}" if mend else "")


def _why(error: Exception) -> str:
    """What a person can do something about, in words; else what the library says."""
    told = str(error) or type(error).__name__
    if isinstance(error, ConnectionRefusedError):
        return "no connection: nothing listens there, or it is filtered"
    if isinstance(error, socket.gaierror):
        return f"its host is not known: {error.strerror}; mend: another name, or its number"
    if told.startswith("No matching endpoints"):
        mend = "[device.security] in place of insecure; to discover it: --policy Basic256Sha256"
        return f"the server offers no connection without encryption; mend: {mend}"
    return told


class _Fault(Exception):
    def __init__(self, status: ua.StatusCode) -> None:
        self.status = status
        super().__init__(status)


async def _faults_kept(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except UaStatusCodeError as error:
        raise _Fault(ua.StatusCode(ua.UInt32(error.code))) from error
