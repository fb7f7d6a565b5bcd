"""What the running edge shows of itself: parts of `/status`, and the figures of `/metrics`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge.collection.equipment import Machines
from edge.collection.figures import device_document, measures, shown
from edge.domain.clock import Clock
from edge.domain.equipment import TagShown, no_device
from edge.execution.dispatch.replanning import Replanner
from edge.link.link import Link
from edge.safekeeping import Safekeeper, size_of
from edge.storage.store import Store

if TYPE_CHECKING:
    from edge.api.metrics import DeviceDetails


@dataclass(frozen=True, kw_only=True)
class Views:
    """Looks at the rooms whenever it is asked; `failures` are those of background work."""

    machines: Machines
    store: Store
    replanner: Replanner
    link: Link | None
    failures: Counter[str]
    clock: Clock
    keeper: Safekeeper

    def of_plan(self) -> dict[str, Any]:
        """The plan in force."""
        return {
            "version": self.replanner.plan.version or None,
            "released_at": self.replanner.releasing.released_at,
            "problem": self.replanner.problem,
            "problem_coded": [one.view() for one in self.replanner.remarks],
        }

    def of_link(self) -> dict[str, Any]:
        """How the link is, and how many facts wait for it."""
        if self.link is None:
            waiting = self.store.reader.chain_end().seq
            return {"state": "off", "since": None, "detail": "no [sync]", "waiting": waiting}
        status = self.link.status
        return {
            "state": status.state,
            "since": status.since,
            "detail": status.detail,
            "waiting": self.link.waiting(),
        }

    def of_devices(self) -> list[dict[str, Any]]:
        """How each device is."""
        return [
            {
                "id": one.id,
                "state": one.state,
                "detail": one.detail,
                "since": one.since,
                "read_at": one.read_at,
                "clock_skew_s": one.clock_skew_s,
            }
            for one in self.machines.status()
        ]

    def of_devices_in_full(self) -> list[dict[str, Any]]:
        """Each device with its figures and what its tags show."""
        now = self.clock.monotonic()
        return [device_document(one, now) for one in self.machines.supervisors.values()]

    def of_measures(self, work_center: str) -> list[dict[str, Any]]:
        """What the machine of a work center measures: speed, energy, weight."""
        collector = self.machines.collectors.get(work_center)
        device = collector and collector.settings.device
        supervisor = self.machines.supervisors.get(device) if device else None
        return measures(supervisor) if supervisor else []

    def shown(self, work_center: str, tag: str) -> TagShown:
        """What a tag of a work center's machine shows now."""
        collector = self.machines.collectors.get(work_center)
        device = collector and collector.settings.device
        supervisor = self.machines.supervisors.get(device) if device else None
        if supervisor is None:
            return TagShown(tag=tag, why=no_device(work_center))
        return shown(supervisor, tag)

    def metrics(self) -> bytes:
        """What `/metrics` answers; its library is loaded when it is first asked."""
        from edge.api.metrics import EdgeCollector, rendered

        collector = EdgeCollector(
            edge=self._figures,
            devices=self._device_figures,
            work_centers=lambda: {
                id_: vars(one.health) for id_, one in self.machines.collectors.items()
            },
            details=self._details,
            tasks=lambda: {name: {"failures": count} for name, count in self.failures.items()},
        )
        return rendered(collector)

    def _figures(self) -> Mapping[str, tuple[float, str]]:
        link, end = self.of_link(), self.store.reader.chain_end()
        return {
            "taktline_edge_last_seq": (end.seq, "Seq of the last fact"),
            "taktline_edge_waiting_facts": (link["waiting"], "Facts that sync does not have yet"),
            "taktline_edge_link_connected": (link["state"] == "connected", "1 while linked"),
            "taktline_edge_unconfirmed_facts": (
                self.store.recovery.unconfirmed(),
                "Facts that wait for sync's word after a restore",
            ),
            "taktline_edge_store_alarms": (len(self.keeper.alarms), "Alarms of the store"),
            "taktline_edge_store_bytes": (size_of(self.store.path), "Size of the store"),
            "taktline_edge_plan_version": (self.replanner.plan.version, "Plan in force"),
        }

    def _device_figures(self) -> Mapping[str, Mapping[str, float]]:
        return {
            id_: {
                **vars(one.health),
                "connected": one.status.state == "connected",
                "latency_p95_s": one.health.latencies.quantile(0.95),
                "resting": one.resting,
            }
            for id_, one in self.machines.supervisors.items()
        }

    def _details(self) -> "Mapping[str, DeviceDetails]":
        from edge.api.metrics import DeviceDetails

        return {
            id_: DeviceDetails(
                driver=one.settings.config.driver,
                buckets=one.health.latencies.buckets(),
                sum_s=one.health.latencies.sum_s,
                failures=one.health.failures,
            )
            for id_, one in self.machines.supervisors.items()
        }
