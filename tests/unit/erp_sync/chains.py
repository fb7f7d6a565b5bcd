"""Chains of facts as an edge makes them, for the tests of the sync service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.domain.clock import parse_time
from edge.domain.facts import FactDraft, FactKind, Source, encode, placed, sha256

SIX = parse_time("2026-06-08T06:00:00+02:00")
SECOND = 1_000_000
HOUR = 3600 * SECOND
EARLY = {"id": "day", "revision": 1, "shift": "early", "production_day": "2026-06-08"}


@dataclass
class Chain:
    """An edge's chain: each call adds a fact and gives its bytes."""

    edge_id: str = "e1"
    epoch: int = 1
    seq: int = 0
    last: str = ""
    raws: dict[tuple[str, str], int] = field(default_factory=dict)
    data: list[bytes] = field(default_factory=list)

    def add(
        self,
        kind: FactKind,
        body: Mapping[str, Any],
        *,
        job: str | None = None,
        at: int = SIX,
        equipment: str = "L1",
        actor: str | None = None,
    ) -> bytes:
        """Any fact; of a person if there is an `actor`."""
        draft = FactDraft(
            kind=kind,
            occurred_at=at,
            equipment_id=equipment,
            source=Source.OPERATOR if actor else Source.PLC,
            actor=actor,
            job_order_id=job,
            body=body,
        )
        self.seq += 1
        fact = placed(
            draft,
            edge_id=self.edge_id,
            epoch=self.epoch,
            seq=self.seq,
            recorded_at=at + 1000,
            prev_hash=self.last,
        )
        data = encode(fact)
        self.last = sha256(data)
        self.data.append(data)
        return data

    def count(
        self,
        quantity: int = 1,
        *,
        role: str = "good",
        job: str | None = "WO1.10",
        at: int = SIX,
        equipment: str = "L1",
        raw: tuple[int, int] | None = None,
        calendar: Mapping[str, Any] | None = EARLY,
        run_time: str | None = "2.5",
    ) -> bytes:
        """A count that goes on where the counter's last one ended, in a 16-bit counter."""
        raw_from, raw_to = raw or self._range(equipment, role, quantity)
        self.raws[equipment, role] = raw_to
        body = {
            "role": role,
            "quantity": quantity,
            "tag": role,
            "counter_epoch": 1,
            "raw_from": raw_from,
            "raw_to": raw_to,
            "from": at,
            "to": at + SECOND,
            "hour": at - at % HOUR,
            "flags": [],
            "run_time_per_item": run_time if job else None,
            "calendar": calendar,
        }
        kind = FactKind.PRODUCTION_COUNT
        return self.add(kind, body, job=job, at=at, equipment=equipment)

    def scrap(
        self,
        quantity: int,
        *,
        effect: str = "reclassify",
        job: str = "WO1.10",
        at: int = SIX,
        kind: FactKind = FactKind.SCRAP,
    ) -> bytes:
        """An operator's scrap or rework."""
        body = {
            "quantity": quantity,
            "reason": "burr",
            "effect": effect,
            "hour": at - at % HOUR,
            "run_time_per_item": "2.5",
            "calendar": EARLY,
        }
        return self.add(kind, body, job=job, at=at)

    def state(
        self,
        time_class: str,
        *,
        at: int,
        job: str | None = "WO1.10",
        calendar: Mapping[str, Any] | None = EARLY,
        equipment: str = "L1",
        fault: int | None = None,
    ) -> bytes:
        """An equipment state."""
        body = {
            "state": 6,
            "mode": 1,
            "fault": fault,
            "time_class": time_class,
            "calendar": calendar,
            "reason": "state",
        }
        return self.add(FactKind.EQUIPMENT_STATE, body, job=job, at=at, equipment=equipment)

    def job_event(
        self, event: str, state: str, *, job: str = "WO1.10", at: int = SIX, version: int = 1
    ) -> bytes:
        """An event of a job order."""
        order, _, operation = job.rpartition(".")
        body = {
            "event": event,
            "order": order,
            "operation": int(operation),
            "product": "HINGE-60",
            "revision": "A",
            "number": 1010,
            "quantity": 100,
            "run_time_per_item": "2.5",
            "work_center": "L1",
            "state": state,
            "version": version,
            "phase": "run",
            "raw": {},
        }
        return self.add(FactKind.JOB_ORDER_EVENT, body, job=job, at=at)

    def correction(self, corrects: int, changes: Mapping[str, Any], *, at: int = SIX) -> bytes:
        """A correction of an earlier fact."""
        return self.add(FactKind.CORRECTION, {"corrects": corrects, "changes": changes}, at=at)

    def plan(self, orders: list[dict[str, Any]], *, plan: int = 1, at: int = SIX) -> bytes:
        """A released plan."""
        body = {"plan": plan, "input_hash": "00", "valid_from": at, "orders": orders}
        return self.add(FactKind.PLAN_RELEASED, body, at=at)

    def forecast(self, orders: list[dict[str, Any]], *, plan: int = 1, at: int = SIX) -> bytes:
        """What an edge expects of orders."""
        return self.add(FactKind.ORDER_FORECAST, {"plan": plan, "orders": orders}, at=at)

    def _range(self, equipment: str, role: str, quantity: int) -> tuple[int, int]:
        start = self.raws.get((equipment, role), 65_000)
        return start, (start + quantity) % 65_536


def batch(facts: list[bytes], *, epoch: int = 1, watermark: int | None = None) -> bytes:
    """A body of `POST /edges/{id}/facts`, with the facts' own bytes."""
    mark = b"null" if watermark is None else b"%d" % watermark
    return b'{"epoch":%d,"facts":[%b],"watermark":%b}' % (epoch, b",".join(facts), mark)
