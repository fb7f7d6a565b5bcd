"""The edge's Prometheus metrics, read from the running edge when they are asked for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

# Metric -> key in the figures of a device or work center, and what it says. Names are
# documented in docs/edge.md; counters end in `_total` there.
Table = Mapping[str, tuple[str, str]]
Figures = Mapping[str, Mapping[str, float]]

DEVICE_GAUGES: Table = {
    "taktline_device_connected": ("connected", "1 while the device answers"),
    "taktline_device_latency_seconds": ("latency_s", "Time to the answer of the last poll"),
    "taktline_device_latency_p95_seconds": (
        "latency_p95_s",
        "Time within which 95 % of the recent polls were answered",
    ),
    "taktline_device_breaker_open": ("resting", "1 while it is not asked, after a failure"),
    "taktline_device_clock_skew_seconds": ("clock_skew_s", "How far the device's clock is ahead"),
}
DEVICE_COUNTERS: Table = {
    "taktline_device_polls": ("polls", "Polls sent"),
    "taktline_device_errors": ("errors", "Polls that failed"),
    "taktline_device_missed_polls": ("missed_polls", "Polls left out because one was late"),
    "taktline_device_connects": ("connects", "Connections made"),
    "taktline_device_changes": ("changes", "Changes that the device told by itself"),
    "taktline_device_beats": ("beats", "Heartbeats written to the device"),
    "taktline_device_beat_failures": ("beat_failures", "Heartbeats that could not be written"),
    "taktline_device_acknowledge_failures": (
        "acknowledge_failures",
        "Messages of a mailbox whose acknowledgement the device refused",
    ),
    "taktline_device_missed_changes": ("missed_changes", "Times that changes may be missing"),
}
WORK_CENTER_COUNTERS: Table = {
    "taktline_work_center_snapshots": ("snapshots", "Snapshots taken"),
    "taktline_work_center_facts": ("facts", "Facts recorded from the machine"),
    "taktline_work_center_rechecks": ("rechecks", "Snapshots doubted, so read again"),
    "taktline_work_center_quarantines": ("quarantines", "Counter readings kept apart"),
    "taktline_work_center_conflicts": ("conflicts", "Baselines that another hand had moved"),
    "taktline_work_center_store_failures": ("store_failures", "Recordings the store refused"),
}
TASK_COUNTERS: Table = {
    "taktline_edge_task_failures": ("failures", "Failures of background work, each in the log"),
}


LATENCY = ("taktline_device_poll_duration_seconds", "Time to the answers of polls")
FAILURES = ("taktline_device_failures", "Connections lost or not made, by kind")


@dataclass(frozen=True, kw_only=True)
class DeviceDetails:
    """Of one device: its driver, answers within each bound, their sum, and failures by kind."""

    driver: str
    buckets: Sequence[tuple[str, float]]
    sum_s: float
    failures: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class EdgeCollector(Collector):
    """Collects from callables: the edge's gauges with their texts, and figures by id."""

    edge: Callable[[], Mapping[str, tuple[float, str]]]
    devices: Callable[[], Figures]
    work_centers: Callable[[], Figures]
    tasks: Callable[[], Figures]
    details: Callable[[], Mapping[str, DeviceDetails]] = dict

    def collect(self) -> Iterable[Metric]:
        for name, (value, text) in self.edge().items():
            yield GaugeMetricFamily(name, text, value=value)
        devices = self.devices()
        yield from _families(GaugeMetricFamily, DEVICE_GAUGES, "device", devices)
        yield from _families(CounterMetricFamily, DEVICE_COUNTERS, "device", devices)
        yield from _details(self.details())
        centers = self.work_centers()
        yield from _families(CounterMetricFamily, WORK_CENTER_COUNTERS, "work_center", centers)
        yield from _families(CounterMetricFamily, TASK_COUNTERS, "task", self.tasks())


def _details(devices: Mapping[str, DeviceDetails]) -> Iterable[Metric]:
    latency = HistogramMetricFamily(*LATENCY, labels=["device", "driver"])
    failures = CounterMetricFamily(*FAILURES, labels=["device", "driver", "kind"])
    for id_, one in devices.items():
        latency.add_metric([id_, one.driver], one.buckets, one.sum_s)
        for kind, count in one.failures.items():
            failures.add_metric([id_, one.driver, kind], count)
    yield from (latency, failures)


def _families(
    kind: type[CounterMetricFamily | GaugeMetricFamily], table: Table, label: str, figures: Figures
) -> Iterable[Metric]:
    for name, (key, text) in table.items():
        family = kind(name, text, labels=[label])
        for id_, values in figures.items():
            family.add_metric([id_], values[key])
        yield family


def rendered(collector: EdgeCollector) -> bytes:
    """What `/metrics` answers."""
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry)
