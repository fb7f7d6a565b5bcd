"""Which tag goes to which subscription of which session: nothing is lost, no limit is passed."""

from collections import Counter

from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from plc_drivers.configuration import DeviceConfig, GroupConfig, TagConfig
from plc_drivers.driver import Revised
from plc_drivers.opcua.inbox import Inbox
from plc_drivers.opcua.layout import laid_out
from plc_drivers.opcua.monitor import Monitor
from plc_drivers.opcua.profiles import PROFILES, Profile

LIMIT = st.sampled_from([0, 1, 2, 3, 7, 50])


def device(sizes: list[int], sessions: int = 0) -> DeviceConfig:
    tags = tuple(
        TagConfig(id=f"t{group}_{index}", address="i=1", type="uint16", group=f"g{group}")
        for group, size in enumerate(sizes)
        for index in range(size)
    )
    groups = tuple(GroupConfig(id=f"g{group}", mode="subscribe") for group in range(len(sizes)))
    polled = TagConfig(id="polled", address="i=2", type="uint16")
    return DeviceConfig(
        id="d", driver="opcua", url="x", tags=(*tags, polled), groups=groups, sessions=sessions
    )


@given(st.lists(st.integers(0, 20), max_size=4), LIMIT, LIMIT, LIMIT, LIMIT, st.integers(0, 4))
def test_each_tag_once_and_no_limit_passed(
    sizes: list[int], in_all: int, per_session: int, per_subscription: int, most: int, given_: int
) -> None:
    profile = Profile(
        name="p",
        max_items=in_all,
        max_items_per_session=per_session,
        max_items_per_subscription=per_subscription,
        max_sessions=most,
    )
    layout = laid_out(device(sizes, given_), profile)
    told = [tag.id for share in layout.shares for tag in share.tags]
    assert sorted([*told, *layout.polled]) == sorted(
        f"t{group}_{index}" for group, size in enumerate(sizes) for index in range(size)
    )
    assert not in_all or len(told) <= in_all
    load = Counter[int]()
    for share in layout.shares:
        load[share.session] += len(share.tags)
        assert not per_subscription or len(share.tags) <= per_subscription
        assert {tag.group for tag in share.tags} == {share.group.id}
    assert not per_session or max(load.values(), default=0) <= per_session
    assert layout.sessions == given_ if given_ else not most or layout.sessions <= most
    if not any((in_all, per_session, most)):
        assert not layout.polled


def test_a_second_session_when_one_cannot_carry_the_load() -> None:
    profile = Profile(name="p", max_items_per_session=10, max_sessions=3)
    assert laid_out(device([10]), profile).sessions == 1
    layout = laid_out(device([25]), profile)
    assert layout.sessions == 3
    assert Counter(share.session for share in layout.shares) == {0: 1, 1: 1, 2: 1}
    assert list(laid_out(device([35]), profile).polled) == [f"t0_{n}" for n in range(30, 35)]


def test_what_a_server_made_of_a_group_is_the_worst_of_its_subscriptions() -> None:
    profile = Profile(name="p", max_items_per_subscription=1)
    config = device([2])
    monitor = Monitor(config, laid_out(config, profile), profile, Inbox(), lambda: 0)
    first, second = monitor._subscriptions
    for one, sampling, queue in ((first, 900.0, 2), (second, 250.0, 10)):
        answer = ua.MonitoredItemCreateResult(
            RevisedSamplingInterval=ua.Duration(sampling), RevisedQueueSize=ua.Counter(queue)
        )
        assert one._monitored(one.items[1], answer)
    assert monitor.revised == {"g0": Revised(publishing_ms=500, sampling_ms=900, queue=2)}


def test_every_profile_says_where_it_is_from() -> None:
    assert {"generic", "s7-1200", "s7-1500"} <= set(PROFILES)
    assert all(profile.source for profile in PROFILES.values())
    assert not PROFILES["s7-1200"].deadband
