"""Limits of OPC UA servers by their makers, as data; loads no protocol library.

A server's own answer (its operation limits) is kept too where it is lower; a profile says what
servers do not tell. 0 stands for no limit that is known.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What one maker's servers can carry.

    `max_items` is for all sessions together, `max_subscriptions` for each of them.
    `batch` bounds nodes and items in one request; `deadband`: the server filters by deadband
    (else the driver does). `source` says who says so.
    """

    name: str
    max_sessions: int = 0
    max_subscriptions: int = 0
    max_items: int = 0
    max_items_per_subscription: int = 0
    max_items_per_session: int = 0
    batch: int = 0
    min_sampling_ms: int = 0
    min_publishing_ms: int = 0
    max_queue: int = 0
    deadband: bool = True
    source: str = ""


PROFILES = {
    one.name: one
    for one in (
        Profile(
            name="generic",
            max_items_per_session=20_000,
            max_sessions=4,
            source="ours: what one session carries here (docs/decisions/0005)",
        ),
        Profile(
            name="s7-1200",
            max_sessions=10,
            max_subscriptions=5,
            max_items=1_000,
            batch=100,
            min_sampling_ms=100,
            deadband=False,
            source="field reports; subscriptions and sampling are ours, on the safe side",
        ),
        Profile(
            name="s7-1500",
            max_sessions=4,
            max_subscriptions=20,
            max_items_per_subscription=1_000,
            max_items=10_000,
            batch=500,
            min_sampling_ms=100,
            source="field reports; Siemens gives limits by CPU (entry 109755846), small ones 2,000 "
            "items in all; sessions and subscriptions are ours, on the safe side",
        ),
        Profile(
            name="m580",
            max_sessions=10,
            max_subscriptions=40,
            max_items=50_000,
            min_sampling_ms=125,
            min_publishing_ms=250,
            max_queue=100,
            source="Schneider Electric, BMENUA0100 manual, limitations of the OPC UA server",
        ),
        Profile(
            name="rx3i",
            max_sessions=5,
            max_subscriptions=10,
            max_items=12_500,
            source="GE, PACSystems RX3i TCP/IP manual GFK-2224Q, chapter 10",
        ),
        Profile(
            name="plcnext",
            max_sessions=5,
            min_sampling_ms=100,
            source="Phoenix Contact, PLCnext info centre, OPC UA (AXC F 2152; AXC F 1152: 3)",
        ),
    )
}
"""By the name that stands in plant.toml."""
