"""What the API shows of quality: plain objects, decimals as texts."""

import json
from collections.abc import Sequence
from typing import Any

from edge.domain.quality.plans import OVERDUE, Characteristic
from edge.domain.quality.records import Hold, InspectionResult
from edge.domain.sentences import Sentence
from edge.domain.spc.charts import Limits
from edge.domain.spc.figures import told
from edge.domain.spc.rules import RULES
from edge.execution.quality.charting import Chart, Place
from edge.execution.quality.machine_runs import RunFigures
from edge.execution.quality.room import Now
from edge.execution.quality.standing import Asked

Json = dict[str, Any]
MEASURE = ("unit", "decimals", "lower", "nominal", "upper", "chart", "gauge", "tag", "measures")


def hold_view(hold: Hold) -> Json:
    """A hold."""
    coded = hold.why.view() if hold.reason_coded else None
    return {**vars(hold), "interrupts": bool(hold.interrupts), "reason_coded": coded}


def inspection_view(asked: Asked) -> Json:
    """An inspection of a job order, and whether it is due."""
    job, plan, due = asked.job, asked.plan, asked.due
    return {
        "job_order_id": job.id,
        "work_center": job.work_center,
        "product": job.product,
        "operation": job.operation,
        "inspection": plan.id,
        "en": plan.en,
        "zh": plan.zh,
        "sample": plan.sample,
        "blocks": {of: plan.consequence(of) for of in ("overdue", "failed", "rule")},
        "characteristics": [_characteristic(one) for one in plan.characteristics],
        "due": vars(due) if due else None,
        **_not_taken(asked),
    }


def _not_taken(asked: Asked) -> Json:
    """Why the machine's own readings were not taken: in English, and coded."""
    return {
        "not_taken": "; ".join(str(one) for one in asked.not_taken),
        "not_taken_coded": [one.view() for one in asked.not_taken],
    }


def _characteristic(one: Characteristic) -> Json:
    head = {"id": one.id, "en": one.en, "zh": one.zh, "kind": one.kind}
    return head | {name: getattr(one, name) for name in MEASURE}


def now_view(now: Now) -> Json:
    """What a work center's board shows of quality."""
    return {
        "due": [
            {
                "job_order_id": asked.job.id,
                "inspection": asked.plan.id,
                "en": asked.plan.en,
                "zh": asked.plan.zh,
                "late": asked.due.late,
                "unit": asked.due.unit,
                "overdue": asked.due.overdue,
                "missed": asked.due.missed,
                "blocks": asked.plan.consequence(OVERDUE),
                **_not_taken(asked),
            }
            for asked in now.due
            if asked.due
        ],
        "holds": [hold_view(one) for one in now.holds],
        **_found(now.findings),
        "held": now.held,
        "waiting": now.waiting,
    }


def result_view(result: InspectionResult) -> Json:
    """A result."""
    lists = {"covers": json.loads(result.covers), **_found(result.found)}
    flags = {"again": bool(result.again), "passed": bool(result.passed)}
    return {**vars(result), **flags, **lists}


def _found(findings: Sequence[Sentence]) -> Json:
    """Findings in English, and coded; without a code those of before they had any."""
    return {
        "findings": [one.detail for one in findings],
        "findings_coded": [one.view() for one in findings],
    }


def chart_view(place: Place, chart: Chart) -> Json:
    """A chart; `points` are those that are drawn, by their samples."""
    last = chart.samples[-1]
    places = max(_places(chart) + 2, 2)
    owners = [
        one
        for one in chart.samples
        for _ in (json.loads(one.readings) if chart.kind == "individuals" else [0])
    ]
    return {
        **vars(place),
        "chart": chart.kind,
        "unit": last.unit,
        "lower": last.lower,
        "nominal": last.nominal,
        "upper": last.upper,
        "points": [
            {
                "seq": one.seq,
                "at": one.at,
                "job_order_id": one.job_order_id,
                "actor": one.actor,
                "value": told(point, places),
                "range": _range(chart, at, places),
                "readings": json.loads(one.readings),
                "rules": [found.rule for found in chart.broken if found.at == at],
            }
            for at, (one, point) in enumerate(zip(owners, chart.points, strict=True))
        ],
        "limits": _limits(chart.limits, places) if chart.limits else None,
        "source": chart.source,
        "frozen": vars(chart.frozen) if chart.frozen else None,
        "rules": {str(rule.number): {"en": rule.en, "zh": rule.zh} for rule in RULES.values()},
        "cp": told(chart.capability.index),
        "cpk": told(chart.capability.critical),
        "why_no_capability": chart.capability.why_none,
    }


def run_view(run: RunFigures) -> Json:
    """A run of a machine; figures are texts, null where there is none."""
    sample, found = run.sample, run.capability
    names = ("seq", "at", "actor", "product", "operation", "characteristic", "gauge", "unit")
    return {name: getattr(sample, name) for name in (*names, "lower", "nominal", "upper")} | {
        "work_center": sample.equipment_id,
        "readings": run.readings,
        "mean": told(run.mean),
        "deviation": told(run.deviation),
        "cm": told(found.index),
        "cmk": told(found.critical),
        "why_no_capability": found.why_none,
    }


def _range(chart: Chart, at: int, places: int) -> str | None:
    """The range of a point; a moving one begins with the second point."""
    index = at - 1 if chart.kind == "individuals" else at
    return told(chart.ranges[index], places) if index >= 0 else None


def _places(chart: Chart) -> int:
    texts = [text for one in chart.samples for text in json.loads(one.readings)]
    return max(len(text.partition(".")[2]) for text in texts)


def _limits(limits: Limits, places: int) -> Json:
    return {name: told(value, places) for name, value in vars(limits).items()}
