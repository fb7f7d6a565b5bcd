"""Who may decide what: a role is asked for before a decision is recorded.

Where plant.toml names no people anyone may; else whoever decides must have the role and be
signed on, so that the badge or the PIN has been seen.
"""

from typing import Protocol

OPERATOR, SUPERVISOR, QUALITY, MAINTENANCE = "operator", "supervisor", "quality", "maintenance"
PLANNER, SALES = "planner", "sales"
ROLES = (OPERATOR, SUPERVISOR, QUALITY, MAINTENANCE, PLANNER, SALES)


class Authority(Protocol):
    """Knows who may do what."""

    def check(self, actor: str, role: str) -> None:
        """Raise NotAuthorized if `actor` may not decide what `role` decides."""
        ...


class Everyone:
    """Where no people are named, anyone may."""

    def check(self, actor: str, role: str) -> None:
        return None
