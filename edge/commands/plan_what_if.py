"""`taktline plan what-if`: what would change, of a scenario or of a running edge's plan.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 3 a change or the scenario is wrong, 5 the edge
cannot be reached. Nothing is changed by it: with --propose the plan waits for somebody who
releases it (`taktline plan release`).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.commands import plan_changes
from edge.commands.language import InLanguage, Language, Tongue, language
from edge.commands.request import Actor, AsJson, Remark, TokenEnv, asked, shown
from edge.commissioning.address import EDGE
from edge.domain.sentences import Sentence, say
from edge.planning.comparing.what_if import what_if as planned
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.parse import load, parse

INVALID = 3
plan_what_if = typer.Typer(add_completion=False)
Json = dict[str, Any]
Texts = list[str] | None
MOVING = frozenset({"plan.moved_center", "plan.moved_order", "plan.moved_beside", "plan.shifted"})
SHOWN_MOVES = 20


@plan_what_if.command("what-if")
def what_if(
    scenario: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="A scenario; without it the edge's plan."),
    ] = None,
    open_: Annotated[
        Texts, typer.Option("--open", help="WHERE=FROM/TO: a work center or calendar is open.")
    ] = None,
    down: Annotated[
        Texts, typer.Option("--down", help="L1=UNTIL or L1=FROM/TO: it does nothing then.")
    ] = None,
    order: Annotated[
        Texts,
        typer.Option("--order", help="WO1:due=TIME,quantity=100,priority=5,release=TIME."),
    ] = None,
    remove: Annotated[Texts, typer.Option("--remove", help="WO1: it is not made.")] = None,
    line: Annotated[
        Texts, typer.Option("--line", help="L9=L1: a new work center that can do what L1 does.")
    ] = None,
    alternative: Annotated[
        Texts,
        typer.Option("--alternative", help="WO1.10=L2:2.5:600: seconds a piece and to set up."),
    ] = None,
    move: Annotated[
        Texts, typer.Option("--move", help="WO1.10=L2: the operation is done on L2.")
    ] = None,
    moves: Annotated[
        bool, typer.Option("--moves", help="Every operation that moves, not only the first.")
    ] = False,
    propose: Annotated[
        bool, typer.Option("--propose", help="Let the edge's plan that does it wait for a release.")
    ] = False,
    note: Remark = "",
    edge: Annotated[str, typer.Option("--edge", envvar=EDGE, help="The edge's address.")] = "",
    actor: Actor = "planner",
    token_env: TokenEnv = "",
    in_language: InLanguage = Tongue.EN,
    as_json: AsJson = False,
) -> None:
    """Plan with changes and tell the difference; nothing is changed."""
    said: list[tuple[str, Texts, Callable[[str], Json]]] = [
        ("--open", open_, plan_changes.opened),
        ("--down", down, plan_changes.down),
        ("--order", order, plan_changes.order),
        ("--remove", remove, plan_changes.remove),
        ("--line", line, plan_changes.line),
        ("--alternative", alternative, plan_changes.alternative),
        ("--move", move, plan_changes.move),
    ]
    written = [
        (f"{option} {text}", read(text)) for option, texts, read in said for text in texts or ()
    ]
    changes, named = [one for _, one in written], _by_options([option for option, _ in written])
    if not changes:
        raise typer.BadParameter("say a change", param_hint="--open, --down, --order or another")
    if scenario is not None and propose:
        raise typer.BadParameter("only an edge's plan can be proposed", param_hint="--propose")
    if scenario is not None:
        found = _of_file(scenario, changes, named, as_json)
    elif edge:
        body: Json = {"actor": actor, "changes": changes}
        body |= {"propose": True, "note": note} if propose else {}
        path = "/plan/what-if"
        found = asked(edge, token_env, "POST", path, json=body, time_limit_s=60.0, as_said=named)
    else:
        raise typer.BadParameter("say a scenario, or an edge", param_hint="SCENARIO or --edge")
    told = language(in_language)
    shown(found, as_json, lambda one: _lines(one, told, every=moves, live=scenario is None))


def _by_options(options: list[str]) -> Callable[[str], str]:
    """Puts the option, as it was typed, where a text names a change by its number."""
    return lambda text: re.sub(
        r"changes\[(\d+)\]",
        lambda found: options[int(found[1])] if int(found[1]) < len(options) else found[0],
        text,
    )


def _of_file(path: Path, changes: list[Json], named: Callable[[str], str], as_json: bool) -> Json:
    try:
        document: Any = load(path.read_bytes())
        if isinstance(document, dict) and "scenario" in document and "format" not in document:
            document = document["scenario"]
        return planned(parse(document), changes)
    except ScenarioInvalid as invalid:
        if as_json:
            typer.echo(json.dumps({"faults": [one.view() for one in invalid.faults]}))
        else:
            for fault in invalid.faults:
                typer.echo(str(replace(fault, place=named(fault.place))), err=True)
        raise typer.Exit(INVALID) from invalid


def _lines(found: Json, told: Language, *, every: bool, live: bool) -> Iterator[str]:
    """What was asked, what comes of it, hours by work center; at the end what moves."""
    words, number = found.get("words", ()), found.get("proposal")
    moving = [one for one in words if one.get("code") in MOVING]
    for one in found.get("changes", ()):
        yield f"+ {told(one)}"
    if live and words:
        yield told(_compared(found))
    for one in words:
        if one not in moving:
            yield told(one)
    for row in found.get("capacity", ()):
        before, after = (_hours(row[name]) for name in ("before", "after"))
        yield f"  {row['work_center']}: {before} -> {after}"
    shown_moves = moving if every else moving[:SHOWN_MOVES]
    yield from (f"  {told(one)}" for one in shown_moves)
    if len(moving) > len(shown_moves):
        more = len(moving) - len(shown_moves)
        yield told(say("hint.if_more", "... and {count} more; --moves shows all", count=more))
    if number:
        yield told(
            say(
                "hint.if_proposed",
                "proposal {proposal} waits: nothing is changed until it is released",
                proposal=number,
            )
        )


def _compared(found: Json) -> Sentence:
    """With what an edge has compared: a proposal with what it would take the place of."""
    if (version := found.get("against")) is None:
        return say(
            "hint.if_compared",
            "compared with the plan that would be made now without the changes, not with the"
            " version in force: a proposal is compared with that one, and may move more",
        )
    return say(
        "hint.if_against",
        "proposal {proposal} compared with version {version}, which is in force",
        proposal=found["proposal"],
        version=version,
    )


def _hours(row: Mapping[str, int] | None) -> str:
    if row is None:
        return "-"
    return f"{row['required_s'] / 3600:.1f} h / {row['available_s'] / 3600:.1f} h"
