"""Each fault of the OPC UA face, as a bare client sees it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.object_ids import ObjectIds

from tests.integration.simulators.processes import Child

Plant = tuple[Child, dict[str, Any]]
LIMIT = ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead
START = ObjectIds.Server_ServerStatus_StartTime

pytestmark = pytest.mark.xdist_group("simulated_plant")


@pytest.fixture
async def client(plant: Plant) -> AsyncIterator[Client]:
    async with Client(plant[1]["UA"]["url"]) as connected:
        yield connected
        plant[0].ask("clear")


@pytest.fixture
def child(plant: Plant) -> Child:
    return plant[0]


async def read(client: Client, name: str) -> ua.DataValue:
    node = client.get_node(f"ns=2;s=UA.{name}")
    return await node.read_data_value(raise_on_bad_status=False)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("status=BadSensorFailure", "BadSensorFailure"),
        ("status=UncertainLastUsableValue value=zero", "UncertainLastUsableValue"),
        ("status=BadCommunicationError value=none", "BadCommunicationError"),
    ],
)
async def test_quality(client: Client, child: Child, told: str, expected: str) -> None:
    before = await read(client, "Good")
    child.ask(f"fault UA quality tags=good {told}")
    seen = await read(client, "Good")
    assert seen.StatusCode is not None
    assert seen.StatusCode.name == expected
    if "value=zero" in told:
        assert seen.Value is not None
        assert seen.Value.Value == 0
    other = await read(client, "State")
    assert other.StatusCode is not None
    assert other.StatusCode.is_good()
    child.ask("clear UA quality")
    assert (await read(client, "Good")).Value == before.Value


class Seen:
    def __init__(self) -> None:
        self.codes: list[str] = []

    def datachange_notification(self, _node: object, _value: object, data: Any) -> None:
        self.codes.append(data.monitored_item.Value.StatusCode.name)


async def test_a_vanished_node_comes_back_unwatched(client: Client, child: Child) -> None:
    seen = Seen()
    subscription = await client.create_subscription(20, seen)
    await subscription.subscribe_data_change(client.get_node("ns=2;s=UA.Good"))
    child.ask("fault UA vanished tags=good")
    gone = await read(client, "Good")
    assert gone.StatusCode is not None
    assert gone.StatusCode.name == "BadNodeIdUnknown"
    async with asyncio.timeout(10):
        while seen.codes[-1:] != ["BadNodeIdUnknown"]:
            await asyncio.sleep(0.01)
    child.ask("clear UA vanished")
    back = await read(client, "Good")
    assert back.StatusCode is not None
    assert back.StatusCode.is_good()
    await subscription.delete()
    assert seen.codes[-1] == "BadNodeIdUnknown"


async def test_limits_are_announced_and_kept(plant: Plant, client: Client, child: Child) -> None:
    child.ask("fault UA limits nodes_per_read=5 items_per_call=2 sessions=1")
    assert await client.get_node(ua.NodeId(ua.Int32(LIMIT))).read_value() == 5
    nodes = [client.get_node(f"ns=2;s=UA.{name}") for name in ("Good", "Reject", "State")]
    assert len(await client.read_values(nodes)) == 3
    with pytest.raises(ua.uaerrors.BadTooManyOperations):
        await client.read_values(nodes * 2)
    subscription = await client.create_subscription(100, Seen())
    with pytest.raises(ua.uaerrors.BadTooManyOperations):
        await subscription.subscribe_data_change(nodes)
    with pytest.raises(ua.uaerrors.BadTooManySessions):
        await Client(plant[1]["UA"]["url"]).connect()
    child.ask("clear UA limits")
    assert len(await client.read_values(nodes * 2)) == 6
    await subscription.delete()
    async with Client(plant[1]["UA"]["url"]):
        pass


async def test_the_clock_is_off_by_a_day(client: Client, child: Child) -> None:
    now = ua.NodeId(ua.Int32(ObjectIds.Server_ServerStatus_CurrentTime))
    before = await client.get_node(now).read_value()
    child.ask("fault UA wrong_clock seconds=-86400")
    seen = await read(client, "Good")
    assert seen.ServerTimestamp is not None
    off = seen.ServerTimestamp - before
    assert timedelta(days=-1) <= off < timedelta(days=-1, minutes=2)
    assert await client.get_node(now).read_value() - before == pytest.approx(
        timedelta(days=-1), abs=timedelta(minutes=2)
    )


async def test_a_restart_ends_sessions_and_renews_the_start_time(plant: Plant) -> None:
    child, url = plant[0], plant[1]["UA"]["url"]
    client = Client(url)
    await client.connect()
    before = await client.get_node(ua.NodeId(ua.Int32(START))).read_value()
    child.ask("fault UA restart power=true")
    with pytest.raises(OSError):
        await Client(url).connect()
    child.ask("clear UA")
    async with Client(url) as again:
        after = await again.get_node(ua.NodeId(ua.Int32(START))).read_value()
        assert after > before
        assert await again.get_node("ns=2;s=UA.Boot").read_value() > 1
    await client.disconnect()


async def test_a_transfer_is_refused(client: Client, child: Child) -> None:
    subscription = await client.create_subscription(100, Seen())
    child.ask("fault UA no_transfer")
    params = ua.TransferSubscriptionsParameters()
    params.SubscriptionIds = [subscription.subscription_id]
    with pytest.raises(ua.uaerrors.BadServiceUnsupported):
        await client.uaclient.transfer_subscriptions(params)
    await subscription.delete()


async def test_silent_then_back_on_the_same_connection(client: Client, child: Child) -> None:
    child.ask("fault UA silent")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await read(client, "Good")
    child.ask("clear UA")
    async with asyncio.timeout(5):
        seen = await read(client, "Good")
    assert seen.StatusCode is not None
    assert seen.StatusCode.is_good()
