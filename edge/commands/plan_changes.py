"""The changes of `taktline plan what-if`: as they are typed, and as the planner reads them."""

import re
from typing import Any

import typer

Json = dict[str, Any]


def opened(text: str) -> Json:
    where, start, end = _matched(text, r"([^=]+)=([^/]+)/([^/]+)", "L1=FROM/TO", "--open")
    return {"open": {"where": where, "from": start, "to": end}}


def down(text: str) -> Json:
    center, start, end = _matched(text, r"([^=]+)=(?:([^/]+)/)?([^/]+)", "L1=UNTIL", "--down")
    return {"down": {"work_center": center, "to": end} | ({"from": start} if start else {})}


def order(text: str) -> Json:
    example = "WO1:due=2026-06-10T14:00+02:00,quantity=100"
    id_, rest = _matched(text, r"([^:]+):(.+)", example, "--order")
    said: Json = {"id": id_}
    for part in rest.split(","):
        name, _, value = part.partition("=")
        said[name] = int(value) if name in {"quantity", "priority"} and value.isdecimal() else value
    return {"order": said}


def line(text: str) -> Json:
    id_, like = _matched(text, r"([^=]+)=([^=]+)", "L9=L1", "--line")
    return {"line": {"id": id_, "like": like}}


def alternative(text: str) -> Json:
    pattern, example = r"(.+)\.(\d+)=([^:]+):([^:]+)(?::(\d+))?", "WO1.10=L2:2.5:600"
    order, seq, center, cycle, setup = _matched(text, pattern, example, "--alternative")
    said = {"order": order, "operation": int(seq), "work_center": center, "cycle_s": cycle}
    return {"alternative": said | ({"setup_s": int(setup)} if setup else {})}


def remove(text: str) -> Json:
    return {"remove": {"id": text}}


def move(text: str) -> Json:
    order, seq, center = _matched(text, r"(.+)\.(\d+)=([^=]+)", "WO1.10=L2", "--move")
    return {"move": {"order": order, "operation": int(seq), "work_center": center}}


def _matched(text: str, pattern: str, example: str, option: str) -> tuple[str, ...]:
    found = re.fullmatch(pattern, text)
    if found is None:
        raise typer.BadParameter(f"{text!r}: write for example {example}", param_hint=option)
    return tuple(one or "" for one in found.groups())
