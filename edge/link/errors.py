"""Errors of the link, named by what the edge must do."""


class SyncUnreachable(Exception):
    """Sync does not answer or cannot take anything now: keep the facts, try again."""


class SyncRefuses(Exception):
    """Sync does not accept this edge or its token: a person mends the configuration."""


class Forked(Exception):
    """Sync holds other facts at the same place: a person decides; nothing is forwarded."""


class OutOfStep(Exception):
    """Sync expects another seq: say hello again and go on from what it holds."""
