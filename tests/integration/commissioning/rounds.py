"""Rounds as `GET /devices` answers them."""

from typing import Any

NOW = 100_000_000


def tag(
    id_: str,
    value: str | None,
    *,
    role: str = "other",
    unit: str = "",
    quality: str = "good",
    age_s: float = 1.0,
    rate: float = 0.0,
) -> dict[str, Any]:
    read = value is not None
    return {
        "id": id_,
        "role": role,
        "unit": unit,
        "value": value,
        "quality": quality if read else None,
        "detail": "",
        "edge_time": NOW - round(age_s * 1e6) if read else None,
        "source_time": None,
        "changes_per_s": rate,
    }


def device(
    id_: str,
    *,
    state: str = "connected",
    detail: str = "",
    polls: int = 10,
    failures: dict[str, int] | None = None,
    skew: float | None = None,
    tags: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    return {
        "id": id_,
        "driver": "modbus",
        "url": "modbus.tcp://x",
        "state": state,
        "detail": detail,
        "since": 0,
        "read_at": None,
        "clock_skew_s": skew,
        "figures": {
            "polls": polls,
            "errors": 1 if polls else 0,
            "connects": 3,
            "missed_polls": 4,
            "changes": 0,
            "missed_changes": 1,
            "latency_s": 0.0015,
            "latency_p95_s": 0.02,
            "failures": failures or {},
            "resting": False,
        },
        "tags": tags or [],
    }


def seen(*devices: dict[str, Any]) -> dict[str, Any]:
    return {"plant_now": NOW, "items": list(devices)}
