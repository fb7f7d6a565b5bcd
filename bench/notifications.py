"""CPU of one OPC UA notification through our driver, beside bare asyncua in its iterator mode.

From a server of node-opcua, one session and one subscription each, 1,000 variables, the same
flood for each side in turn. Both sides look at each number, so that a lost one would be seen. The
bare side has values; ours has readings with quality, both times and the tag, in order.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.subscription import Subscription

from bench.foreign import install, opcua_server
from bench.measuring import CLOCK, Side, Work, interleaved
from bench.ratio import Ratio
from plc_drivers.driver import Subscriber
from plc_drivers.registry import LIBRARY_LOGGERS, create
from tests.interop.flood import GROUP, Seen, begun, flood, flooded
from tests.interop.node_opcua import NodeOpcua

VARIABLES, RATE, SECONDS, ROUNDS = 1000, 10_000, 2, 5
ROOM = 100_000


def run() -> Iterable[Ratio]:
    install()
    for name in LIBRARY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with asyncio.Runner() as runner:
        served = opcua_server(VARIABLES)
        server = runner.run(served.__aenter__())
        sides = {"ours": _ours(runner, server), "bare": _bare(runner, server)}
        cost = interleaved(sides, ROUNDS)
        runner.run(served.__aexit__(None, None, None))
    count = RATE * SECONDS
    yield Ratio(
        name=f"OPC UA, CPU of a notification at {RATE:,}/s",
        ours=cost["ours"].cpu / count * 1e6,
        bare=cost["bare"].cpu / count * 1e6,
        unit="us",
        target=1.3,
        at_most=True,
    )


def _ours(runner: asyncio.Runner, server: NodeOpcua) -> Side:
    @contextmanager
    def made() -> Iterator[Work]:
        driver, seen = create(flooded(server), CLOCK.now), Seen()
        assert isinstance(driver, Subscriber)
        runner.run(begun(driver, seen, VARIABLES))
        yield lambda: _all(runner, flood(server, driver, seen, rate=RATE, seconds=SECONDS))
        assert not seen.lost, seen.lost
        runner.run(driver.close())

    return made


def _bare(runner: asyncio.Runner, server: NodeOpcua) -> Side:
    @contextmanager
    def made() -> Iterator[Work]:
        client, last = Client(server.url), dict[str, int]()
        subscription = runner.run(_subscribed(client, server, last))
        yield lambda: _all(runner, _consumed(server, subscription, last))
        runner.run(client.disconnect())

    return made


def _all(runner: asyncio.Runner, work: Coroutine[Any, Any, object]) -> None:
    runner.run(work)


async def _subscribed(client: Client, server: NodeOpcua, last: dict[str, int]) -> Subscription:
    await client.connect()
    parameters = ua.CreateSubscriptionParameters(
        RequestedPublishingInterval=ua.Duration(GROUP.publishing_ms),
        RequestedLifetimeCount=ua.Counter(100),
        RequestedMaxKeepAliveCount=ua.Counter(10),
        PublishingEnabled=True,
    )
    made = await client.create_subscription(parameters, queue_maxsize=ROOM)
    space = server.told["namespace"]
    nodes = [client.get_node(f"ns={space};s=V{at}") for at in range(VARIABLES)]
    await made.subscribe_data_change(nodes, queuesize=GROUP.queue, sampling_interval=ua.Duration(0))
    while len(last) < VARIABLES:
        event: Any = await made.next_event()
        last[event.node.nodeid.Identifier] = event.value
    return made


async def _consumed(server: NodeOpcua, subscription: Subscription, last: dict[str, int]) -> None:
    await server.ask("load", rate=RATE, seconds=SECONDS)
    left, events = RATE * SECONDS, cast("AsyncIterator[Any]", subscription)
    async for event in events:
        tag, value = event.node.nodeid.Identifier, event.value
        assert value == last[tag] + 1
        last[tag] = value
        left -= 1
        if not left:
            return
