"""Certificates that expire soon: told once a day in the log, and at any time in `/status`."""

import asyncio
from pathlib import Path
from typing import Any

import structlog

from edge.domain.clock import SystemClock

DAY_S = 86_400.0
log = structlog.get_logger(__name__)


class Expiry:
    """Looks once a day at our certificate and at those that we trust; by the system's time."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._clock = folder, SystemClock()

    async def run(self) -> None:
        """Warn for ever; never ends."""
        while True:
            for one in await asyncio.to_thread(self.view):
                log.warning("certificate_expires", **one, mend=_mend(one))
            await asyncio.sleep(DAY_S)

    def view(self) -> list[dict[str, Any]]:
        """Those that expire within 30 days, or have: place, subject, fingerprint, days left."""
        if not self._folder.is_dir():
            return []  # so that an edge without OPC UA does without the libraries of certificates
        from plc_drivers.opcua import pki

        now = self._clock.now()
        return [
            {
                "place": one.place,
                "subject": one.subject,
                "fingerprint": one.fingerprint,
                "days_left": one.days_left(now),
            }
            for one in pki.expiring(self._folder, now)
        ]


def _mend(certificate: dict[str, Any]) -> str:
    if certificate["place"] == "own":
        return "taktline certificates renew, then trust the new one on the servers"
    return "renew it on its server, then taktline certificates trust"
