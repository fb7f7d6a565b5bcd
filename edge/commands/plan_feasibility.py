"""`taktline plan feasibility`: what is needed by each due date, of a scenario or a running edge.

Exit codes: 0 there is time for all, 1 more is needed than there is time for, or the edge refuses,
2 usage, 3 invalid input, 5 the edge cannot be reached.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from edge.commands.request import AsJson, TokenEnv, asked
from edge.commissioning.address import EDGE
from edge.planning.cli import NEGATIVE, InLanguage, Language, refused, scenario_of
from edge.planning.errors import ScenarioInvalid
from edge.planning.feasibility import feasibility as feasibility_of
from edge.planning.feasibility_tables import feasibility_text
from edge.planning.scenario.parse import parse
from edge.planning.views.words import Words

plan_feasibility = typer.Typer(add_completion=False)


@plan_feasibility.command()
def feasibility(
    scenario: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help="A scenario; without it what the edge has to plan now.",
        ),
    ] = None,
    edge: Annotated[str, typer.Option("--edge", envvar=EDGE, help="The edge's address.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
    language: InLanguage = Language.ENGLISH,
) -> None:
    """Compare what each due date needs of work centers and people with the time that is left.

    Exit 1 if more is needed than is there: then every plan is late.
    """
    if scenario is None and not edge:
        raise typer.BadParameter("say a scenario, or an edge", param_hint="SCENARIO or --edge")
    try:
        problem = (
            parse(asked(edge, token_env, "GET", "/plan/scenario"))
            if scenario is None
            else scenario_of(scenario)
        )
        found = feasibility_of(problem)
    except ScenarioInvalid as invalid:
        raise refused(invalid.faults, as_json) from invalid
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        typer.echo(feasibility_text(found, Words(language)))
    if found.overloads:
        raise typer.Exit(NEGATIVE)
