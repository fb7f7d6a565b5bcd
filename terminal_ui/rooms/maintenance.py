"""Maintenance in the More menu: what is due, breakdowns, and the work on this machine."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, cast

from terminal_ui.asking import Answers, Choice, Field, Kind
from terminal_ui.formatting import NOTHING, site_time
from terminal_ui.items import Call, Item, Nothing, Room, Sight, Table, page

Rows = Sequence[Mapping[str, Any]]
NOTE = Field(name="note", kind=Kind.TEXT, optional=True)
BEGUN, REPORTED = "begun", "reported"


async def rows(sight: Sight, path: str, **query: str) -> Rows:
    """The items of a list, of this machine."""
    found = await sight.get(path, work_center=sight.board.work_center, **query)
    return cast("Mapping[str, Rows]", found)["items"]


async def show_due(sight: Sight, _answers: Answers) -> Table:
    """How far each plan of this machine is."""
    found = await rows(sight, "/maintenance/due")
    if not found:
        raise Nothing(sight.texts.t("maintenance.no_plans"))
    return Table(
        columns=("plan", "state", "percent", "used"), rows=[_due(one, sight) for one in found]
    )


async def show_orders(sight: Sight, _answers: Answers) -> Table:
    """The work that is asked for and under way."""
    found = await rows(sight, "/maintenance/orders", open="true")
    if not found:
        raise Nothing(sight.texts.t("maintenance.no_orders"))
    time = site_time(sight.board.label)
    return Table(
        columns=("order", "state", "what", "since", "by"),
        rows=[
            (
                str(one["id"]),
                sight.texts.t(f"maintenance.{one['state']}"),
                one["plan"] or one["note"] or NOTHING,
                time.clock(one["reported_at"]),
                one["reported_by"],
            )
            for one in found
        ],
    )


async def ask_plan(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which plan's work."""
    found = await rows(sight, "/maintenance/due")
    if not found:
        raise Nothing(sight.texts.t("maintenance.no_plans"))
    choices = [Choice(code=one["plan"], text=_name(one, sight)) for one in found]
    return (Field(name="plan", kind=Kind.CHOICE, choices=choices), NOTE)


def ask_order(*states: str) -> Callable[[Sight, Answers], Awaitable[Sequence[Field]]]:
    """Which order, of those in these states."""

    async def ask(sight: Sight, _answers: Answers) -> Sequence[Field]:
        found = await rows(sight, "/maintenance/orders", open="true")
        choices = [
            Choice(code=str(one["id"]), text=f"{one['id']} {one['plan'] or one['note']}")
            for one in found
            if one["state"] in states
        ]
        if not choices:
            raise Nothing(sight.texts.t("maintenance.no_orders"))
        return (Field(name="order", kind=Kind.CHOICE, choices=choices), NOTE)

    return ask


def send_report(sight: Sight, answers: Answers) -> Call:
    """Ask for work on this machine; while it stands, for the mending of that stop."""
    body = {"work_center": sight.board.work_center, **answers}
    stop = sight.board.open_stop
    if stop is not None and "plan" not in answers:
        body["stop"] = stop.id
    return Call(path="/maintenance/orders", body=body)


def change(action: str) -> Callable[[Sight, Answers], Call]:
    """Begin or finish an order."""

    def send(_sight: Sight, answers: Answers) -> Call:
        body = {"note": answers["note"]} if "note" in answers else {}
        return Call(path=f"/maintenance/orders/{answers['order']}/{action}", body=body)

    return send


def _due(one: Mapping[str, Any], sight: Sight) -> Sequence[str]:
    used = ", ".join(
        f"{one['used'][name]}/{limit} {sight.texts.t(f'maintenance.unit_{name}')}"
        for name, limit in one["limit"].items()
    )
    state = sight.texts.t(f"maintenance.{one['state']}")
    return (_name(one, sight), state, f"{one['percent']} %", used)


def _name(one: Mapping[str, Any], sight: Sight) -> str:
    return str(one["zh"] if sight.texts.language == "zh" else one["en"])


ROOM = Room(
    name="maintenance",
    order=60,
    items=(
        Item(name="due", show=show_due),
        Item(name="orders", show=show_orders),
        Item(
            name="breakdown",
            asks=(page(Field(name="note", kind=Kind.TEXT)),),
            send=send_report,
        ),
        Item(name="plan", asks=(ask_plan,), send=send_report),
        Item(name="begin", asks=(ask_order(REPORTED),), send=change("begin")),
        Item(name="done", asks=(ask_order(REPORTED, BEGUN),), send=change("done")),
    ),
)
