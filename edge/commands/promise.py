"""`taktline promise`: what can be promised, and what is reserved, over the edge's API.

Exit codes: 0 done, 1 no date or a wanted date is not met, or the edge refuses, 2 usage, 5 the edge
cannot be reached.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from edge.commands.language import InLanguage, Language, Tongue, language
from edge.commands.request import (
    Actor,
    AsJson,
    Edge,
    Everything,
    Remark,
    TokenEnv,
    asked,
    moment,
    recorded,
    shown,
    told,
)
from edge.commissioning.exits import NEGATIVE
from edge.domain.clock import to_datetime
from edge.domain.sentences import Sentence, say

promise = typer.Typer(
    help="Ask what can be promised; reserve it, extend it, cancel it.",
    add_completion=False,
    no_args_is_help=True,
)
Id = Annotated[int, typer.Argument(metavar="ID", help="The promise, as `list` shows it.")]
Span = Annotated[
    str,
    typer.Option(
        "--reserve", help="Hold it so long: 30m, 24h or 3d; or until 2026-06-08T06:42+02:00."
    ),
]
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@promise.command()
def ask(
    product: Annotated[str, typer.Argument(help="The product, for example HINGE-60.")],
    quantity: Annotated[int, typer.Argument(min=1, help="So many pieces.")],
    edge: Edge,
    actor: Actor,
    revision: Annotated[str, typer.Option(help="Its revision; without it the newest.")] = "",
    wanted: Annotated[
        str, typer.Option(help="By when, 2026-06-10T14:00+02:00; exit 1 if it is later.")
    ] = "",
    customer: Annotated[str, typer.Option(help="For whom.")] = "",
    priority: Annotated[int, typer.Option(min=1, max=10, help="1 (low) to 10 (high).")] = 1,
    split: Annotated[bool, typer.Option("--split", help="Parts may come earlier.")] = False,
    may_move: Annotated[
        bool, typer.Option("--may-move", help="Orders of lower priority may move for it.")
    ] = False,
    make_all: Annotated[bool, typer.Option("--make-all", help="Take nothing from stock.")] = False,
    reserve: Span = "",
    note: Remark = "",
    token_env: TokenEnv = "",
    in_language: InLanguage = Tongue.EN,
    as_json: AsJson = False,
) -> None:
    """Say when so many pieces could be there, and why not earlier.

    With --reserve hold it, also where it is later than it is wanted.
    """
    body: dict[str, Any] = {"actor": actor, "product": product, "quantity": quantity}
    body |= {"revision": revision, "customer": customer, "priority": priority, "note": note}
    body |= {"split": split, "may_move": may_move, "from_stock": not make_all}
    body |= {"wanted": moment(wanted, "--wanted")} if wanted else {}
    body |= _end(reserve) if reserve else {}
    found = asked(edge, token_env, "POST", "/promises", json=body)
    zone = _zone(edge, token_env)
    shown(found, as_json, lambda said: _lines(said, zone, language(in_language)))
    if found["date"] is None or found.get("in_time") is False:
        raise typer.Exit(NEGATIVE)


@promise.command("list")
def list_command(
    edge: Edge, everything: Everything = False, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """List what is reserved, for whom and until when."""
    query = {} if everything else {"open": "true"}
    found = asked(edge, token_env, "GET", "/promises", params=query)
    zone = _zone(edge, token_env)
    shown(found, as_json, lambda said: [_line(one, zone) for one in said["items"]] or ["nothing"])


@promise.command()
def extend(
    id_: Id,
    edge: Edge,
    actor: Actor,
    reserve: Span,
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Hold it until another time, from now on."""
    body = {"actor": actor, "note": note} | _end(reserve)
    told(edge, token_env, f"/promises/{id_}/extend", body, as_json)


