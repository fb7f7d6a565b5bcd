"""`taktline plan`: versions of the running edge's plan, what they changed, and what waits.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 3 a time that is none, 5 no edge answers.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
import typer

from edge.commands.language import InLanguage, Language, Tongue, language
from edge.commands.request import Actor, AsJson, Edge, Note, Remark, TokenEnv, asked, shown, told
from edge.commissioning.exits import INVALID, end
from edge.commissioning.local import local_time, site_zone
from edge.domain.clock import parse_time
from edge.domain.sentences import say

plan_versions = typer.Typer(add_completion=False)

Json = Mapping[str, Any]
Proposal = Annotated[int, typer.Argument(metavar="PROPOSAL", help="Its number, as `plan` shows.")]
Centers = Annotated[
    list[str], typer.Option("--work-center", help="A work center; may be said several times.")
]
SHOWN_HOURS = 40


@plan_versions.command("status")
def status(
    edge: Edge,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
    in_language: InLanguage = Tongue.EN,
) -> None:
    """Show the plan in force, what waits for a person, and which frozen hours may be moved."""
    found, tongue = asked(edge, token_env, "GET", "/plan"), language(in_language)

    def lines(said: Json) -> Iterator[str]:
        zone = site_zone(edge, token_env)
        yield _version(said["version"], zone) if said["version"] else "no plan yet"
        if waiting := said["proposal"]:
            yield f"waits: {_proposal(waiting, zone)}"
        for one in said["unacknowledged"]:
            late = ", overdue" if one["overdue"] else ""
            told_at = local_time(one["told_at"], zone)
            upto = f"versions up to {one['plan']}, the first since {told_at}{late}"
            yield f"not seen at {one['work_center']}: {upto}"
        for one in said["unfrozen"]:
            centers = ", ".join(one["work_centers"])
            until = local_time(one["until"], zone)
            yield f"unfrozen: {centers} until {until}, by {one['actor']}: {one['note']}"
        yield from (f"not planned: {one}" for one in _problems(said, tongue))

    shown(found, as_json, lines)


def _problems(said: Json, tongue: Language) -> Iterator[str]:
    """What could not be planned as it is, and what mends that; an older edge says it in English."""
    for one in said.get("problem_coded", ()):
        why = tongue.whole(one)
        of = say("plan.of_order", "order {order}: {why}", order=one["order"], why=why)
        yield tongue(of) if one["order"] else why
    if said["problem"] and "problem_coded" not in said:
        yield said["problem"]


@plan_versions.command()
def versions(
    edge: Edge,
    before: Annotated[int, typer.Option(help="Only those below this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many.")] = 20,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """List versions of the plan, the newest first: when, by whom, why, what they moved."""
    query = {"limit": limit} | ({"before": before} if before else {})
    found = asked(edge, token_env, "GET", "/plan/versions", params=query)

    def lines(said: Json) -> list[str]:
        if not said["items"]:
            return ["no plan yet"]
        zone = site_zone(edge, token_env)
        return [_version(one, zone) for one in said["items"]]

    shown(found, as_json, lines)


@plan_versions.command()
def diff(
    edge: Edge,
    before: Annotated[int, typer.Argument(metavar="[A]", help="Version; else the one before.")] = 0,
    after: Annotated[int, typer.Argument(metavar="[B]", help="Version; else that in force.")] = 0,
    proposal: Annotated[int, typer.Option(help="What this proposal would change.")] = 0,
    hours: Annotated[bool, typer.Option("--hours", help="Every hour, not only the first.")] = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Tell what version B changes against A: what moves, what becomes late and why, by hour."""
    if proposal:
        found = asked(edge, token_env, "GET", f"/plan/proposals/{proposal}")
    else:
        named = {"from": before, "to": after}
        query = {name: number for name, number in named.items() if number}
        found = asked(edge, token_env, "GET", "/plan/difference", params=query)

    def lines(said: Json) -> Iterator[str]:
        changes = said["changes"] if proposal else said
        what = f"proposal {proposal}" if proposal else f"version {said['to']}"
        yield f"{what}, compared with version {changes['from']}:"
        for one in changes["words"]:
            yield one["detail"]
        if changes["hours"]:
            yield from _hours(changes["hours"], site_zone(edge, token_env), every=hours)

    shown(found, as_json, lines)


