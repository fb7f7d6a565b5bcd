"""Which tag is monitored by which subscription of which session; pure.

A subscription has the tags of one group, because they share a publishing interval; a group with
more than the server's limit has several. Sessions are filled evenly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plc_drivers.configuration import DeviceConfig, GroupConfig, TagConfig
from plc_drivers.opcua.profiles import Profile


@dataclass(frozen=True, kw_only=True)
class Share:
    """One subscription: its group, its tags, and the number of its session."""

    group: GroupConfig
    tags: tuple[TagConfig, ...]
    session: int


@dataclass(frozen=True, kw_only=True)
class Layout:
    """All subscriptions, how many sessions they need, and why some tags are polled instead."""

    shares: tuple[Share, ...]
    sessions: int
    polled: Mapping[str, str]


def laid_out(device: DeviceConfig, profile: Profile) -> Layout:
    """The layout of a device's groups of mode "subscribe"; what does not fit is polled."""
    parts = [
        (group, part)
        for group in device.groups
        if group.mode == "subscribe"
        for part in _parts(_tags_of(device, group), profile)
    ]
    wanted = sum(len(part) for _, part in parts)
    count = device.sessions or _sessions(wanted, profile)
    load, subscriptions = [0] * count, [0] * count
    shares: list[Share] = []
    polled: dict[str, str] = {}
    for group, part in parts:
        session = min(range(count), key=lambda each: load[each])
        room = _room(profile.max_items_per_session, load[session], len(part))
        room = _room(profile.max_items, sum(load), room)
        if profile.max_subscriptions and subscriptions[session] >= profile.max_subscriptions:
            room = 0
        if room:
            shares.append(Share(group=group, tags=tuple(part[:room]), session=session))
            load[session] += room
            subscriptions[session] += 1
        why = f"{count} session(s) of profile {profile.name} carry no more"
        polled |= dict.fromkeys((tag.id for tag in part[room:]), why)
    return Layout(shares=tuple(shares), sessions=count, polled=polled)


def _tags_of(device: DeviceConfig, group: GroupConfig) -> list[TagConfig]:
    return [tag for tag in device.tags if tag.group == group.id and not tag.method_of]


def _parts(tags: Sequence[TagConfig], profile: Profile) -> list[Sequence[TagConfig]]:
    """The tags in pieces that one subscription of one session carries."""
    limits = (profile.max_items_per_subscription, profile.max_items_per_session, len(tags))
    size = max(1, min(limit for limit in limits if limit)) if tags else 1
    return [tags[start : start + size] for start in range(0, len(tags), size)]


def _sessions(items: int, profile: Profile) -> int:
    """As many as the items need; the first also polls and writes."""
    each = profile.max_items_per_session
    needed = -(-items // each) if each else 1
    return max(1, min(needed, profile.max_sessions or needed))


def _room(limit: int, load: int, wanted: int) -> int:
    return min(wanted, max(limit - load, 0)) if limit else wanted
