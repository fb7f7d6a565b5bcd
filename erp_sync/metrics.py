"""Prometheus metrics of the sync service."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from erp_sync.storage.standing import Standing


class Metrics:
    """Counters since start, and gauges that are set from the store when asked for."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.facts = self._counter("facts_received", "New facts committed", "edge")
        self.duplicates = self._counter("facts_duplicate", "Facts that came again", "edge")
        self.refused = self._counter(
            "batches_refused", "Batches refused, by problem", "edge", "problem"
        )
        self.alarms = self._counter("alarms", "Alarms raised, by kind", "edge", "kind")
        self.requests = self._counter("requests", "HTTP requests", "method", "route", "status")
        self.request_seconds = Histogram(
            "taktline_sync_request_seconds",
            "Time to the answer, long polls and their wait included",
            ("route",),
            registry=self.registry,
        )
        self.feed = self._gauge("feed_position", "Last position of the feed of facts")
        self.last_seq = self._gauge("edge_last_seq", "Last committed seq", "edge")
        self.waiting = self._gauge(
            "edge_waiting_facts", "Facts an edge said it had and has not sent", "edge"
        )
        self.age = self._gauge(
            "edge_age_seconds", "Plant time since an edge was last heard", "edge"
        )
        self.open_alarms = self._gauge("open_alarms", "Alarms nobody has closed", "edge")
        self.lag = self._gauge(
            "consumer_lag_items", "Items a consumer has not acknowledged", "consumer", "feed"
        )

    def exposition(self, standing: Standing, now: int) -> bytes:
        """All metrics as text, with the store's standing at plant time `now`."""
        self.feed.set(standing.feed_position)
        for edge in standing.edges:
            self.last_seq.labels(edge.edge_id).set(edge.last_seq)
            self.waiting.labels(edge.edge_id).set(edge.said_seq - edge.last_seq)
            if edge.heard_at is not None:
                self.age.labels(edge.edge_id).set((now - edge.heard_at) / 1_000_000)
        for edge_id, still_open in standing.open_alarms.items():
            self.open_alarms.labels(edge_id).set(still_open)
        for consumer in standing.consumers:
            self.lag.labels(consumer.name, consumer.grouping).set(consumer.lag)
        return generate_latest(self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"taktline_sync_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"taktline_sync_{name}", text, labels, registry=self.registry)
