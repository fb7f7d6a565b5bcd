"""A small plant floor in memory, with the rules of the edge's API: versions, keys, facts."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.domain.clock import parse_time

MINUTE = 60_000_000
HOUR = 60 * MINUTE
SHIFT_START = parse_time("2026-06-08T06:00:00+02:00")

# Event -> (state that it needs, state after it).
TRANSITIONS: Mapping[str, tuple[frozenset[str], str]] = {
    "start": (frozenset({"AllowedToStart"}), "Running"),
    "interrupt": (frozenset({"Running"}), "Interrupted"),
    "resume": (frozenset({"Interrupted"}), "Running"),
    "complete": (frozenset({"Running", "Interrupted"}), "Ended"),
}


class Rejected(Exception):
    """The request is answered with a problem document."""

    def __init__(self, status: int, title: str, detail: str, mend: str) -> None:
        super().__init__(title)
        self.status = status
        self.problem = {"type": "about:blank", "title": title, "status": status}
        self.problem |= {"detail": detail, "mend": mend}


def job(order: str, operation: int, product: str, state: str, **more: Any) -> dict[str, Any]:
    job = {"id": f"{order}.{operation}", "order": order, "operation": operation}
    job |= {"product": product, "description": "Hinge 60 mm", "quantity": 800, "good": 0}
    job |= {"scrap": 0, "left": 800, "state": state, "version": 1, "phase": None}
    return job | more


@dataclass
class Floor:
    """One work center at 07:42 plant time, with a job that runs."""

    work_center: str = "L1"
    name: str = "Stamping"
    now: int = SHIFT_START + 102 * MINUTE
    label: str = "2026-06-08T07:42+02:00"
    jobs: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)
    stops: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: set[tuple[int, int]] = field(default_factory=set)
    link: dict[str, Any] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[tuple[str, str], tuple[str, dict[str, Any]]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    counting: str = "device"
    held: list[dict[str, Any]] = field(default_factory=list)
    required: dict[str, Any] | None = None
    andon: list[dict[str, Any]] = field(default_factory=list)
    hour_changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        running = job("WO1001", 10, "HINGE-60", "Running", phase="run", good=312, scrap=4)
        running |= {"left": 488, "version": 3}
        self.jobs = [
            running,
            job("WO1004", 10, "HINGE-80", "AllowedToStart", description="Hinge 80 mm"),
            job("WO1009", 20, "BRACKET-90", "NotAllowedToStart", description="Bracket 90"),
        ]
        self.state = {"state": 6, "name": "Execute", "fault": None, "fault_text": None}
        self.state["mode"] = 1
        self.measures: list[dict[str, Any]] = []
        self.state |= {"time_class": "APT", "since": self.now - 11 * MINUTE, "quality": "good"}
        self.link = {"state": "connected", "waiting": 0, "since": SHIFT_START}

    def open_job(self) -> dict[str, Any] | None:
        return next((job for job in self.jobs if job["state"] in {"Running", "Interrupted"}), None)

    def board(self) -> dict[str, Any]:
        open_stop = next((stop for stop in self.stops if stop["to"] is None), None)
        return {
            "work_center": self.work_center,
            "name": self.name,
            "plant_now": self.now,
            "label": self.label,
            "shift": {"name": "early", "start": SHIFT_START, "end": SHIFT_START + 8 * HOUR},
            "state": self.state,
            "job": self.open_job(),
            "instruction": self.instruction(),
            "next": [job for job in self.jobs if job["state"].endswith("ToStart")],
            "counting": self.counting,
            "quarantines": len(self.held),
            "hours": self.hours(),
            "kpis": {
                "availability": "0.844444", "effectiveness": "1.051000",
                "quality_ratio": "0.978235", "oee": "0.739111", "coverage": "1.000000",
            },
            "open_stop": open_stop and {k: open_stop[k] for k in ("id", "from", "fault", "reason")},
            "stops": self.stops,
            "required": self.required,
            "andon": self.andon,
            "link": self.link,
            "measures": self.measures,
            "plan_version": 4,
        }  # fmt: skip

    def instruction(self) -> dict[str, Any]:
        hour = SHIFT_START + HOUR
        return {
            "plan": 4, "hour": hour, "label": "07:00+02:00", "order": "WO1001", "operation": 10,
            "product": "HINGE-60", "quantity": 450, "acknowledged": (4, hour) in self.acknowledged,
        }  # fmt: skip

    def hours(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for index, plan in enumerate([300, 450, 450, 450, 225, 450, 450, 380]):
            row = {"hour": SHIFT_START + index * HOUR, "label": f"{6 + index:02d}:00+02:00"}
            row |= {"plan": plan, "actual": None, "scrap": None, "difference": None}
            row |= {
                "cumulative": None,
                "cause": None,
                "cause_text": None,
                "status": "future",
                "orders": [],
                "asks_cause": False,
                "signature": None,
                "version": 0,
                "data_gap": 0,
                "data_gaps": [],
            }
            rows.append(row)
        rows[0] |= {"actual": 262, "scrap": 3, "difference": -38, "cumulative": -38}
        rows[0] |= {"cause": "jam", "status": "past"}
        good = self.jobs[0]["good"]
        rows[1] |= {"actual": good - 262, "scrap": 1, "difference": 12, "cumulative": -26}
        rows[1] |= {"status": "current"}
        rows[4] |= {"status": "break", "plan": 0}
        for place, changes in self.hour_changes.items():
            rows[place] |= changes
        return rows

    async def act(self, key: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Do what `path` says once; the same key gives the first answer again."""
        self.requests.append((path, key))
        content = json.dumps(body, sort_keys=True)
        if (path, key) in self.answers:
            before, answer = self.answers[path, key]
            if before != content:
                raise Rejected(422, "Other body", "The key was used before", "Use a new key")
            return answer
        answer = self._apply(path.strip("/").split("/"), body)
        self.answers[path, key] = (content, answer)
        async with self.news:
            self.news.notify_all()
        return answer

    def _apply(self, parts: list[str], body: Mapping[str, Any]) -> dict[str, Any]:
        thing, id_, action = parts[0], parts[1] if len(parts) > 1 else "", parts[-1]
        if thing == "quarantines":
            self.held = [one for one in self.held if one["id"] != int(id_)]
            return {"seq": self.fact(action, body)}
        if thing == "job-orders":
            return self._job(id_, action, body)
        if thing == "stops" and action == "reason":
            stop = next(stop for stop in self.stops if stop["id"] == int(id_))
            stop["reason"] = body["reason"]
            return {"seq": self.fact("stop_reason", body)}
        if action != "acknowledge" or thing != "work-centers":
            return {"seq": self.fact(f"{thing}/{action}", body)}
        self.acknowledged.add((body["plan"], body["hour"]))
        return {"seq": self.fact("instruction_acknowledged", body)}

    def _job(self, id_: str, action: str, body: Mapping[str, Any]) -> dict[str, Any]:
        job = next(job for job in self.jobs if job["id"] == id_)
        if body["version"] != job["version"]:
            detail = f"{id_} is at version {job['version']}, not {body['version']}"
            raise Rejected(409, "The job has changed", detail, "Look at the board again")
        if action == "quantities":
            return self._reported(job, body)
        if action == "scrap":
            job["scrap"] += body["quantity"]
            job["good"] -= body["quantity"]
            return {"seq": self.fact("scrap", body)}
        needed, after = TRANSITIONS[action]
        if job["state"] not in needed:
            raise Rejected(409, "Not possible", f"{id_} is {job['state']}", "Look at the board")
        job |= {"state": after, "version": job["version"] + 1}
        return {"seq": self.fact("job_order_event", body), "version": job["version"]}

    def _reported(self, job: dict[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
        if body["good"] > 450 and not body.get("confirm"):
            rejected = Rejected(409, "Is it so?", "the hour has room for 450", "confirm it")
            rejected.problem["confirm"] = True
            raise rejected
        job["good"] += body["good"]
        job["scrap"] += body["scrap"]
        return {"seq": self.fact("production_count", body)}

    def doubt(self, id_: int) -> None:
        """A counter has jumped from 60 to 100."""
        held = {"id": id_, "tag": "good", "raw_from": 60, "raw_to": 100, "limit": 12, "most": 100}
        held |= {"label": "2026-06-08T07:00+02:00", "job_order_id": "WO1001.10"}
        meanings = [{"how": "difference", "pieces": 40}, {"how": "reset", "pieces": 100}]
        self.held.append(held | {"meanings": meanings})

    def fact(self, kind: str, body: Mapping[str, Any]) -> int:
        fact = {"kind": kind, "seq": len(self.facts) + 1, "epoch": 1, "body": dict(body)}
        self.facts.append(fact | {"equipment_id": self.work_center})
        return len(self.facts)

    async def happen(self, kind: str = "production_count") -> None:
        """Something happens on the floor: whoever follows the events hears of it."""
        self.fact(kind, {})
        async with self.news:
            self.news.notify_all()

    def stop_machine(self, reason: str | None = None) -> None:
        """The machine is held with a fault; a stop is open."""
        since = self.now - 4 * MINUTE
        self.state |= {"state": 11, "name": "Held", "fault": 204, "fault_text": {}}
        self.state["fault_text"] = {"en": "Feeder jam", "zh": "送料卡住"}
        self.state |= {"time_class": "ADET", "since": since}
        part = {"from": since, "to": None, "part": since, "reason": reason or "", "planned": False}
        stop = {"id": 77, "equipment_id": self.work_center, "from": since, "to": None}
        stop |= {"version": 0, "parts": [part]}
        self.stops.append(stop | {"fault": 204, "reason": reason, "planned": False})
