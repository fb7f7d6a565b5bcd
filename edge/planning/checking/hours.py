"""Rules of hours: to the piece, in the right hour, with the right label; kept ones unchanged."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import Any

from edge.domain.clock import MICROS, to_datetime
from edge.domain.hours import hour_start, next_hour
from edge.planning.checking.before import Key
from edge.planning.checking.ground import Ground, Record, Violation


def hour_violations(ground: Ground) -> Iterator[Violation]:
    """All of them, of kept rows and of new ones."""
    yield from _kept(ground)
    rows = ground.schedule["hours"][len(ground.kept) :]
    by_step: dict[Key, list[Record]] = defaultdict(list)
    for row in rows:
        key = (row["order"], row["seq"])
        if key in ground.steps:
            by_step[key].append(row)
        else:
            yield Violation("UNKNOWN", _place(row), "no such operation in the scenario")
        yield from _label(ground, row)
        if row["unchecked"]:
            yield Violation("UNCHECKED", _place(row), "has a cycle time, and is marked")
    for key, left in ground.lefts.items():
        if ground.steps[key][1].lead_time_us is None:
            yield from _sums(ground, key, left.left, by_step[key])
        for row in by_step[key]:
            yield from _row(ground, key, row)


def _place(row: Record) -> str:
    return f"{row['order']}.{row['seq']} hour {row['hour'][1]} on {row['work_center']}"


def _kept(ground: Ground) -> Iterator[Violation]:
    """Past and frozen hours stand first, byte for byte but for their mark."""
    for kept, row in zip(ground.kept, ground.schedule["hours"], strict=False):
        wanted: dict[str, Any] = {
            "order": kept.order,
            "seq": kept.seq,
            "work_center": kept.work_center,
            "hour": (kept.hour, kept.written),
            "label": kept.label,
            "quantity": kept.quantity,
            "setup_s": kept.setup_s,
            "frozen": True,
            "unchecked": kept.unchecked,
            "owed": None,  # it is of a scenario alone
        }
        if wanted != row:
            yield Violation("KEPT", _place(row), "a past or frozen hour was rewritten")
    missing = len(ground.kept) - len(ground.schedule["hours"])
    if missing > 0:
        yield Violation("KEPT", "hours", f"{missing} past or frozen hours are missing")


def _label(ground: Ground, row: Record) -> Iterator[Violation]:
    zone, (hour, _) = ground.scenario.zone, row["hour"]
    local = to_datetime(hour).astimezone(zone).strftime("%H:%M%z")
    wanted = f"{local[:8]}:{local[8:]}"
    if row["label"] != wanted or hour_start(hour, zone) != hour or row["frozen"]:
        message = f"label {row['label']!r} is to be {wanted!r}, on a clock hour, not frozen"
        yield Violation("LABEL", _place(row), message)


def _sums(ground: Ground, key: Key, left: int, rows: list[Record]) -> Iterator[Violation]:
    """Hours add up to what is left, and set-up seconds to the set-up; no hour twice."""
    place = f"{key[0]}.{key[1]}"
    total = sum(row["quantity"] for row in rows)
    if total != left:
        yield Violation("SUM", place, f"the hours add up to {total}, {left} are left")
    if key in ground.setups:
        wanted = ceil(Fraction(ground.set_up_us(key, *_ever(ground, key)), MICROS))
        done = sum(row["setup_s"] for row in rows)
        if done != wanted:
            yield Violation("SUM", place, f"set-up adds up to {done} s, it takes {wanted} s")
    for hour, times in Counter(row["hour"][0] for row in rows).items():
        if times > 1:
            yield Violation("SUM", place, f"hour {to_datetime(hour).isoformat()} stands twice")


def _row(ground: Ground, key: Key, row: Record) -> Iterator[Violation]:
    """Pieces and set-up seconds are those that fall into the hour."""
    run = ground.runs.get(key)
    if run is None or run.work_center != row["work_center"]:
        yield Violation("HOUR", _place(row), "no run on that work center")
        return
    start = row["hour"][0]
    end = next_hour(start, ground.scenario.zone)
    made = run.pieces_by(end) - run.pieces_by(start)
    if row["quantity"] != made:
        message = f"{row['quantity']} pieces, {made} can be finished in it"
        yield Violation("HOUR", _place(row), message)
    _, last = _ever(ground, key)
    to_do = [ceil(Fraction(ground.set_up_us(key, at, last), MICROS)) for at in (start, end)]
    spent = to_do[0] - to_do[1]
    if row["setup_s"] != spent:
        message = f"{row['setup_s']} s of set-up, {spent} s fall into it"
        yield Violation("HOUR", _place(row), message)


def _ever(ground: Ground, key: Key) -> tuple[int, int]:
    """The first and the last moment of an operation's set-up."""
    blocks = ground.setups.get(key)
    if not blocks:
        return 0, 0
    return min(one.start for one in blocks), max(one.end for one in blocks)
