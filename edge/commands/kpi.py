"""`taktline kpi` and `taktline explain`: figures, and why they are what they are.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 the edge cannot be reached.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from edge.commands.explanation import explained
from edge.commands.language import InLanguage, Language, Tongue, language
from edge.commands.request import AsJson, Edge, TokenEnv, asked, moment, shown
from edge.commissioning.asking import in_path
from edge.commissioning.local import UTC, site_zone
from edge.domain.sentences import say

WorkCenter = Annotated[str, typer.Option("--work-center", help="Of this work center.")]
Line = Annotated[str, typer.Option("--line", help="Of this line.")]
Area = Annotated[str, typer.Option("--area", help="Of this area.")]
Order = Annotated[str, typer.Option("--order", help="Of this order, or job order ORDER.OPERATION.")]
Product = Annotated[str, typer.Option("--product", help="Of this product.")]
LevelName = Annotated[
    str, typer.Option("--level", help="unit, line, area, site, order or product.")
]
Hour = Annotated[str, typer.Option("--hour", help="The clock hour, 2026-11-03T10.")]
Shift = Annotated[str, typer.Option("--shift", help="The shift, 2026-11-03/early.")]
Day = Annotated[str, typer.Option("--day", help="The production day, 2026-11-03.")]
Week = Annotated[str, typer.Option("--week", help="The ISO week, 2026-W45.")]
From = Annotated[str, typer.Option("--from", help="From this time, 2026-11-03T06:00+01:00.")]
To = Annotated[str, typer.Option("--to", help="Up to this time.")]
By = Annotated[str, typer.Option("--by", help="hour, shift, day, week, span, order or a level.")]
Names = Annotated[str, typer.Option("--names", help="Only these KPIs, with commas.")]

kpi = typer.Typer(help="Figures of ISO 22400-2, at any level and period.", add_completion=False)
explain = typer.Typer(
    help="Why a figure is what it is, down to the counters.", add_completion=False
)


@kpi.command()
def kpi_command(
    edge: Edge,
    work_center: WorkCenter = "",
    line: Line = "",
    area: Area = "",
    order: Order = "",
    product: Product = "",
    level: LevelName = "",
    hour: Hour = "",
    shift: Shift = "",
    day: Day = "",
    week: Week = "",
    start: From = "",
    to: To = "",
    by: By = "",
    names: Names = "",
    catalogue: Annotated[
        bool, typer.Option("--catalogue", help="List all KPIs with their formulas.")
    ] = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
    in_language: InLanguage = Tongue.EN,
) -> None:
    """Show the figures of ISO 22400-2, as a table."""
    told = language(in_language)
    if catalogue:
        found = _items(edge, token_env, "/kpis/catalogue", {})
        _print(found, as_json, (_listed(one, told) for one in found), told)
        return
    query = _query(
        work_center=work_center, line=line, area=area, order=order, product=product, level=level,
        hour=hour, shift=shift, day=day, week=week, by=by, names=names,
    )  # fmt: skip
    found = _items(edge, token_env, "/kpis", query | _span(start, to))
    _print(found, as_json, (text for one in found for text in _report(one, told)), told)


@explain.command()
def explain_command(
    name: Annotated[str, typer.Argument(metavar="KPI", help="Its name, as `kpi --catalogue` has.")],
    edge: Edge = "http://127.0.0.1:8811",
    work_center: WorkCenter = "",
    line: Line = "",
    area: Area = "",
    order: Order = "",
    product: Product = "",
    level: LevelName = "",
    hour: Hour = "",
    shift: Shift = "",
    day: Day = "",
    week: Week = "",
    start: From = "",
    to: To = "",
    by: By = "",
    facts: Annotated[
        bool, typer.Option("--facts", help="Each fact too, with its corrections.")
    ] = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
    in_language: InLanguage = Tongue.EN,
) -> None:
    """Say why a figure is what it is: arithmetic, intervals, facts and counter readings."""
    query = _query(
        work_center=work_center, line=line, area=area, order=order, product=product, level=level,
        hour=hour, shift=shift, day=day, week=week, by=by,
    )  # fmt: skip
    path = f"/kpis/{in_path(name)}/explanation"
    found = _items(edge, token_env, path, query | _span(start, to))
    zone = UTC if as_json or not found else site_zone(edge, token_env)
    told = language(in_language)
    lines = (text for one in found for text in explained(one, zone, facts=facts, language=told))
    _print(found, as_json, lines, told)


def _query(**given: str) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}


def _span(start: str, to: str) -> dict[str, str]:
    said = {"from": start, "to": to}
    return {name: str(moment(text, f"--{name}")) for name, text in said.items() if text}


def _items(edge: str, token_env: str, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    answer = asked(edge, token_env, "GET", path, params=query, time_limit_s=60.0)
    items: list[dict[str, Any]] = answer["items"]
    return items


def _print(
    items: Sequence[Mapping[str, Any]], as_json: bool, lines: Iterator[str], told: Language
) -> None:
    shown({"items": items}, as_json, lambda _: lines)
    if not (items or as_json):
        typer.echo(told(say("explained.nothing", "nothing is known of that time")))


def _listed(one: Mapping[str, Any], told: Language) -> str:
    line = f"{one['name']:<42} {one['formula']:<48} {one['unit']:<8} {', '.join(one['periods'])}"
    return line if told.tongue is Tongue.EN else f"{line}  {told.named(one)}"


def _report(one: Mapping[str, Any], told: Language) -> Iterator[str]:
    yield told(
        say(
            "explained.report",
            "{level} {of}  {label}  coverage {coverage}",
            level=one["level"],
            of=one["equipment_id"],
            label=one["label"],
            coverage=one["coverage"] or "-",
        )
    )
    for name, value in one["kpis"].items():
        yield f"  {name:<42} {value or '-':>14}  {_why(one, name, told)}".rstrip()
    if one["flags"]:
        flags = ", ".join(one["flags"])
        yield "  " + told(say("explained.flags", "flags: {flags}", flags=flags))


def _why(one: Mapping[str, Any], name: str, told: Language) -> str:
    english, coded = one["absent"].get(name, ""), one.get("absent_coded", {}).get(name)
    return told({"detail": english, **coded}) if coded else english
