"""Figures in the More menu: ISO 22400-2 of this hour, shift and week, and why one is what it is."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, cast

from terminal_ui.asking import Answers, Choice, Field, Kind
from terminal_ui.formatting import NOTHING, percent
from terminal_ui.items import Item, Nothing, Room, Sight, Table
from terminal_ui.model import Told
from terminal_ui.sentences import detail_of

Row = Mapping[str, Any]
ONE = 1


async def _items(sight: Sight, path: str, **query: str) -> Sequence[Row]:
    return cast("Mapping[str, Sequence[Row]]", await sight.get(path, **query))["items"]


def _window(sight: Sight, by: str) -> dict[str, str]:
    """The window of this kind that is on now; of a shift that of the board."""
    at = sight.board.plant_now - ONE
    if by == "shift" and sight.board.shift is not None:
        at = min(at, sight.board.shift.start)
    return {
        "work_center": sight.board.work_center,
        "from": str(at),
        "to": str(at + ONE),
        "by": by,
    }


def has_shift(sight: Sight) -> bool:
    return sight.board.shift is not None and sight.board.shift.start < sight.board.plant_now


async def _names(sight: Sight) -> dict[str, str]:
    """Names of the figures in the language of the screen."""
    rows = await _items(sight, "/kpis/catalogue")
    return {one["name"]: f"{one[sight.texts.language]} ({_unit(one)})" for one in rows}


def _unit(one: Row) -> str:
    return "1" if one["unit"] == "1" else str(one["unit"])


def show(by: str) -> Callable[[Sight, Answers], Awaitable[Table]]:
    """A table of all figures of the window that is on."""

    async def table(sight: Sight, _answers: Answers) -> Table:
        found = await _items(sight, "/kpis", **_window(sight, by))
        if not found:
            raise Nothing(sight.texts.t("kpi.none"))
        report, names = found[-1], await _names(sight)
        rows = [
            (names.get(name, name), value or NOTHING, _why(sight, report, name))
            for name, value in report["kpis"].items()
        ]
        return Table(columns=("figure", "value", "why"), rows=rows, note=_note(sight, report))

    return table


def _why(sight: Sight, report: Row, name: str) -> str:
    """Why a figure is not there; empty where it is."""
    return _coded(sight, report["absent"].get(name, ""), report.get("absent_coded", {}).get(name))


def _coded(sight: Sight, english: str, coded: Row | None) -> str:
    if not coded:  # an edge of before
        return english
    said = Told(code=coded["code"], detail=english, mend="", params=coded["params"])
    return detail_of(said, sight.texts)


def _note(sight: Sight, report: Row) -> str:
    said = [sight.texts.find(f"kpi.flag.{flag}", flag) for flag in report["flags"]]
    flags, coverage = ", ".join(said) or NOTHING, percent(report["coverage"])
    return sight.texts.t("kpi.note", label=report["label"], coverage=coverage, flags=flags)


async def ask_which(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which figure is to be explained."""
    names = await _names(sight)
    found = await _items(sight, "/kpis", **_window(sight, "shift"))
    choices = [
        Choice(code=name, text=names.get(name, name))
        for name in (found[-1]["kpis"] if found else ())
    ]
    return (Field(name="figure", kind=Kind.CHOICE, choices=choices),)


async def show_why(sight: Sight, answers: Answers) -> Table:
    """The arithmetic of a figure of this shift, its elements, and the hours behind it."""
    path = f"/kpis/{answers['figure']}/explanation"
    found = await _items(sight, path, **_window(sight, "shift"))
    if not found:
        raise Nothing(sight.texts.t("kpi.none"))
    told = found[-1]
    sums = told["arithmetic"]
    rows = [
        (one["symbol"], str(one["value"]), _coded(sight, one["how"], one.get("how_coded")))
        for one in told["elements"]
    ]
    for unit in told["units"]:
        rows += [
            (one["job_order_id"] or NOTHING, f"{one['good']} / {one['scrap']}", _facts(one))
            for one in unit["pieces"]
        ]
    result = sums["result"] or _coded(sight, told["absent"], told.get("absent_coded"))
    note = f"{sums['formula']} = {sums['numbers']} = {result}"
    return Table(columns=("element", "value", "how"), rows=rows, note=note)


def _facts(row: Row) -> str:
    """The facts of an hour's pieces, and the counter's own readings."""
    raws = [
        f"{one['seq']}: {one['tag']} {one['raw_from']}..{one['raw_to']}"
        for one in row.get("facts", ())
        if "raw_from" in one
    ]
    return ", ".join(raws[:3]) + (" ..." if raws[3:] else "")


ROOM = Room(
    name="kpi",
    order=15,
    items=(
        Item(name="hour", show=show("hour")),
        Item(name="shift", possible=has_shift, show=show("shift")),
        Item(name="week", show=show("week")),
        Item(name="why", asks=(ask_which,), possible=has_shift, show=show_why),
    ),
)
