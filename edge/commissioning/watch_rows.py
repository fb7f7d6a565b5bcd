"""What `taktline watch` shows, as rows of texts: pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from edge.domain.clock import MICROS

Json = Mapping[str, Any]
NOTHING = "–"
DEVICE_COLUMNS = (
    *("device", "state", "latency", "requests", "errors", "reconnects", "missed", "skew"),
)
TAG_COLUMNS = ("tag", "role", "value", "quality", "age", "rate")
SORTS = ("name", "age", "rate", "quality")
QUALITIES = ("bad", "uncertain", "", "good")  # the worst first; "" was never read


@dataclass(frozen=True, kw_only=True)
class DeviceRow:
    """A device and its figures; `state` and `detail` as the edge names them."""

    id: str
    state: str
    detail: str
    latency: str
    requests: str
    errors: str
    reconnects: str
    missed: str
    skew: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row in the order of DEVICE_COLUMNS; the first names it."""
        figures = (self.requests, self.errors, self.reconnects, self.missed, self.skew)
        return (self.id, self.state, self.latency, *figures)


@dataclass(frozen=True, kw_only=True)
class TagRow:
    """A tag and what it shows; `age_s` and `rate` as numbers beside their texts, for sorting."""

    name: str
    role: str
    value: str
    quality: str
    detail: str
    age_s: float | None
    rate: float

    @property
    def cells(self) -> tuple[str, ...]:
        """The row in the order of TAG_COLUMNS; the first names it."""
        quality = self.quality or "never"
        return (self.name, self.role, self.value, quality, age_text(self), rate_text(self))


def device_rows(seen: Json) -> list[DeviceRow]:
    """One row a device, in the order of the configuration."""
    return [_device(one) for one in seen["items"]]


def _device(one: Json) -> DeviceRow:
    figures = one["figures"]
    last, most = (f"{figures[key] * 1000:.1f}" for key in ("latency_s", "latency_p95_s"))
    answered = figures["polls"] > figures["errors"]
    skew = one["clock_skew_s"]
    return DeviceRow(
        id=one["id"],
        state="resting" if figures["resting"] else one["state"],
        detail=one["detail"],
        latency=f"{last} / {most}" if answered else NOTHING,
        requests=str(figures["polls"]),
        errors=str(max(figures["errors"], sum(figures["failures"].values()))),
        reconnects=str(max(figures["connects"] - 1, 0)),
        missed=str(figures["missed_polls"] + figures["missed_changes"]),
        skew=NOTHING if skew is None else f"{skew:+.1f}" if abs(skew) < 1000 else f"{skew:+.0f}",
    )


def tag_rows(seen: Json, wanted: str = "", sort: str = "name") -> list[TagRow]:
    """One row a tag of which name, role or quality holds `wanted`; `sort` is one of SORTS.

    By name they stand as in the configuration; else the oldest, fastest or worst come first.
    """
    rows = [_tag(one, tag, seen["plant_now"]) for one in seen["items"] for tag in one["tags"]]
    kept = [row for row in rows if _holds(row, wanted.lower())]
    return sorted(kept, key=KEYS[sort]) if sort in KEYS else kept


def _tag(device: Json, tag: Json, now: int) -> TagRow:
    at, value, unit = tag["edge_time"], tag["value"], tag["unit"]
    shown = NOTHING if value is None else value
    return TagRow(
        name=f"{device['id']}.{tag['id']}",
        role="" if tag["role"] == "other" else tag["role"],
        value=f"{shown} {unit}".rstrip() if value is not None else NOTHING,
        quality=tag["quality"] or "",
        detail=tag["detail"],
        age_s=None if at is None else max(now - at, 0) / MICROS,
        rate=tag["changes_per_s"],
    )


def _holds(row: TagRow, wanted: str) -> bool:
    worse = "" if row.quality == "good" else row.quality or "not read"
    return any(wanted in text.lower() for text in (row.name, row.role, worse))


KEYS: Mapping[str, Callable[[TagRow], Any]] = {
    "age": lambda row: -(row.age_s if row.age_s is not None else float("inf")),
    "rate": lambda row: -row.rate,
    "quality": lambda row: QUALITIES.index(row.quality) if row.quality in QUALITIES else 0,
}


def age_text(row: TagRow) -> str:
    """Seconds, with a decimal below 100."""
    if row.age_s is None:
        return NOTHING
    return f"{row.age_s:.1f}" if row.age_s < 100 else f"{row.age_s:.0f}"


def rate_text(row: TagRow) -> str:
    """Changes a second."""
    return f"{row.rate:.1f}" if row.rate else NOTHING


def unreached(seen: Json) -> list[str]:
    """Why devices do not answer, one text each."""
    return [
        f"{one['id']}: {one['detail'] or one['state']}"
        for one in seen["items"]
        if one["state"] != "connected"
    ]


def as_table(rows: Iterable[tuple[str, ...]]) -> str:
    """Columns side by side, for a printed round."""
    lines = list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