@promise.command()
def cancel(
    id_: Id,
    edge: Edge,
    actor: Actor,
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Hold it no more; an order that has it makes all of its pieces then."""
    body = {"actor": actor, "note": note}
    answer = asked(edge, token_env, "DELETE", f"/promises/{id_}", json=body)
    shown(answer, as_json, recorded)


@promise.command()
def shipped(
    id_: Id,
    edge: Edge,
    actor: Actor,
    lot: Annotated[
        list[str], typer.Option("--lot", help="So many pieces of a lot or pallet: F1=1400.")
    ] = [],  # noqa: B006
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say that what it holds in stock went to the customer of its order, and of which lots."""
    body = {"actor": actor, "note": note, "lots": [_part(one) for one in lot]}
    told(edge, token_env, f"/promises/{id_}/shipment", body, as_json)


def _part(text: str) -> dict[str, Any]:
    name, sign, many = text.rpartition("=")
    if not (sign and name and many.isdecimal() and int(many)):
        raise typer.BadParameter(f"{text!r}: write LOT=PIECES, for example F1=1400")
    return {"lot": name, "quantity": int(many)}


def _end(text: str) -> dict[str, int]:
    if found := re.fullmatch(r"([1-9][0-9]{0,6})([smhd])", text):
        return {"reserve_s": int(found[1]) * UNITS[found[2]]}
    if text[-1:].isalpha() and "T" not in text:
        raise typer.BadParameter(
            f"{text!r} is no span; write for example 30m, 24h or 3d, or until when:"
            " 2026-06-08T06:42+02:00",
            param_hint="--reserve",
        )
    return {"until": moment(text, "--reserve")}


def _zone(edge: str, token_env: str) -> ZoneInfo:
    return ZoneInfo(asked(edge, token_env, "GET", "/status")["timezone"])


def _local(at: int, zone: ZoneInfo) -> str:
    return f"{to_datetime(at).astimezone(zone):%Y-%m-%d %H:%M}"


def _lines(found: Mapping[str, Any], zone: ZoneInfo, language: Language) -> Iterator[str]:
    if found["date"] is None:
        yield language(found["why_no_date"])
    else:
        yield language(
            say("hint.promise_date", "there on {date}", date=_local(found["date"], zone))
        )
    if found.get("in_time") is False:
        yield "  " + language(_missed(is_held=bool(found.get("reservation"))))
    if seen := found.get("range"):
        yield "  " + language(
            say(
                "hint.promise_range",
                "four times of five between {start} and {end}",
                start=_local(seen["from"], zone),
                end=_local(seen["to"], zone),
            )
        )
    for part in found.get("parts", ()):
        yield "  " + language(
            say(
                "hint.promise_part",
                "{quantity} pieces on {date}, {source}",
                quantity=part["quantity"],
                date=_local(part["date"], zone),
                source=_source(part["from"]),
            )
        )
    for slot in found.get("work_centers", ()):
        where, span = slot["work_center"] or "-", (slot["from"], slot["to"])
        start, end = (_local(one, zone) for one in span)
        yield f"  {slot['operation']:>4}  {where}  {start} - {end}"
    for limit in found.get("limits", ()):
        yield f"  {limit['type']}: {language(limit['said'])}"
    for late in found.get("late", ()):
        yield "  " + language(
            say(
                "hint.promise_late",
                "{order} becomes late: {date}",
                order=late["order"],
                date=_local(late["completion"], zone),
            )
        )
    if unchecked := found.get("unchecked"):
        yield "  " + language(
            say(
                "hint.promise_unchecked",
                "nothing is known of the stock of {materials}: it limits nothing here",
                materials=", ".join(unchecked),
            )
        )
    if made := found.get("reservation"):
        yield language(
            say(
                "hint.promise_held",
                "promise {id} is held until {until}",
                id=made["id"],
                until=_local(made["until"], zone),
            )
        )


def _missed(*, is_held: bool) -> Sentence:
    """What is held is held all the same: the next one that asks would take its place."""
    if is_held:
        return say(
            "hint.promise_held_late",
            "later than it is wanted, and held all the same: cancel it where that is no use",
        )
    return say("hint.promise_missed", "later than it is wanted")


def _source(source: str) -> Any:
    if source == "stock":
        return say("word.from_stock", "from stock")
    return say("word.to_be_made", "to be made")


def _line(one: Mapping[str, Any], zone: ZoneInfo) -> str:
    what = f"{one['quantity']} {one['product']}/{one['revision']}"
    whose = f" for {one['customer']}" if one["customer"] else ""
    took = f", order {one['order']}" if one["order"] else ""
    return (
        f"{one['id']}  {one['state']}  {what}{whose}, there {_local(one['date'], zone)}, "
        f"held until {_local(one['until'], zone)} by {one['actor']}{took}"
    )