@plan_versions.command()
def scenario(edge: Edge, token_env: TokenEnv = "") -> None:
    """Print what the edge has to plan now as a scenario, for `plan solve` and the others.

    What is only reserved (`promise list`) is not in it.
    """
    typer.echo(msgspec.json.encode(asked(edge, token_env, "GET", "/plan/scenario")))


@plan_versions.command()
def proposals(edge: Edge, token_env: TokenEnv = "", as_json: AsJson = False) -> None:
    """List plans that asked, and what became of them."""
    found = asked(edge, token_env, "GET", "/plan/proposals")

    def lines(said: Json) -> list[str]:
        if not said["items"]:
            return ["no plan has asked"]
        zone = site_zone(edge, token_env)
        return [_proposal(one, zone) for one in said["items"]]

    shown(found, as_json, lines)


@plan_versions.command()
def release(
    proposal: Proposal,
    edge: Edge,
    actor: Actor,
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Bring a proposal into force; look at it first with diff --proposal."""
    body = {"actor": actor, "note": note}
    told(edge, token_env, f"/plan/proposals/{proposal}/release", body, as_json)


@plan_versions.command()
def discard(
    proposal: Proposal,
    edge: Edge,
    actor: Actor,
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Take a proposal away; the plan in force stays, and is not asked the same again."""
    body = {"actor": actor, "note": note}
    told(edge, token_env, f"/plan/proposals/{proposal}/discard", body, as_json)


@plan_versions.command()
def unfreeze(
    work_centers: Centers,
    edge: Edge,
    actor: Actor,
    until: Annotated[str, typer.Option(help="2026-06-08T10:00+02:00: hours that begin before.")],
    note: Note,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Let the next plan take work out of frozen hours: a machine is down. A supervisor's word.

    It is planned behind them, or elsewhere; nothing new is put into them.
    """
    try:
        end_ = parse_time(until)
    except ValueError as error:
        end(f"{until!r} is no time: {error}; write 2026-06-08T06:42+02:00", INVALID)
    body = {"actor": actor, "work_centers": work_centers, "until": end_, "note": note}
    told(edge, token_env, "/plan/unfreeze", body, as_json)


def _version(one: Json, zone: ZoneInfo) -> str:
    by = f"{one['released_by']} (proposal {one['proposal']})" if one["released_by"] else "the edge"
    why = one["why"]["detail"] if one["why"] else ""
    head = f"{one['plan']:5}  {local_time(one['released_at'], zone)}  by {by}  {why}"
    return f"{head}  {_changed(one['difference'])}".rstrip()


def _changed(found: Json | None) -> str:
    if found is None:
        return ""
    said = [f"{found['moved']} moved, {found['moved_s'] / 3600:.1f} h"] if found["moved"] else []
    said += [f"late: {', '.join(found['became_late'])}"] if found["became_late"] else []
    said += [f"on time: {', '.join(found['on_time_again'])}"] if found["on_time_again"] else []
    return f"({'; '.join(said)})" if said else ""


def _proposal(one: Json, zone: ZoneInfo) -> str:
    hours = f"{one['moved_s'] / 3600:.1f} h moved, {one['limit_s'] / 3600:.1f} h need no question"
    state = one["state"] if one["state"] != "released" else f"released as version {one['plan']}"
    by = f" by {one['decided_by']}" if one["decided_by"] else ""
    note = f": {one['note']}" if one["note"] else ""
    made = local_time(one["made_at"], zone)
    return f"proposal {one['proposal']}  {made}  {hours}  {state}{by}{note}"


def _hours(changes: list[Json], zone: ZoneInfo, *, every: bool) -> Iterator[str]:
    last = len(changes) if every else SHOWN_HOURS
    for one in changes[:last]:
        what = f"{one['work_center']}  {one['order']}.{one['operation']}"
        yield f"{local_time(one['hour'], zone)}  {what}  {one['before']} -> {one['after']}"
    if len(changes) > last:
        yield f"... and {len(changes) - last} more; --hours shows all"
