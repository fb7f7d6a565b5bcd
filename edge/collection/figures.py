"""A device's figures and what its tags show, as documents: for the API and for `taktline watch`.

Values are texts, decimals exact; times in microseconds UTC of the edge, seconds else.
"""

from typing import Any

from edge.collection.supervisor import DeviceSupervisor
from edge.collection.words import STATES, of_reading
from edge.domain.equipment import TagShown
from edge.domain.sentences import Sentence, say
from plc_drivers.configuration import TagConfig
from plc_drivers.reading import Quality, Reading, Value

MEASURED = ("speed", "energy", "weight", "measured")
Json = dict[str, Any]


def device_document(supervisor: DeviceSupervisor, monotonic: float) -> Json:
    """One device: how it is, its figures, and each tag's latest reading."""
    status, health, config = supervisor.status, supervisor.health, supervisor.settings.config
    rates = supervisor.latest.rates(monotonic)
    latest = supervisor.latest.readings
    return {
        "id": status.id,
        "driver": config.driver,
        "url": config.url,
        "state": status.state,
        "detail": status.detail,
        "since": status.since,
        "read_at": status.read_at,
        "clock_skew_s": status.clock_skew_s,
        "figures": {
            "polls": health.polls,
            "errors": health.errors,
            "connects": health.connects,
            "missed_polls": health.missed_polls,
            "changes": health.changes,
            "missed_changes": health.missed_changes,
            "latency_s": round(health.latencies.last_s, 6),
            "latency_p95_s": round(health.latencies.quantile(0.95), 6),
            "failures": dict(health.failures),
            "resting": supervisor.resting,
        },
        "groups": [
            {
                "id": id_,
                "sampling_ms": one.sampling_ms,
                "publishing_ms": one.publishing_ms,
                "queue": one.queue,
            }
            for id_, one in supervisor.revised.items()
        ],
        "tags": [
            tag_document(tag, latest.get(tag.id), rates.get(tag.id, 0.0)) for tag in config.tags
        ],
    }


def tag_document(tag: TagConfig, reading: Reading | None, rate: float) -> Json:
    """A tag and its latest reading; null where it was never read."""
    return {
        "id": tag.id,
        "role": tag.role,
        "unit": tag.unit,
        "value": None if reading is None else text_of(reading.value),
        "quality": None if reading is None else str(reading.quality),
        "detail": "" if reading is None else reading.detail,
        "edge_time": None if reading is None else reading.edge_time,
        "source_time": None if reading is None else reading.source_time,
        "changes_per_s": round(rate, 3),
    }


def measures(supervisor: DeviceSupervisor) -> list[Json]:
    """What a device measures beside pieces: tag, role, unit, value, quality and when (us)."""
    latest = supervisor.latest.readings
    found = []
    for tag in supervisor.settings.config.tags:
        if tag.role in MEASURED:
            shown = tag_document(tag, latest.get(tag.id), 0.0)
            keys = ("role", "unit", "value", "quality", "edge_time")
            found.append({"tag": tag.id} | {key: shown[key] for key in keys})
    return found


def shown(supervisor: DeviceSupervisor, tag: str) -> TagShown:
    """What a tag shows now; no value, and why, if its device is silent or it is not good."""
    id_ = supervisor.settings.config.id
    if supervisor.status.state != "connected":
        return TagShown(tag=tag, why=_standing(id_, supervisor.status.state))
    reading = supervisor.latest.readings.get(tag)
    if reading is None:
        why = say(
            "device.never_read", "tag {tag} of device {device} was never read", tag=tag, device=id_
        )
        return TagShown(tag=tag, why=why)
    if reading.quality is not Quality.GOOD:
        shows = of_reading(tag, reading)
        why = say("device.shows", "device {device}: {shows}", device=id_, shows=shows)
        return TagShown(tag=tag, why=why)
    return TagShown(
        tag=tag,
        value=text_of(reading.value),
        at=reading.edge_time,
        device_at=reading.source_time,
    )


def _standing(device: str, state: str) -> Sentence:
    return say("device.is", "device {device} is {state}", device=device, state=STATES[state])


def text_of(value: Value) -> str | None:
    """A value as text: decimals without exponent, truth as true or false."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if not isinstance(value, int) else str(value)
