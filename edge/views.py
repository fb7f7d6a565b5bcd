"""What the running edge shows of itself: parts of `/status`, and the figures of `/metrics`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge.api.metrics import EdgeCollector
from edge.collection.equipment import Machines
from edge.execution.replanning import Replanner
from edge.link.link import Link
from edge.storage.store import Store


@dataclass(frozen=True, kw_only=True)
class Views:
    """Looks at the rooms whenever it is asked; `failures` are those of background work."""

    machines: Machines
    store: Store
    replanner: Replanner
    link: Link | None
    failures: Counter[str]

    def of_plan(self) -> dict[str, Any]:
        """The plan in force."""
        return {
            "version": self.replanner.plan.version or None,
            "released_at": self.replanner.released_at,
            "problem": self.replanner.problem,
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

    def collector(self) -> EdgeCollector:
        """What `/metrics` collects from."""
        return EdgeCollector(
            edge=self._figures,
            devices=self._device_figures,
            work_centers=lambda: {
                id_: vars(one.health) for id_, one in self.machines.collectors.items()
            },
            tasks=lambda: {name: {"failures": count} for name, count in self.failures.items()},
        )

    def _figures(self) -> Mapping[str, tuple[float, str]]:
        link, end = self.of_link(), self.store.reader.chain_end()
        return {
            "taktline_edge_last_seq": (end.seq, "Seq of the last fact"),
            "taktline_edge_waiting_facts": (link["waiting"], "Facts that sync does not have yet"),
            "taktline_edge_link_connected": (link["state"] == "connected", "1 while linked"),
            "taktline_edge_plan_version": (self.replanner.plan.version, "Plan in force"),
        }

    def _device_figures(self) -> Mapping[str, Mapping[str, float]]:
        connected = {one.id: one.state == "connected" for one in self.machines.status()}
        return {
            id_: {**vars(health), "connected": connected[id_]}
            for id_, health in self.machines.health.items()
        }
