"""`taktline plan`: solve a scenario, check a schedule, ask why orders are late.

Exit codes: 0 done (a late plan is a plan), 1 the schedule breaks a rule, 2 usage,
3 invalid input, with every fault at once, 130 interrupted, with the best plan so far.
"""

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from edge.domain.faults import Fault
from edge.planning.checking.check import check as check_schedule
from edge.planning.efforts import Effort, Search
from edge.planning.errors import ScenarioInvalid
from edge.planning.explaining.advising import adviser_of
from edge.planning.feasibility import feasibility as feasibility_of
from edge.planning.feasibility_tables import overload_text
from edge.planning.optimizing.programs import installed
from edge.planning.progress import Interrupted, progress_line
from edge.planning.scenario.model import Scenario
from edge.planning.scenario.parse import load, parse
from edge.planning.schedules.tables import schedule_text
from edge.planning.solving import solve as solve_scenario
from edge.planning.views.words import Words

plan = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Plan a scenario into hours; check a schedule.",
)
INVALID = 3
NEGATIVE = 1
INTERRUPTED = 130
INSTALL = "pip install 'taktline[optimizer]'"
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


class Language(StrEnum):
    """Of what is said."""

    ENGLISH = "en"
    CHINESE = "zh"


InLanguage = Annotated[Language, typer.Option("--language", help="en or zh.")]


@plan.command()
def solve(
    scenario: File,
    as_json: AsJson = False,
    effort: Annotated[
        Effort,
        typer.Option(
            help="How long to look: a few rules (first), a search of a fixed number of changes "
            "(normal, some 15 s for 1,200 operations), or from several seeds and with the extra "
            "`optimizer` (high)."
        ),
    ] = Effort.FIRST,
    seed: Annotated[int, typer.Option(help="Of the search; stands in the schedule.")] = 0,
    seconds: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            help="End all of it by the clock, a quarter for why orders are late; the plan then"
            " depends on it.",
        ),
    ] = None,
    language: InLanguage = Language.ENGLISH,
) -> None:
    """Read a scenario and print its schedule. Ctrl-C ends the search with the best plan so far."""
    interrupted, words = Interrupted(), Words(language)
    search = Search(
        effort=effort, seconds=seconds, on_progress=progress_line(), stop=interrupted.is_set
    )
    try:
        problem = scenario_of(scenario)
        with interrupted:
            schedule = solve_scenario(problem, seed, search=search)
            found = feasibility_of(problem)
            if as_json:
                feasible = {"feasibility": found.as_json(loads=False)}
                typer.echo(msgspec.json.encode(schedule | feasible))
            else:
                typer.echo(f"{overload_text(found, words)}\n\n{schedule_text(schedule, words)}")
    except ScenarioInvalid as invalid:
        raise refused(invalid.faults, as_json) from invalid
    if unexplained := schedule.get("unexplained"):
        typer.echo(words("unexplained", count=len(unexplained)), err=True)
    if effort is Effort.HIGH and not installed():
        typer.echo(words("no_optimizer", mend=INSTALL), err=True)
    if interrupted.is_set():
        raise typer.Exit(INTERRUPTED)


@plan.command()
def why(
    scenario: File,
    order: Annotated[str | None, typer.Option(help="Only this order.")] = None,
    as_json: AsJson = False,
    language: InLanguage = Language.ENGLISH,
) -> None:
    """Say what would make each late order be on time; all of it is solved and checked."""
    try:
        adviser = adviser_of(scenario_of(scenario))
    except ScenarioInvalid as invalid:
        raise refused(invalid.faults, as_json) from invalid
    if order is not None and order not in adviser.orders:
        raise typer.BadParameter(f"no order {order} in {scenario}", param_hint="--order")
    asked = [one for one in adviser.late if order in (None, one)]
    found = [one for name in asked for one in adviser.of(name)]
    if as_json:
        typer.echo(json.dumps({"advice": [one.view() for one in found]}, ensure_ascii=False))
        return
    for one in found:
        said = one.english if language is Language.ENGLISH else one.chinese
        typer.echo(f"{one.order}: {said}")
    if not asked:
        words = Words(language)
        typer.echo(words("no_late_order") if order is None else words("not_late", order=order))


@plan.command()
def check(scenario: File, schedule: File, as_json: AsJson = False) -> None:
    """Check a schedule against its scenario by rules that share no code with the solver."""
    try:
        found = check_schedule(scenario_of(scenario), load(schedule.read_bytes()))
    except ScenarioInvalid as invalid:
        raise refused(invalid.faults, as_json) from invalid
    if as_json:
        typer.echo(json.dumps({"violations": [asdict(one) for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            typer.echo(f"{one.place}: {one.rule}: {one.message}")
        typer.echo(f"{len(found)} violations")
    if found:
        raise typer.Exit(NEGATIVE)


def scenario_of(path: Path) -> Scenario:
    """The scenario of a file; of a case (why, scenario, expect) its scenario."""
    document: Any = load(path.read_bytes())
    if isinstance(document, dict) and "scenario" in document and "format" not in document:
        document = document["scenario"]
    return parse(document)


def refused(faults: tuple[Fault, ...], as_json: bool) -> typer.Exit:
    """Say every fault, on stdout as JSON or on stderr as text; exit 3."""
    if as_json:
        typer.echo(json.dumps({"faults": [one.view() for one in faults]}, ensure_ascii=False))
    else:
        for fault in faults:
            typer.echo(str(fault), err=True)
    return typer.Exit(INVALID)
