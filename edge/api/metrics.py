"""The edge's Prometheus metrics, read from the running edge when they are asked for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

# Metric -> key in a device's figures, and what it says. Names are documented in docs/edge.md.
DEVICE_COUNTERS: Mapping[str, tuple[str, str]] = {
    "taktline_device_polls": ("polls", "Snapshots read"),
    "taktline_device_errors": ("errors", "Reads and writes that failed"),
    "taktline_device_connects": ("connects", "Connections made"),
}


@dataclass(frozen=True)
class EdgeCollector(Collector):
    """Collects from two callables: the edge's figures, and each device's by id."""

    edge: Callable[[], Mapping[str, tuple[float, str]]]
    devices: Callable[[], Mapping[str, Mapping[str, Any]]]

    def collect(self) -> Iterable[Metric]:
        for name, (value, text) in self.edge().items():
            yield GaugeMetricFamily(name, text, value=value)
        connected = GaugeMetricFamily(
            "taktline_device_connected", "1 while the device answers", labels=["device"]
        )
        counters = {
            name: CounterMetricFamily(name, text, labels=["device"])
            for name, (_, text) in DEVICE_COUNTERS.items()
        }
        for device, figures in self.devices().items():
            connected.add_metric([device], float(figures["connected"]))
            for name, (key, _) in DEVICE_COUNTERS.items():
                counters[name].add_metric([device], figures[key])
        yield connected
        yield from counters.values()


def rendered(collector: EdgeCollector) -> Callable[[], bytes]:
    """What `/metrics` answers."""
    registry = CollectorRegistry()
    registry.register(collector)
    return lambda: generate_latest(registry)
