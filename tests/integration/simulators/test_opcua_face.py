"""The OPC UA face, with a bare asyncua client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asyncua import ua
from asyncua.client.client import Client

from tests.integration.simulators.processes import Child

Plant = tuple[Child, dict[str, Any]]
UINT16, UINT32 = ua.VariantType.UInt16, ua.VariantType.UInt32
TYPES = {
    "State": UINT16,
    "Mode": UINT16,
    "Fault": UINT16,
    "Heartbeat": UINT16,
    "Boot": UINT16,
    "Recipe": UINT16,
    "Order": UINT32,
    "Good": UINT16,
    "Reject": UINT16,
    "OrderSetpoint": UINT32,
    "RecipeSetpoint": UINT16,
    "TargetSetpoint": UINT32,
    "LimitSetpoint": UINT32,
    "Command": UINT16,
}

pytestmark = pytest.mark.xdist_group("simulated_plant")


@pytest.fixture
async def client(plant: Plant) -> AsyncIterator[Client]:
    async with Client(plant[1]["UA"]["url"]) as connected:
        yield connected


async def read(client: Client, *names: str) -> list[int]:
    nodes = [client.get_node(f"ns=2;s=UA.{name}") for name in names]
    values: list[int] = await client.read_values(nodes)
    return values


async def write(client: Client, name: str, value: int) -> None:
    variant = ua.Variant(value, TYPES[name])
    await client.get_node(f"ns=2;s=UA.{name}").write_value(ua.DataValue(variant))


async def load(client: Client, order: int, target: int) -> None:
    await write(client, "OrderSetpoint", order)
    await write(client, "RecipeSetpoint", 10)
    await write(client, "TargetSetpoint", target)
    await write(client, "LimitSetpoint", 0)
    await write(client, "Command", 1)


async def reach(client: Client, state: int) -> None:
    async with asyncio.timeout(20):
        while (await read(client, "State"))[0] != state:
            await asyncio.sleep(0.01)


async def test_each_tag_has_its_type_and_a_source_time(client: Client) -> None:
    for name, expected in TYPES.items():
        value = await client.get_node(f"ns=2;s=UA.{name}").read_data_value()
        assert value.Value is not None
        assert value.Value.VariantType == expected, name
        assert value.SourceTimestamp is not None


async def test_a_load_is_taken_over_and_stops_at_the_target(client: Client) -> None:
    good, reject = await read(client, "Good", "Reject")
    await load(client, 1_001_010, 40)
    assert await read(client, "Command", "Order") == [0, 1_001_010]
    await reach(client, 17)
    after = await read(client, "Good", "Reject", "Order", "Recipe", "TargetSetpoint")
    assert (after[0] - good) % 2**16 == 40
    assert (after[1] - reject) % 2**16 > 0
    assert after[2:] == [1_001_010, 10, 40]


async def test_hold_and_complete(client: Client) -> None:
    await load(client, 5, 4_000_000)
    await reach(client, 6)
    for command, state in [(3, 11), (4, 6), (2, 17)]:
        await write(client, "Command", command)
        assert await read(client, "State", "Command") == [state, 0]


async def test_counter_and_order_are_of_one_moment(client: Client) -> None:
    """Between two loads the counter never shows a piece under the wrong order."""
    border: dict[int, int] = {}
    for order in (71, 72, 73):
        start = (await read(client, "Good"))[0]
        await load(client, order, 6)
        async with asyncio.timeout(20):
            while True:
                state, good, shown = await read(client, "State", "Good", "Order")
                assert shown == order
                assert (good - start) % 2**16 <= 6
                if state == 17:
                    break
        border[order] = good
    assert [(border[b] - border[a]) % 2**16 for a, b in [(71, 72), (72, 73)]] == [6, 6]


@pytest.mark.parametrize(
    ("name", "value", "kind", "error"),
    [
        ("Good", 1, UINT16, ua.uaerrors.BadUserAccessDenied),
        ("Order", 1, UINT32, ua.uaerrors.BadUserAccessDenied),
        ("Command", 5, UINT16, ua.uaerrors.BadOutOfRange),
        ("Command", 1, ua.VariantType.Int64, ua.uaerrors.BadTypeMismatch),
        ("OrderSetpoint", 1, UINT16, ua.uaerrors.BadTypeMismatch),
    ],
)
async def test_what_a_controller_refuses(
    client: Client, name: str, value: int, kind: ua.VariantType, error: type[Exception]
) -> None:
    node = client.get_node(f"ns=2;s=UA.{name}")
    with pytest.raises(error):
        await node.write_value(ua.DataValue(ua.Variant(value, kind)))


async def test_an_admin_by_name_is_no_admin(plant: Plant) -> None:
    client = Client(plant[1]["UA"]["url"])
    client.set_user("admin")
    async with client:
        with pytest.raises(ua.uaerrors.BadUserAccessDenied):
            await client.get_node("ns=2;s=UA.Good").write_value(ua.DataValue(ua.Variant(0, UINT16)))


class Seen:
    """What a subscription says of the good counter."""

    def __init__(self) -> None:
        self.values: list[int] = []

    def datachange_notification(self, _node: object, value: int, _data: object) -> None:
        self.values.append(value)


async def test_a_subscription_hears_of_each_change(client: Client) -> None:
    await load(client, 9, 15)
    start, seen = (await read(client, "Good"))[0], Seen()
    subscription = await client.create_subscription(20, seen)
    await subscription.subscribe_data_change(client.get_node("ns=2;s=UA.Good"), queuesize=100)
    await reach(client, 17)
    async with asyncio.timeout(10):
        while not seen.values or (seen.values[-1] - start) % 2**16 != 15:
            await asyncio.sleep(0.01)
    moved = [(value - start) % 2**16 for value in seen.values]
    assert moved == sorted(moved)
    assert len(moved) > 2
    await subscription.delete()
