"""`taktline plan history`: versions of an edge's plan as sync knows them from its facts.

Exit codes: 0 done, 1 sync refuses, 2 usage, 5 sync does not answer.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from edge.commands.language import InLanguage, Language, Tongue, language
from edge.commands.plan_import import Sync
from edge.commands.request import AsJson, TokenEnv, shown
from edge.commissioning.asking import ask, document, refusal
from edge.commissioning.exits import NEGATIVE, end
from edge.commissioning.local import UTC, local_time

plan_history = typer.Typer()


@plan_history.command("history")
def history(
    sync: Sync,
    version: Annotated[
        int | None, typer.Argument(min=1, help="One version, with its orders.")
    ] = None,
    against: Annotated[
        int | None, typer.Option("--against", min=1, help="What it changes against this version.")
    ] = None,
    of_edge: Annotated[str, typer.Option("--of-edge", help="Where sync has several.")] = "",
    before: Annotated[
        int | None, typer.Option("--before", min=1, help="Only versions below.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="So many.")] = 20,
    token_env: TokenEnv = "",
    in_language: InLanguage = Tongue.EN,
    as_json: AsJson = False,
) -> None:
    """Tell who released which version of the plan, when and why, and what it changed."""
    query: dict[str, str | int] = {"edge": of_edge} if of_edge else {}
    told = language(in_language)
    if against:
        if not version:
            raise typer.BadParameter("say a version", param_hint="VERSION")
        query |= {"from": against, "to": version}
        found = _got(sync, token_env, "/plan-versions/difference", query)
        shown(found, as_json, lambda said: _changes(said, told, zone_of(said)))
    elif version:
        found = _got(sync, token_env, f"/plan-versions/{version}", query)
        shown(found, as_json, lambda said: _whole(said, told, zone_of(said)))
    else:
        query |= {"limit": limit} | ({"before": before} if before else {})
        found = _got(sync, token_env, "/plan-versions", query)
        zone = zone_of(found)
        lines = [_line(one, told, zone) for one in found["items"]] or ["-"]
        shown(found, as_json, lambda _: lines)


def zone_of(answer: Mapping[str, Any]) -> ZoneInfo:
    """The site's; UTC where a sync of before does not tell it."""
    return ZoneInfo(answer["timezone"]) if answer.get("timezone") else UTC


def _got(sync: str, token_env: str, path: str, query: Mapping[str, str | int]) -> dict[str, Any]:
    answer = ask(sync, token_env, "GET", path, params=query, whose="sync")
    if not answer.is_success:
        end(refusal(answer), NEGATIVE)
    return dict(document(answer))


def _line(one: Mapping[str, Any], told: Language, zone: ZoneInfo) -> str:
    why = told(one["why"]) if one["why"] else "-"
    moved = (one["difference"] or {}).get("moved_s", 0) / 3600
    who = one["released_by"] or "edge"
    note = f"  ({one['note']})" if one["note"] else ""
    return f"{one['plan']:>5}  {_at(one['released_at'], zone)}  {who}  {moved:.1f} h  {why}{note}"


def _whole(one: Mapping[str, Any], told: Language, zone: ZoneInfo) -> Iterator[str]:
    yield _line(one, told, zone)
    for order in one["orders"]:
        late = f"  +{order['tardiness_s'] / 3600:.1f} h" if order["tardiness_s"] else ""
        unmade = order.get("unmade")
        why = f"  {told.whole(unmade)}" if unmade else ""
        yield f"  {order['id']}  {_at(order['completion'], zone)}{late}{why}"


def _changes(found: Mapping[str, Any], told: Language, zone: ZoneInfo) -> Iterator[str]:
    for step in found["steps"]:
        yield _line(step, told, zone)
    for one in found["orders"]:
        before, after = (_at(one[name], zone) for name in ("before", "after"))
        yield f"  {one['order']}  {before} -> {after}{_late(one)}"


def _late(one: Mapping[str, Any]) -> str:
    before, after = one["late_s_before"], one["late_s_after"]
    return f"  +{before / 3600:.1f} h -> +{after / 3600:.1f} h" if before or after else ""


def _at(at: int | None, zone: ZoneInfo) -> str:
    return "-" if at is None else local_time(at, zone)
