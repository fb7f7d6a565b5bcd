"""The publish requests of one session: several under way, each answered by what changed.

Answers are handled in the order in which they came. One that carries values is acknowledged
with the next request.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.ua_binary import struct_from_binary
from asyncua.ua.uaerrors import UaStatusCodeError

from plc_drivers.opcua.values import name_of
from plc_drivers.opcua.wire import Broken, Told, told

UNDER_WAY = 3
PAUSE_S = 0.2


async def create_subscription(
    client: Client, parameters: ua.CreateSubscriptionParameters
) -> ua.CreateSubscriptionResult:
    """Make a subscription, but not the library's own publish loop, which would take our answers."""
    request = ua.CreateSubscriptionRequest(Parameters=parameters)
    reply = await client.uaclient._send_request(request)
    response = struct_from_binary(ua.CreateSubscriptionResponse, reply)
    response.ResponseHeader.ServiceResult.check()
    made: ua.CreateSubscriptionResult = response.Parameters
    return made


class Listener(Protocol):
    """A subscription that is told of."""

    def take(self, message: Told) -> None: ...

    def end(self, why: str) -> None: ...


class Publisher:
    """Keeps publish requests under way on one session while it has subscriptions.

    `lost` is called, once, when the session answers no more.
    """

    def __init__(self, client: Client, lost: Callable[[str], None]) -> None:
        self._client, self._lost = client, lost
        self._listeners: dict[int, Listener] = {}
        self._acknowledged: list[ua.SubscriptionAcknowledgement] = []
        self._tasks: list[asyncio.Task[None]] = []

    def listen(self, subscription: int, listener: Listener) -> None:
        """Tell the listener of a subscription from now on."""
        self._listeners[subscription] = listener
        self._tasks = [task for task in self._tasks if not task.done()]
        for _ in range(len(self._tasks), UNDER_WAY):
            self._tasks.append(asyncio.create_task(self._keep_asking(), name="opcua publish"))

    def leave(self, subscription: int) -> None:
        """Tell it no more."""
        self._listeners.pop(subscription, None)

    async def stop(self) -> None:
        """End all requests."""
        self._listeners.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep_asking(self) -> None:
        try:
            while self._listeners:
                if not await self._ask_once():
                    return
        except (Broken, UaStatusCodeError, OSError, TimeoutError) as error:
            self._fail(str(error) or type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a broken reply can raise anything, and is told
            self._fail(f"{type(error).__name__}: {error}")

    async def _ask_once(self) -> bool:
        """One request and its answer; False if the server has enough of them under way."""
        acknowledged, self._acknowledged = self._acknowledged, []
        request = ua.PublishRequest()
        request.Parameters.SubscriptionAcknowledgements = acknowledged
        try:
            # No time limit of its own: silence is seen by whoever waits for keep-alives.
            reply = await self._client.uaclient._send_request(request, timeout=0)
            message = told(reply)
        except UaStatusCodeError as error:
            return await self._refused(error.code)
        if not message.keep_alive:
            self._acknowledged.append(
                ua.SubscriptionAcknowledgement(
                    SubscriptionId=ua.IntegerId(message.subscription),
                    SequenceNumber=ua.Counter(message.sequence),
                )
            )
        if listener := self._listeners.get(message.subscription):
            listener.take(message)
        return True

    async def _refused(self, code: int) -> bool:
        if code == StatusCodes.BadTooManyPublishRequests:
            return sum(not task.done() for task in self._tasks) <= 1
        if code == StatusCodes.BadNoSubscription:
            for listener in list(self._listeners.values()):
                listener.end("the server has no subscription any more")
        elif code not in (StatusCodes.BadTimeout, StatusCodes.BadRequestTimeout):
            self._fail(f"the server refuses: {name_of(code)}")
            return False
        await asyncio.sleep(PAUSE_S)
        return True

    def _fail(self, why: str) -> None:
        self._listeners.clear()  # which ends the others, too
        self._lost(why)
