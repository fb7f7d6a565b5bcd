"""`taktline plan show`: a schedule of a file, or the plan of a running edge, for people.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 3 a file is not right, 5 no edge answers.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from edge.commands.plan_template import Language
from edge.commands.request import TokenEnv, asked
from edge.commissioning.address import EDGE
from edge.commissioning.exits import INVALID, end
from edge.commissioning.written import write_new, write_over
from edge.domain.clock import to_micros
from edge.domain.intervals import Interval
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.model import SCENARIO_FORMAT, SCHEDULE_FORMAT
from edge.planning.scenario.parse import load, parse
from edge.planning.scenario.writing import input_hash
from edge.planning.views.chart import Beside, Chart, chart_of, midnight, of_scenario, zone_named
from edge.planning.views.page import figures, page_of
from edge.planning.views.svg import svg_of
from edge.planning.views.terminal import gantt_text, late_text, wrapped
from edge.planning.views.words import Words

Json = Mapping[str, Any]
T = TypeVar("T")
plan_views = typer.Typer()
Schedule = Annotated[
    Path | None, typer.Argument(metavar="[SCHEDULE]", help="taktline.schedule/1; else --edge.")
]
OfEdge = Annotated[
    str, typer.Option("--edge", envvar=EDGE, help="The edge whose plan is shown, without a file.")
]
OfScenario = Annotated[
    Path | None,
    typer.Option("--scenario", help="What the schedule was made of: families, closed time, zone."),
]
Zone = Annotated[str, typer.Option("--timezone", help="The site's, where no scenario says it.")]
InLanguage = Annotated[Language, typer.Option("--language", help="en or zh.")]
Over = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


@plan_views.command("show")
def show(
    schedule: Schedule = None,
    edge: OfEdge = "",
    scenario: OfScenario = None,
    timezone: Zone = "",
    html: Annotated[Path | None, typer.Option("--html", help="Write this page.")] = None,
    svg: Annotated[Path | None, typer.Option("--svg", help="Write this drawing.")] = None,
    from_: Annotated[
        str, typer.Option("--from", help="The first day that is drawn, 2026-06-08.")
    ] = "",
    days: Annotated[
        int, typer.Option("--days", min=0, help="So many days from there; 0: to the end.")
    ] = 0,
    version: Annotated[
        int, typer.Option("--version", min=0, help="Of an edge: this version; 0: in force.")
    ] = 0,
    width: Annotated[
        int, typer.Option("--width", min=0, help="Columns of text; 0: the terminal's.")
    ] = 0,
    language: InLanguage = Language.EN,
    force: Over = False,
    token_env: TokenEnv = "",
) -> None:
    """Draw a plan: text here, or a Gantt chart as an HTML page or an SVG file."""
    found = chart_from(schedule, edge, scenario, timezone, token_env, version)
    chart, words = _window(found.chart, from_, days), Words(str(language))
    title = f"{words('plan')} {found.name}"
    if html is not None:
        keep(html, drawn(found.name, lambda: page_of(chart, words, title)).encode(), force)
    if svg is not None:
        keep(svg, drawn(found.name, lambda: svg_of(chart, words)).encode(), force)
    if html is None and svg is None:
        columns = width or shutil.get_terminal_size().columns
        typer.echo(drawn(found.name, lambda: _text(chart, words, title, columns)))


def _text(chart: Chart, words: Words, title: str, columns: int) -> str:
    head = "\n".join([title, *wrapped(figures(chart, words), columns, " · ")])
    return "\n\n".join((head, gantt_text(chart, words, columns), late_text(chart, words, columns)))


def drawn(name: str, make: Callable[[], T]) -> T:
    """What is made of a schedule; exit 3 where the schedule is not as the format says."""
    try:
        return make()
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return end(f"{name}: is no schedule that can be drawn: {error!r}", INVALID)


@dataclass(frozen=True)
class Found:
    """A chart, the schedule that it was made of, and what that is called."""

    chart: Chart
    schedule: Json
    name: str


def _window(chart: Chart, first: str, days: int) -> Chart:
    """The days that are asked for; a usage error where the plan has none of them."""
    if not first and not days:
        return chart
    try:
        local = datetime.fromisoformat(first) if first else chart.local(chart.begin)
        begin = to_micros(local.replace(tzinfo=chart.zone))
        end = midnight(begin, chart.zone, days=days) if days else chart.end
        return chart.window(begin, end)
    except ValueError as error:
        raise typer.BadParameter(f"{first}: {error}", param_hint="--from") from None


def keep(path: Path, content: bytes, force: bool) -> None:
    """Write a file and say so; one that is there only if it is forced."""
    if force:
        write_over(path, content)
    else:
        write_new(path, content, "name another file, or write over it with --force")
    typer.echo(str(path))


def chart_from(
    schedule: Path | None,
    edge: str,
    scenario: Path | None,
    timezone: str,
    token_env: str,
    version: int = 0,
) -> Found:
    """The chart of a file or of a running edge, and its name; exit 3 for a file that is none."""
    if schedule is None:
        if not edge:
            raise typer.BadParameter("name a schedule's file, or --edge", param_hint="SCHEDULE")
        said = asked(edge, token_env, "GET", "/plan/chart")
        if said["schedule"] is None:
            end("there is no plan in force yet", INVALID)
        if version:
            older = asked(edge, token_env, "GET", f"/plan/versions/{version}")
            said |= {"schedule": older["schedule"], "version": version}
            said["orders"] = [one | {"expected": None} for one in said["orders"]]
        chart = chart_of(said["schedule"], of_edge(said))
        return Found(chart, said["schedule"], said["edge_id"])
    document = _document(schedule, SCHEDULE_FORMAT)
    beside = Beside() if scenario is None else _beside(scenario, document)
    if timezone:
        try:
            beside = replace(beside, zone=zone_named(timezone))
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--timezone") from None
    chart = drawn(str(schedule), lambda: chart_of(document, beside))
    return Found(chart, document, schedule.stem)


def of_edge(said: Json) -> Beside:
    """What an edge tells beside its schedule (`GET /plan/chart`)."""
    return Beside(
        zone=zone_named(said["timezone"]),
        now=said["plant_now"],
        version=said["version"],
        names={one["id"]: one["name"] for one in said["work_centers"]},
        orders={one["id"]: one for one in said["orders"]},
        working={
            one["id"]: [Interval(begin, until) for begin, until in one["working"]]
            for one in said["work_centers"]
        },
    )


def _beside(path: Path, schedule: Json) -> Beside:
    """What a scenario says of the schedule that was made of it; exit 3 for any other."""
    document = _read(path)
    if isinstance(document, dict) and "scenario" in document and "format" not in document:
        document = document["scenario"]  # of a case
    try:
        found = parse(document)
    except ScenarioInvalid as invalid:
        return end("\n".join(map(str, invalid.faults)), INVALID)
    if schedule.get("input_hash") != input_hash(found):
        mend = "name that one, or plan this one again with taktline plan solve"
        end(f"--scenario {path}: the schedule was made of another scenario; {mend}", INVALID)
    return of_scenario(found)


def _document(path: Path, wanted: str) -> Json:
    document = _read(path)
    if not isinstance(document, dict) or document.get("format") != wanted:
        other = document.get("format") if isinstance(document, dict) else None
        what = "is a scenario, and no" if other == SCENARIO_FORMAT else "is no"
        end(f"{path}: {what} {wanted}; taktline plan solve --json makes one", INVALID)
    return document


def _read(path: Path) -> Any:
    try:
        return load(path.read_bytes())
    except OSError as error:
        return end(f"{path}: {error.strerror}", INVALID)
    except ScenarioInvalid as invalid:
        return end("\n".join(map(str, invalid.faults)), INVALID)
