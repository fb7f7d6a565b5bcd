"""Stops in the More menu: their reasons and parts, planned stops, and the Pareto."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from terminal_ui.asking import Answers, Choice, Field, Kind
from terminal_ui.formatting import DAY, NOTHING, duration, percent, site_time
from terminal_ui.items import Call, Item, Nothing, Room, Sight, Table
from terminal_ui.model import Stop, StopPart
from terminal_ui.screens.stop_reason import choices_of
from terminal_ui.widgets.job import reason_text

NOTE = Field(name="note", kind=Kind.TEXT, optional=True)
CHARTS = ("reason", "class", "fault", "shift", "day")


def some_stop(sight: Sight) -> bool:
    return bool(sight.board.stops)


def some_cut(sight: Sight) -> bool:
    return any(_cuts(stop) for stop in sight.board.stops)


def _reason(sight: Sight, *, optional: bool = False) -> Field:
    if not sight.reasons.stop:
        raise Nothing(sight.texts.t("message.no_reasons", why=""))
    choices = choices_of(sight.reasons.stop, sight.texts.language)
    if optional:
        choices = [Choice(code="-", text=sight.texts.t("stops.same_reason")), *choices]
    return Field(name="reason", kind=Kind.CHOICE, choices=choices)


async def ask_reason(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which part of which stop, which reason, and a note."""
    parts = [
        Choice(code=f"{stop.id}/{part.part}", text=_part_text(stop, part, sight))
        for stop in reversed(sight.board.stops)
        for part in stop.parts
        if part.part is not None
    ]
    return Field(name="stop", kind=Kind.CHOICE, choices=parts), _reason(sight), NOTE


def send_reason(_sight: Sight, answers: Answers) -> Call:
    stop, _, part = str(answers["stop"]).partition("/")
    body = _said(answers) | {"part": int(part)}
    return Call(path=f"/stops/{stop}/reason", body=body)


