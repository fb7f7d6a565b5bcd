"""Where `taktline watch` looks: at the devices by connections of its own, or at a running edge.

Both give rounds as `GET /api/v1/devices` does (docs/contracts.md, section 4). Nothing is ever
written to a device.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol, Self

import httpx

from edge.collection.figures import device_document
from edge.collection.settings import DeviceSettings
from edge.collection.supervisor import DeviceSupervisor
from edge.config import Device
from edge.domain.clock import Clock
from plc_drivers.configuration import DeviceConfig

FIRST_S = 10.0
LOOK_S = 0.05
ANSWER_S = 5.0
PATH = "/api/v1/devices"
Json = dict[str, Any]


class SourceLost(Exception):
    """Try again: the edge gave no answer, or one that says why."""


class Source(Protocol):
    """Gives rounds; `name` says where it looks."""

    name: str

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *_: object) -> None: ...

    async def look(self) -> Json:
        """What is shown now. Raises SourceLost."""
        ...

    async def settled(self) -> None:
        """Wait until each device was tried, so that a first round says something."""
        ...


class OwnConnections:
    """Reads the devices of a plant.toml as the edge does, and counts nothing."""

    def __init__(self, name: str, devices: Sequence[Device], clock: Clock) -> None:
        self.name, self._clock = name, clock
        self._supervisors = [
            DeviceSupervisor(
                DeviceSettings(
                    config=_read_only(one.connection),
                    backoff_most_s=float(one.backoff_most_s),
                    skew_alarm_s=0.0,
                    verify_s=float(one.verify_s),
                    wake_s=float(one.wake_s),
                ),
                (),
                clock,
                lambda _: None,
            )
            for one in devices
        ]

    async def __aenter__(self) -> Self:
        for one in self._supervisors:
            one.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(one.stop() for one in self._supervisors))

    async def look(self) -> Json:
        now = self._clock.monotonic()
        items = [device_document(one, now) for one in self._supervisors]
        return {"plant_now": self._clock.now(), "items": items}

    async def settled(self) -> None:
        for _ in range(round(FIRST_S / LOOK_S)):
            if all(map(_tried, self._supervisors)):
                return
            await asyncio.sleep(LOOK_S)


def _read_only(config: DeviceConfig) -> DeviceConfig:
    """The device with no tag that could be written."""
    return replace(config, tags=tuple(replace(tag, write=False) for tag in config.tags))


def _tried(supervisor: DeviceSupervisor) -> bool:
    """Whether a device is silent, or each of its tags that can be read was."""
    if supervisor.status.state != "connected":
        return supervisor.status.state == "silent"
    readable = {tag.id for tag in supervisor.settings.config.tags if not tag.method_of}
    return readable <= supervisor.latest.readings.keys()


class RunningEdge:
    """Asks a running edge."""

    def __init__(self, url: str, headers: dict[str, str], device: str | None = None) -> None:
        self.name, self._device = url, device
        self._http = httpx.AsyncClient(
            base_url=url, headers=headers, timeout=ANSWER_S, trust_env=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def look(self) -> Json:
        try:
            answer = await self._http.get(PATH)
            found: Json = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            why = str(error) or type(error).__name__
            raise SourceLost(f"cannot be reached: {why}; is it running there?") from error
        if answer.is_error:
            raise SourceLost(f"{found.get('title', answer.status_code)}: {found.get('mend', '')}")
        kept = [one for one in found["items"] if self._device in (None, one["id"])]
        return found | {"items": kept}

    async def settled(self) -> None:
        return None
