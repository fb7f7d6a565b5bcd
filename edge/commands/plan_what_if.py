"""`taktline plan what-if`: what would change, of a scenario or of a running edge's plan.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 3 a change or the scenario is wrong, 5 the edge
cannot be reached. Nothing is changed by it: with --propose the plan waits for somebody who
releases it (`taktline plan release`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.commands.language import InLanguage, Language, Tongue, language
from edge.commands.request import Actor, AsJson, Remark, TokenEnv, asked, shown
from edge.commissioning.address import EDGE
from edge.domain.sentences import say
from edge.planning.comparing.what_if import what_if as planned
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.parse import load, parse

INVALID = 3
plan_what_if = typer.Typer(add_completion=False)
Json = dict[str, Any]
Texts = list[str] | None


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
    changes = [
        *map(_opened, open_ or ()),
        *map(_down, down or ()),
        *map(_order, order or ()),
        *({"remove": {"id": text}} for text in remove or ()),
        *map(_line, line or ()),
        *map(_alternative, alternative or ()),
        *map(_move, move or ()),
    ]
    if not changes:
        raise typer.BadParameter("say a change", param_hint="--open, --down, --order or another")
    if scenario is not None and propose:
        raise typer.BadParameter("only an edge's plan can be proposed", param_hint="--propose")
    if scenario is not None:
        found = _of_file(scenario, changes, as_json)
    elif edge:
        body: Json = {"actor": actor, "changes": changes}
        body |= {"propose": True, "note": note} if propose else {}
        found = asked(edge, token_env, "POST", "/plan/what-if", json=body, time_limit_s=60.0)
    else:
        raise typer.BadParameter("say a scenario, or an edge", param_hint="SCENARIO or --edge")
    shown(found, as_json, lambda said: _lines(said, language(in_language)))


def _of_file(path: Path, changes: list[Json], as_json: bool) -> Json:
    try:
        document: Any = load(path.read_bytes())
        if isinstance(document, dict) and "scenario" in document and "format" not in document:
            document = document["scenario"]
        return planned(parse(document), changes)
    except ScenarioInvalid as invalid:
        if as_json:
            typer.echo(json.dumps({"faults": [asdict(one) for one in invalid.faults]}))
        else:
            for fault in invalid.faults:
                typer.echo(str(fault), err=True)
        raise typer.Exit(INVALID) from invalid


def _lines(found: Mapping[str, Any], told: Language) -> Iterator[str]:
    for one in found.get("changes", ()):
        yield f"+ {told(one)}"
    for one in found.get("words", ()):
        yield told(one)
    for row in found.get("capacity", ()):
        before, after = (_hours(row[name]) for name in ("before", "after"))
        yield f"  {row['work_center']}: {before} -> {after}"
    if number := found.get("proposal"):
        yield told(
            say(
                "hint.if_proposed",
                "proposal {proposal} waits: nothing is changed until it is released",
                proposal=number,
            )
        )


def _hours(row: Mapping[str, int] | None) -> str:
    if row is None:
        return "-"
    return f"{row['required_s'] / 3600:.1f} h / {row['available_s'] / 3600:.1f} h"


def _opened(text: str) -> Json:
    where, start, end = _matched(text, r"([^=]+)=([^/]+)/([^/]+)", "L1=FROM/TO", "--open")
    return {"open": {"where": where, "from": start, "to": end}}


def _down(text: str) -> Json:
    center, start, end = _matched(text, r"([^=]+)=(?:([^/]+)/)?([^/]+)", "L1=UNTIL", "--down")
    return {"down": {"work_center": center, "to": end} | ({"from": start} if start else {})}


def _order(text: str) -> Json:
    example = "WO1:due=2026-06-10T14:00+02:00,quantity=100"
    id_, rest = _matched(text, r"([^:]+):(.+)", example, "--order")
    said: Json = {"id": id_}
    for part in rest.split(","):
        name, _, value = part.partition("=")
        said[name] = int(value) if name in {"quantity", "priority"} and value.isdecimal() else value
    return {"order": said}


def _line(text: str) -> Json:
    id_, like = _matched(text, r"([^=]+)=([^=]+)", "L9=L1", "--line")
    return {"line": {"id": id_, "like": like}}


def _alternative(text: str) -> Json:
    pattern, example = r"(.+)\.(\d+)=([^:]+):([^:]+)(?::(\d+))?", "WO1.10=L2:2.5:600"
    order, seq, center, cycle, setup = _matched(text, pattern, example, "--alternative")
    said = {"order": order, "operation": int(seq), "work_center": center, "cycle_s": cycle}
    return {"alternative": said | ({"setup_s": int(setup)} if setup else {})}


def _move(text: str) -> Json:
    order, seq, center = _matched(text, r"(.+)\.(\d+)=([^=]+)", "WO1.10=L2", "--move")
    return {"move": {"order": order, "operation": int(seq), "work_center": center}}


def _matched(text: str, pattern: str, example: str, option: str) -> tuple[str, ...]:
    found = re.fullmatch(pattern, text)
    if found is None:
        raise typer.BadParameter(f"{text!r}: write for example {example}", param_hint=option)
    return tuple(one or "" for one in found.groups())
