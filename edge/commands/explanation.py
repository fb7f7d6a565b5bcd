"""An explanation of a figure as people read it: from its arithmetic down to the counters."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from edge.commands.chains import chain_line, chains
from edge.commands.language import Language
from edge.commissioning.local import local_time
from edge.domain.sentences import say

Json = Mapping[str, Any]
ENGLISH = Language()


def explained(
    one: Json, zone: ZoneInfo, *, facts: bool, language: Language = ENGLISH
) -> Iterator[str]:
    """An explanation as text, line by line; times as the site has them.

    The counters' readings are drawn together to chains; with `facts` each fact is told too.
    """
    yield from _arithmetic(one, language)
    for element in one["elements"]:
        value = _amount(element["value"], element["unit"], language)
        yield f"  {element['symbol']:<14} {value:>22}  {language.coded(element, 'how')}"
    for calendar in one["calendars"]:
        yield "  " + language(
            say(
                "explained.calendar",
                "calendar {calendar}, revision {revision}",
                calendar=calendar["id"],
                revision=calendar["revision"],
            )
        )
    for name in ("hint", "states_hint"):
        if one.get(name):
            yield f"  {language.coded(one, name)}"
    for unit in one["units"]:
        yield f"{unit['equipment_id']}:"
        yield from (
            f"  {chain_line(chain, language)}"
            for chain in chains((*unit["pieces"], *unit["records"]))
        )
        yield from (_interval(row, zone, language) for row in unit["intervals"])
        told = [(row, _pieces(row, zone, language)) for row in unit["pieces"]]
        told += [(row, _record(row, zone, language)) for row in unit["records"]]
        for row, line in told:
            yield line
            yield from (_fact(fact, language) for fact in row.get("facts", ()) if facts)


def _arithmetic(one: Json, language: Language) -> Iterator[str]:
    kpi_, sums = one["kpi"], one["arithmetic"]
    yield language(
        say(
            "explained.title",
            "{kpi} of {level} {of}, {label}",
            kpi=language.named(kpi_),
            level=one["level"],
            of=one["of"],
            label=one["label"],
        )
    )
    yield f"  {kpi_['name']} = {sums['formula']}"
    if sums["numbers"]:
        yield f"  = {sums['numbers']}"
    absent = say("explained.absent", "no figure: {why}", why=language.coded(one, "absent"))
    yield f"  = {sums['result'] or language(absent)}"
    yield "  " + language(
        say(
            "explained.coverage",
            "coverage {coverage}; flags: {flags}",
            coverage=one["coverage"] or "-",
            flags=", ".join(one["flags"]) or say("word.none", "none"),
        )
    )


def _amount(value: str | None, unit: str, language: Language) -> str:
    if value is None:
        return language(say("word.not_known", "not known"))
    if unit == "us" and "/" not in value:
        return str(timedelta(microseconds=int(value)))
    return f"{value} {unit}".removesuffix(" 1")


def _interval(row: Json, zone: ZoneInfo, language: Language) -> str:
    length = timedelta(microseconds=row["us"])
    state = language(say("explained.state", "state {state}", state=str(row["state"])))
    if row["stop"]:
        stop = say("explained.stop", "stop {stop} {reason}", stop=row["stop"], reason=_reason(row))
        state = f"{state} {language(stop)}".rstrip()
    no_fact = say("explained.no_fact", "no fact")
    of = say("explained.fact", "fact {seq}", seq=row["seq"]) if row["seq"] else no_fact
    job = row["job_order_id"] or "-"
    return (
        f"  {local_time(row['from'], zone)} {length!s:>15} {row['time_class']:<12} {job}"
        f"  {state}  ({language(of)})"
    )


def _reason(row: Json) -> str:
    return row["reason"] or ""


def _pieces(row: Json, zone: ZoneInfo, language: Language) -> str:
    return "  " + language(
        say(
            "explained.pieces",
            "hour {hour} job {job} at {run_time} s: {good} good, {scrap} scrap, {rework} rework",
            hour=local_time(row["hour"], zone),
            job=row["job_order_id"] or "-",
            run_time=row["run_time_per_item"] or say("word.no", "no"),
            good=row["good"],
            scrap=row["scrap"],
            rework=row["rework"],
        )
    )


def _record(row: Json, zone: ZoneInfo, language: Language) -> str:
    return "  " + language(
        say(
            "explained.record",
            "hour {hour} {kind}: {amounts}",
            hour=local_time(row["hour"], zone),
            kind=row["kind"],
            amounts=", ".join(f"{name} {value}" for name, value in row["amounts"].items()),
        )
    )


def _fact(fact: Json, language: Language) -> str:
    counts = ", ".join(f"{n:+d} {role}" for role, n in fact["counts"].items() if n)
    told = say(
        "explained.counted",
        "fact {seq} {kind}: {counts}",
        seq=fact["seq"],
        kind=fact["kind"],
        counts=counts or say("word.nothing_now", "nothing now"),
    )
    parts = [language(told)]
    if "raw_from" in fact:
        parts.append(f" {fact['tag']} {fact['raw_from']}..{fact['raw_to']}")
    if "counter_epoch" in fact:
        epoch = fact["counter_epoch"]
        parts.append(language(say("explained.epoch", " (counter epoch {epoch})", epoch=epoch)))
    if fact.get("flags"):
        parts.append(f" [{', '.join(fact['flags'])}]")
    if fact["actor"]:
        parts.append(language(say("explained.by", " by {actor}", actor=fact["actor"])))
    parts += [
        language(say("explained.corrected", "; corrected by fact {seq}", seq=one["seq"]))
        for one in fact["corrections"]
    ]
    return f"    {''.join(parts)}"
