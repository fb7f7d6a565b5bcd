"""A month of KPIs of 50 work units, by hour, recomputed from facts; and a board beside it.

Each unit-hour has 2 states and 3 counts: 180,000 facts in the order in which they came, as the
store keeps them. A process of its own reads them, folds them as the store does, and computes every
KPI that means something for a unit and an hour: 36,000 reports. Its CPU seconds and its peak memory
are what is promised. The bare side is reading and decoding the same facts.
"""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.measuring import CLOCK
from bench.ratio import Ratio
from bench.recount import Recount
from edge.domain.clock import parse_time
from edge.domain.facts import Fact, FactKind, Source, decode, encode
from edge.domain.figures import Place
from edge.domain.hours import HOUR
from edge.domain.intervals import Interval
from edge.kpi.book import Book, Question
from edge.kpi.cells import Ledger
from edge.kpi.scopes import Level, Period
from edge.kpi.windows import reports, to_read

UNITS, DAYS = 50, 30
ZONE = ZoneInfo("Europe/Berlin")
START = parse_time("2026-06-01T00:00:00+02:00")
MINUTE = HOUR // 60
STATES = (("APT", 0), ("ADET", 20))
COUNTS = (0, 20, 50)  # minutes of the hour
SECONDS, MEGABYTES = 10, 300


def facts() -> Iterator[Fact]:
    """What 50 machines told in a month, hour by hour."""
    seq = 0
    for hour in range(START, START + DAYS * 24 * HOUR, HOUR):
        day = f"2026-06-{(hour - START) // (24 * HOUR) + 1:02d}"
        calendar = {"id": "always", "revision": "0123456789ab", "shift": "day",
                    "production_day": day}  # fmt: skip
        for unit in range(UNITS):
            job = f"WO{unit}{day[-2:]}.10"
            for time_class, minute in STATES:
                seq += 1
                body: dict[str, Any]
                body = {"state": 6, "mode": 1, "fault": None, "time_class": time_class,
                        "reason": "state", "calendar": calendar}  # fmt: skip
                yield _fact(FactKind.EQUIPMENT_STATE, seq, hour + minute * MINUTE, unit, job, body)
            for minute in COUNTS:
                seq += 1
                raw = (seq * 7) % 60_000
                body = {"role": "good" if minute else "scrap", "quantity": 7 + minute % 5,
                        "tag": "good", "counter_epoch": 1, "raw_from": raw, "raw_to": raw + 7,
                        "from": hour, "to": hour + minute * MINUTE, "hour": hour, "flags": [],
                        "run_time_per_item": "125/48", "calendar": calendar}  # fmt: skip
                at = hour + minute * MINUTE
                yield _fact(FactKind.PRODUCTION_COUNT, seq, at, unit, job, body)


def _fact(kind: FactKind, seq: int, at: int, unit: int, job: str, body: Mapping[str, Any]) -> Fact:
    return Fact(
        edge_id="e1", epoch=1, seq=seq, kind=kind, occurred_at=at, recorded_at=at,
        equipment_id=f"L{unit}", job_order_id=job, source=Source.PLC, actor=None, body=body,
        prev_hash="0" * 64,
    )  # fmt: skip


def recompute(path: Path) -> dict[str, float]:
    """Seconds of the processor and megabytes at the most, and how many reports came of it."""
    spent = spent_so_far()
    count = Recount()
    with path.open("rb") as lines:
        for line in lines:
            count.take(decode(line))
    folded = spent_so_far()
    end = START + DAYS * 24 * HOUR
    asked = Interval(START, end)
    read = to_read(asked, end, Period.HOUR)
    found = 0
    for unit in count.units():
        ledger = Ledger(
            equipment_id=unit,
            asked=asked,
            until=end,
            intervals=count.intervals(unit),
            pieces=count.pieces(unit),
            zone=ZONE,
            read=read,
            place=Place(equipment_id=unit, line=unit, area="s1", site="s1"),
        )
        question = Question(level=Level.UNIT, by=Period.HOUR, asked=asked)
        found += len(reports(Book(ledgers=[ledger], until=end, zone=ZONE), question))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": spent_so_far() - spent, "fold": folded - spent, "mb": peak, "reports": found}


def spent_so_far() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def read_only(path: Path) -> dict[str, float]:
    """The bare side: the same facts read and decoded."""
    spent = spent_so_far()
    with path.open("rb") as lines:
        count = sum(decode(line).seq > 0 for line in lines)
    return {"cpu": spent_so_far() - spent, "facts": count}


def _measured(side: str, path: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.kpi", side, str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout)
    return told


def run() -> Iterable[Ratio]:
    """What a month costs, beside decoding its facts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.jsonl"
        with path.open("wb") as out:
            for fact in facts():
                out.write(encode(fact) + b"\n")
        began = CLOCK.monotonic()
        ours, bare = _measured("recompute", path), _measured("read", path)
        wall = CLOCK.monotonic() - began
    print(f"  {ours['reports']:.0f} reports, {bare['facts']:.0f} facts; both sides {wall:.1f} s")
    yield Ratio(
        name="a month of KPIs of 50 units by hour, beside decoding its facts",
        ours=ours["cpu"], bare=bare["cpu"], unit="CPU s", limit=SECONDS,
    )  # fmt: skip
    yield Ratio(
        name="its memory, beside what is promised",
        ours=ours["mb"], bare=MEGABYTES, unit="MB", limit=MEGABYTES,
    )  # fmt: skip


if __name__ == "__main__":
    SIDES = {"recompute": recompute, "read": read_only}
    print(json.dumps(SIDES[sys.argv[1]](Path(sys.argv[2]))))
