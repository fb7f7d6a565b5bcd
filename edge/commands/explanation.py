"""An explanation of a figure as people read it: from its arithmetic down to the counters."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from edge.commands.chains import chains
from edge.commissioning.local import local_time


def explained(one: Mapping[str, Any], zone: ZoneInfo, *, facts: bool) -> Iterator[str]:
    """An explanation as text, line by line; times as the site has them.

    The counters' readings are drawn together to chains; with `facts` each fact is told too.
    """
    kpi_, sums = one["kpi"], one["arithmetic"]
    yield f"{kpi_['en']} of {one['level']} {one['of']}, {one['label']}"
    yield f"  {kpi_['name']} = {sums['formula']}"
    if sums["numbers"]:
        yield f"  = {sums['numbers']}"
    yield f"  = {sums['result'] or 'no figure: ' + str(one['absent'])}"
    yield f"  coverage {one['coverage'] or '-'}; flags: {', '.join(one['flags']) or 'none'}"
    for element in one["elements"]:
        value = _amount(element["value"], element["unit"])
        yield f"  {element['symbol']:<14} {value:>22}  {element['how']}"
    for calendar in one["calendars"]:
        yield f"  calendar {calendar['id']}, revision {calendar['revision']}"
    if not one["facts_shown"]:
        yield f"  {one['hint']}"
    for unit in one["units"]:
        yield f"{unit['equipment_id']}:"
        yield from (f"  {chain}" for chain in chains((*unit["pieces"], *unit["records"])))
        yield from (_interval(row, zone) for row in unit["intervals"])
        told = [(row, _pieces(row, zone)) for row in unit["pieces"]]
        told += [(row, _record(row, zone)) for row in unit["records"]]
        for row, line in told:
            yield line
            yield from (_fact(fact) for fact in row.get("facts", ()) if facts)


def _amount(value: str | None, unit: str) -> str:
    if value is None:
        return "not known"
    if unit == "us" and "/" not in value:
        return str(timedelta(microseconds=int(value)))
    return f"{value} {unit}".removesuffix(" 1")


def _interval(row: Mapping[str, Any], zone: ZoneInfo) -> str:
    length = timedelta(microseconds=row["us"])
    why = f" stop {row['stop']} {row['reason'] or ''}".rstrip() if row["stop"] else ""
    of = f"fact {row['seq']}" if row["seq"] else "no fact"
    job = row["job_order_id"] or "-"
    return (
        f"  {local_time(row['from'], zone)} {length!s:>15} {row['time_class']:<12} {job}"
        f"  state {row['state']}{why}  ({of})"
    )


def _pieces(row: Mapping[str, Any], zone: ZoneInfo) -> str:
    return (
        f"  hour {local_time(row['hour'], zone)} job {row['job_order_id'] or '-'} at"
        f" {row['run_time_per_item'] or 'no'} s: {row['good']} good, {row['scrap']} scrap,"
        f" {row['rework']} rework"
    )


def _record(row: Mapping[str, Any], zone: ZoneInfo) -> str:
    amounts = ", ".join(f"{name} {value}" for name, value in row["amounts"].items())
    return f"  hour {local_time(row['hour'], zone)} {row['kind']}: {amounts}"


def _fact(fact: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{n:+d} {role}" for role, n in fact["counts"].items() if n) or "nothing now"
    raw = f" {fact['tag']} {fact['raw_from']}..{fact['raw_to']}" if "raw_from" in fact else ""
    epoch = f" (counter epoch {fact['counter_epoch']})" if "counter_epoch" in fact else ""
    flags = f" [{', '.join(fact['flags'])}]" if fact.get("flags") else ""
    by = f" by {fact['actor']}" if fact["actor"] else ""
    put_right = "".join(f"; corrected by fact {one['seq']}" for one in fact["corrections"])
    return f"    fact {fact['seq']} {fact['kind']}: {counts}{raw}{epoch}{flags}{by}{put_right}"
