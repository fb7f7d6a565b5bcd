"""Stops as the API shows them: with their parts, cut at planned stops and at shift borders."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from edge.domain.production import ProductionReader
from edge.domain.states import StateInterval, Stop
from edge.domain.stops import StopBook, Stretch, overlaid
from edge.domain.vocabulary import TimeClass

Json = dict[str, Any]


def stretches(
    reader: ProductionReader, work_center: str, start: int, end: int, now: int
) -> tuple[StopBook, Sequence[Stretch]]:
    """What is known of stops in [start, end), and the time of a work center as it counts."""
    book = reader.stop_book(work_center, start, end)
    first = min([start, *(stop.start for stop in book.stops), *(c.at for c in book.changeovers)])
    if first < start:  # a stop that began before is shown from its beginning on
        book = replace(book, planned=reader.stop_book(work_center, first, end).planned)
    intervals = reader.state_intervals(work_center, first, end)
    return book, list(overlaid(intervals, book, now))


def stop_views(book: StopBook, over: Iterable[Stretch]) -> list[Json]:
    """Each stop with its parts; they tile what of it lies in the stretches."""
    by_stop: dict[int, list[Stretch]] = {stop.id: [] for stop in book.stops}
    starts = [stop.start for stop in book.stops]
    for one in over:
        if one.interval.time_class == TimeClass.ADET and book.stops:
            place = bisect_right(starts, one.start) - 1
            if place >= 0:
                by_stop[book.stops[place].id].append(one)
    return [_stop_view(stop, by_stop[stop.id]) for stop in book.stops]


def changeover_views(book: StopBook, over: Iterable[Stretch]) -> list[Json]:
    """Each changeover with what it took so far (us), and how much of it beyond its standard."""
    spent: dict[int, list[int]] = {one.seq: [0, 0] for one in book.changeovers}
    for one in over:
        if one.changeover is not None:
            spent[one.changeover.seq][one.beyond] += one.end - one.start
    return [
        {
            "job_order_id": one.job_order_id,
            "at": one.at,
            "from": one.from_,
            "to": one.to,
            "standard": one.standard_us,
            "spent": sum(spent[one.seq]),
            "beyond": spent[one.seq][1],
        }
        for one in book.changeovers
    ]


def _stop_view(stop: Stop, over: Sequence[Stretch]) -> Json:
    parts = _parts(stop, over)
    return {
        "id": stop.id,
        "equipment_id": stop.equipment_id,
        "from": stop.start,
        "to": stop.end,
        "fault": stop.fault,
        "reason": stop.reason or stop.cause,
        "given": bool(stop.reason),
        "class": (stop.class_ if stop.reason else stop.cause_class) or None,
        "note": stop.note,
        "version": stop.said,
        "planned": bool(parts) and all(part["planned"] for part in parts),
        "parts": parts,
    }


def _parts(stop: Stop, over: Sequence[Stretch]) -> list[Json]:
    parts: list[Json] = []
    for one in over:
        part, window = one.part, one.window
        said: Json = {
            "from": one.start,
            "to": one.end,
            "part": part.start if part else None,
            "reason": window.reason if window else part.reason if part else "",
            "note": window.note if window else part.note if part else "",
            "class": (window.class_ if window else part.class_ if part else "") or None,
            "given": window is not None or bool(part and part.given),
            "planned": one.planned,
            "counts_as": str(one.time_class),
            "planned_stop": window.id if window else None,
            **_shift(one.interval),
        }
        if parts and parts[-1]["to"] == one.start and _same(parts[-1], said):
            parts[-1]["to"] = one.end
        else:
            parts.append(said)
    if parts and stop.end is None:
        parts[-1]["to"] = None
    return parts


def _same(one: Json, other: Json) -> bool:
    return all(one[name] == other[name] for name in one if name not in {"from", "to"})


def _shift(interval: StateInterval) -> Json:
    return {"shift": interval.shift, "production_day": interval.production_day}
