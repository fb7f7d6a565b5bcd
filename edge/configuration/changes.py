"""What differs between two configurations of a plant, by table and name."""

from collections.abc import Mapping
from dataclasses import replace

from edge.configuration.faults import Fault, Finder
from edge.configuration.model import COUNTER_ROLES, SENSOR_ROLES, PlantConfig

Changes = dict[str, dict[str, list[str]]]


def changes(before: PlantConfig, after: PlantConfig) -> Changes:
    """`{table: {added, removed, changed: [name]}}` of what differs; empty if nothing does.

    A device that stays as it was but for its tags is not named; its tags are, as `device.tag`.
    """
    found: Changes = {}
    tables_after = _tables(after)
    for table, rows in _tables(before).items():
        differing = _difference(rows, tables_after[table])
        if differing:
            found[table] = differing
    return found


def _difference(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, list[str]]:
    named = {
        "added": [name for name in after if name not in before],
        "removed": [name for name in before if name not in after],
        "changed": [name for name in after if name in before and after[name] != before[name]],
    }
    return {how: names for how, names in named.items() if names}


def _tables(plant: PlantConfig) -> dict[str, dict[str, object]]:
    return {
        "calendar": {one.id: one for one in plant.calendars},
        "reason": {f"{one.kind} {one.code}": one for one in plant.reasons},
        "device": {one.id: one for one in plant.devices},
        "tag": {
            f"{device.id}.{tag.id}": (tag, device.guards.get(tag.id))
            for device in plant.devices
            for tag in device.connection.tags
        },
        "work_center": {one.id: one for one in plant.work_centers},
        "maintenance": {one.id: one for one in plant.maintenance},
        "gauge": {one.id: one for one in plant.gauges},
        "person": {one.id: one for one in plant.people.people},
        "board": {"red_percent": plant.red_percent},
        "changeover": {f"{one.from_} {one.to}": one for one in plant.changeovers.rules},
        "label": {one.id: one for one in plant.materials.labels},
        "materials": {"rules": replace(plant.materials, labels=())},
        "planning": {"rules": plant.planning, "releases": plant.releases},
        "people": {"rules": replace(plant.people, people=())},
    }


def unchangeable(before: PlantConfig, after: PlantConfig) -> tuple[Fault, ...]:
    """What a running edge cannot take over, each with why."""
    finder, then, now = Finder(after.file), _fixed(before), _fixed(after)
    lasting = tuple(
        finder.fault(key, now[key], why, f"write {_plain(old)} again, or restart the edge")
        for key, (old, why) in ((key, (then[key], WHY[key])) for key in WHY)
        if now[key] != old
    )
    return (*lasting, *_counters_of_another(before, after, finder))


WHY = {
    "site.id": "is the name of the site in facts: it cannot be changed while the edge runs",
    "site.timezone": "makes hours and days: it cannot be changed while the edge runs",
    "edge.id": "is the name of the chain of facts: it cannot be changed while the edge runs",
    "edge.store": "is open: it cannot be changed while the edge runs",
    "edge.snapshots": "is in use: it cannot be changed while the edge runs",
    "edge.snapshots_hourly": "goes with edge.snapshots: it cannot be changed while the edge runs",
    "edge.snapshots_daily": "goes with edge.snapshots: it cannot be changed while the edge runs",
    "edge.ballast_mb": "is made at the start: it cannot be changed while the edge runs",
    "edge.pki": "holds the keys in use: it cannot be changed while the edge runs",
    "api.listen": "is bound: it cannot be changed while the edge runs",
    "api.token_env": "guards the API: it cannot be changed while the edge runs",
    "sync.url": "is asked for facts that the edge lacks before it counts, which is at its start",
    "sync.token_env": "goes with sync.url: it cannot be changed while the edge runs",
}


def _fixed(plant: PlantConfig) -> dict[str, str | int | None]:
    sync, api = plant.sync, plant.api
    return {
        "site.id": plant.site.id,
        "site.timezone": plant.site.timezone,
        "edge.id": plant.edge.id,
        "edge.store": str(plant.edge.store),
        "edge.pki": str(plant.edge.pki),
        "edge.snapshots": str(plant.edge.snapshots),
        "edge.snapshots_hourly": plant.edge.snapshots_hourly,
        "edge.snapshots_daily": plant.edge.snapshots_daily,
        "edge.ballast_mb": plant.edge.ballast_mb,
        "api.listen": f"{api.host}:{api.port}",
        "api.token_env": api.token_env,
        "sync.url": sync.url if sync else None,
        "sync.token_env": sync.token_env if sync else None,
    }


def _plain(value: str | int | None) -> str:
    return "nothing" if value is None else str(value)


def _counters_of_another(
    before: PlantConfig, after: PlantConfig, finder: Finder
) -> tuple[Fault, ...]:
    """Work centers on another device whose counters have the names of the old one's.

    A counter is known by work center and tag: it would be compared with where the other stood.
    """
    found, former = [], {one.id: one for one in before.work_centers}
    for index, center in enumerate(after.work_centers):
        old = former.get(center.id)
        if old is None or old.device == center.device:
            continue
        shared = sorted(_counters(before, old.device) & _counters(after, center.device))
        if shared:
            message = f"has counters of the same names as {old.device}: {', '.join(shared)}"
            mend = f"give these tags of {center.device} other ids: they are other counters"
            key = f"work_center[{index}].device"
            found.append(finder.fault(key, center.device, message, mend))
    return tuple(found)


def _counters(plant: PlantConfig, device: str | None) -> set[str]:
    if device is None:
        return set()
    tags = plant.device(device).connection.tags
    return {tag.id for tag in tags if tag.role in (*COUNTER_ROLES, *SENSOR_ROLES)}