async def ask_split(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which stop, when it became something else, and what."""
    stops = [
        Choice(code=f"{stop.id}/{stop.version}", text=_stop_text(stop, sight))
        for stop in reversed(sight.board.stops)
    ]
    at = Field(name="at", kind=Kind.TIME)
    return (
        Field(name="stop", kind=Kind.CHOICE, choices=stops),
        at,
        _reason(sight, optional=True),
        NOTE,
    )


def send_split(sight: Sight, answers: Answers) -> Call:
    id_, _, version = str(answers["stop"]).partition("/")
    stop = next(one for one in sight.board.stops if one.id == int(id_))
    at = site_time(sight.board.label).first_at(str(answers["at"]), stop.from_)
    body = {name: value for name, value in _said(answers).items() if value != "-"}
    return Call(path=f"/stops/{id_}/split", body={**body, "at": at, "version": int(version)})


async def ask_merge(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which cut is taken back."""
    cuts = [
        Choice(
            code=f"{stop.id}/{part.part}/{stop.version}",
            text=sight.texts.t(
                "stops.cut", at=_clock(sight, part.from_), stop=_stop_text(stop, sight)
            ),
        )
        for stop in reversed(sight.board.stops)
        for part in _cuts(stop)
    ]
    return (Field(name="cut", kind=Kind.CHOICE, choices=cuts),)


def send_merge(_sight: Sight, answers: Answers) -> Call:
    stop, at, version = str(answers["cut"]).split("/")
    return Call(path=f"/stops/{stop}/merge", body={"at": int(at), "version": int(version)})


async def ask_planned(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """From when to when, and why."""
    times = (Field(name=name, kind=Kind.TIME) for name in ("from", "to"))
    return (*times, _reason(sight), NOTE)


def send_planned(sight: Sight, answers: Answers) -> Call:
    """`from` is the time nearest to now, `to` the first one after it."""
    time = site_time(sight.board.label)
    start = time.first_at(str(answers["from"]), sight.board.plant_now - DAY // 2)
    end = time.first_at(str(answers["to"]), start + 1)
    body = {"work_center": sight.board.work_center, "from": start, "to": end}
    return Call(path="/planned-stops", body=body | _said(answers))


async def ask_cancel(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which planned stop is taken back."""
    found = _items(await sight.get("/planned-stops", work_center=sight.board.work_center))
    if not found:
        raise Nothing(sight.texts.t("stops.no_planned"))
    choices = [
        Choice(
            code=str(one["id"]),
            text=f"{_clock(sight, one['from'])} - {_clock(sight, one['to'])} "
            f"{reason_text(one['reason'], sight.texts, sight.reasons)}",
        )
        for one in found
    ]
    return Field(name="planned", kind=Kind.CHOICE, choices=choices), NOTE


def send_cancel(_sight: Sight, answers: Answers) -> Call:
    return Call(path=f"/planned-stops/{answers['planned']}/cancel", body=_said(answers))


async def show_stops(sight: Sight, _answers: Answers) -> Table:
    """The parts of the shift's stops, the last one first."""
    rows = [_row(stop, part, sight) for stop in reversed(sight.board.stops) for part in stop.parts]
    if not rows:
        raise Nothing(sight.texts.t("stops.cannot.reason"))
    return Table(columns=("from", "to", "lasted", "fault", "reason"), rows=rows)


async def ask_pareto(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """By what, and in which order."""
    by = [Choice(code=one, text=sight.texts.t(f"stops.by.{one}")) for one in CHARTS]
    order = [
        Choice(code=one, text=sight.texts.t(f"stops.order.{one}")) for one in ("time", "count")
    ]
    return (
        Field(name="by", kind=Kind.CHOICE, choices=by),
        Field(name="order", kind=Kind.CHOICE, choices=order),
    )


async def show_pareto(sight: Sight, answers: Answers) -> Table:
    """Where the time of the shift went."""
    shift = sight.board.shift
    if shift is None:
        raise Nothing(sight.texts.t("header.no_shift"))
    answer = await sight.get(
        "/stops/pareto",
        work_center=sight.board.work_center,
        by=str(answers["by"]),
        order=str(answers["order"]),
        **{"from": str(shift.start), "to": str(shift.end)},
    )
    rows = [_bar(one, str(answers["by"]), sight) for one in _items(answer)]
    if not rows:
        raise Nothing(sight.texts.t("stops.cannot.reason"))
    columns = ("what", "time", "share", "count", "cumulative")
    return Table(columns=columns, rows=rows, note=shift.name)


def _bar(one: Mapping[str, Any], by: str, sight: Sight) -> Sequence[str]:
    texts = sight.texts
    name = str(one["key"])
    if by == "reason":
        name = texts.find(f"stops.own.{name}", "") or reason_text(name, texts, sight.reasons)
    elif by == "class":
        name = texts.find(f"stops.class.{name}", name)
    return (
        name or texts.t("stops.no_reason"),
        duration(one["time"], texts),
        percent(one["time_share"]),
        str(one["count"]),
        percent(one["cumulative"]),
    )


def _said(answers: Answers) -> dict[str, object]:
    return {name: answers[name] for name in ("reason", "note") if name in answers}


def _cuts(stop: Stop) -> list[StopPart]:
    """Parts that begin where somebody cut the stop."""
    return [
        part
        for part in stop.parts
        if part.part is not None and part.from_ == part.part and part.from_ > stop.from_
    ]


def _items(answer: object) -> list[Mapping[str, Any]]:
    return (
        cast("list[Mapping[str, Any]]", answer.get("items", [])) if isinstance(answer, dict) else []
    )


def _clock(sight: Sight, at: int | None) -> str:
    return site_time(sight.board.label).clock(at)


def _stop_text(stop: Stop, sight: Sight) -> str:
    fault = "" if not stop.fault else sight.texts.t("stop.fault", fault=stop.fault)
    reason = reason_text(stop.reason, sight.texts, sight.reasons)
    span = f"{_clock(sight, stop.from_)} - {_clock(sight, stop.to)}"
    return "  ".join(text for text in (span, fault, reason) if text)


def _part_text(stop: Stop, part: StopPart, sight: Sight) -> str:
    fault = "" if not stop.fault else sight.texts.t("stop.fault", fault=stop.fault)
    reason = reason_text(part.reason, sight.texts, sight.reasons) or sight.texts.t(
        "stops.no_reason"
    )
    span = f"{_clock(sight, part.from_)} - {_clock(sight, part.to)}"
    return "  ".join(text for text in (span, fault, reason) if text)


def _row(stop: Stop, part: StopPart, sight: Sight) -> Sequence[str]:
    texts = sight.texts
    end = sight.board.plant_now if part.to is None else part.to
    reason = reason_text(part.reason, texts, sight.reasons) or NOTHING
    return (
        _clock(sight, part.from_),
        _clock(sight, part.to),
        duration(end - part.from_, texts),
        str(stop.fault) if stop.fault else NOTHING,
        texts.t("stops.planned", reason=reason) if part.planned else reason,
    )


ROOM = Room(
    name="stops",
    order=20,
    items=(
        Item(name="list", show=show_stops),
        Item(name="reason", asks=(ask_reason,), possible=some_stop, send=send_reason),
        Item(name="split", asks=(ask_split,), possible=some_stop, send=send_split),
        Item(name="merge", asks=(ask_merge,), possible=some_cut, send=send_merge),
        Item(name="pareto", asks=(ask_pareto,), show=show_pareto),
        Item(name="plan", asks=(ask_planned,), send=send_planned),
        Item(name="cancel", asks=(ask_cancel,), send=send_cancel),
    ),
)
