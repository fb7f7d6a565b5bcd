"""Times as people at the site read them: a command prints what the board shows."""

from zoneinfo import ZoneInfo

from edge.commissioning.asking import ask, document
from edge.domain.clock import to_datetime

UTC = ZoneInfo("UTC")


def site_zone(edge: str, token_env: str) -> ZoneInfo:
    """The time zone of an edge's site; UTC where an edge of before does not tell it."""
    name = document(ask(edge, token_env, "GET", "/status")).get("timezone")
    return ZoneInfo(name) if name else UTC


def local_time(at: int | None, zone: ZoneInfo) -> str:
    """`2026-06-08T06:34:20+02:00`, to the second; what has no end yet lasts until `now`."""
    return "now" if at is None else to_datetime(at).astimezone(zone).isoformat(timespec="seconds")
