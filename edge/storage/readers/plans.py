"""The PlanReader of a store."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from edge.domain.plan_versions import (
    OPEN,
    Footing,
    PlanContent,
    PlanProposal,
    PlanVersion,
    ToldPlan,
    Unfreezing,
)
from edge.domain.recording import ReleasedPlan
from edge.storage import fact_rows
from edge.storage.instruction_rows import unpacked
from edge.storage.plans import READ_PLAN, plan_of, unpack
from edge.storage.rows import Rows

MADE = "made_at IS NOT NULL"  # a decision of a proposal that never came here makes a row too
TOLD = """SELECT told.work_center, told.plan, told_at, seen.plan AS seen_plan, seen_at, seen_by
    FROM plan_told AS told LEFT JOIN plan_seen AS seen
    ON seen.work_center = told.work_center AND seen.plan = (
        SELECT min(plan) FROM plan_seen
        WHERE work_center = told.work_center AND plan >= told.plan)
    WHERE told.work_center = ? AND told_at >= ? ORDER BY told.plan DESC"""


class PlanRows:
    """What is known of plans."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def last_version(self) -> int:
        sql = (
            "SELECT max(coalesce((SELECT max(plan) FROM plan_version), 0),"
            " coalesce((SELECT max(version) FROM plans), 0))"
        )
        return int(self._rows.query(sql)[0][0])

    def last_proposal(self) -> int:
        return int(self._rows.query("SELECT coalesce(max(proposal), 0) FROM plan_proposal")[0][0])

    def versions(self, before: int | None = None, limit: int = 50) -> Sequence[PlanVersion]:
        tail = "FROM plan_version WHERE (:before IS NULL OR plan < :before)"
        return self._rows.records(
            PlanVersion,
            f"{tail} ORDER BY plan DESC LIMIT :limit",
            {"before": before, "limit": limit},
        )

    def version(self, plan: int) -> PlanVersion | None:
        found = self._rows.records(PlanVersion, "FROM plan_version WHERE plan = ?", (plan,))
        return found[0] if found else None

    def content(self, plan: int) -> ReleasedPlan | None:
        found = self._rows.query(f"{READ_PLAN} WHERE version = ? AND whole", (plan,))
        return plan_of(found[0]) if found else None

    def proposals(self, limit: int = 50) -> Sequence[PlanProposal]:
        tail = f"FROM plan_proposal WHERE {MADE} ORDER BY proposal DESC LIMIT ?"
        return self._rows.records(PlanProposal, tail, (limit,))

    def proposal(self, proposal: int) -> PlanProposal | None:
        tail = f"FROM plan_proposal WHERE proposal = ? AND {MADE}"
        found = self._rows.records(PlanProposal, tail, (proposal,))
        return found[0] if found else None

    def open_proposal(self) -> PlanProposal | None:
        tail = f"FROM plan_proposal WHERE state = ? AND {MADE} ORDER BY proposal DESC LIMIT 1"
        found = self._rows.records(PlanProposal, tail, (OPEN,))
        return found[0] if found else None

    def proposed(self, proposal: int) -> PlanContent | None:
        sql = "SELECT schedule, instructions FROM proposed_plans WHERE proposal = ?"
        for schedule, instructions in self._rows.query(sql, (proposal,)):
            rows = unpacked(0, unpack(instructions))
            return PlanContent(schedule=unpack(schedule), instructions=rows)
        return None

    def footing(self, seq: int) -> Footing | None:
        with self._rows.snapshot() as conn:
            row = fact_rows.one(conn, seq)
        said = row.fact().body.get("rests_on") if row else None
        return Footing.of(said) if said else None

    def unfreezings(self, after: int) -> Sequence[Unfreezing]:
        return self._rows.records(
            Unfreezing, "FROM unfreezing WHERE until > ? ORDER BY id", (after,)
        )

    def forecasts(self, orders: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        rows = self._rows.query("SELECT order_id, said FROM order_told")
        return {row["order_id"]: json.loads(row["said"]) for row in rows if row[0] in orders}

    def told(self, work_center: str, since: int = 0) -> Sequence[ToldPlan]:
        rows = self._rows.query(TOLD, (work_center, since))
        return [ToldPlan(**dict(row)) for row in rows]
