"""Certificates that expire soon are told once a day, and shown at any time."""

import asyncio
from contextlib import suppress
from pathlib import Path

import structlog

from edge.domain.clock import SystemClock
from edge.expiry import Expiry
from plc_drivers.opcua import pki


async def test_what_expires_is_logged_once_and_shown(tmp_path: Path) -> None:
    watch = Expiry(tmp_path)
    assert watch.view() == []
    mine = pki.create(tmp_path, SystemClock().now(), days=20)
    shown = {
        "place": "own",
        "subject": mine.subject,
        "fingerprint": mine.fingerprint,
        "days_left": 19,
    }
    assert watch.view() == [shown]
    with structlog.testing.capture_logs() as logs, suppress(TimeoutError):
        async with asyncio.timeout(0.5):
            await watch.run()
    (line,) = logs
    assert (line["event"], line["log_level"]) == ("certificate_expires", "warning")
    assert line["fingerprint"] == mine.fingerprint
    assert "taktline certificates renew" in line["mend"]
    pki.renew(tmp_path, SystemClock().now())
    assert watch.view() == []
