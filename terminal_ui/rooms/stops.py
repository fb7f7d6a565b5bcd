"""Stops in the More menu: those of the shift, and the reason of any of them."""

from collections.abc import Sequence

from terminal_ui.asking import Answers, Choice, Field, Kind
from terminal_ui.formatting import NOTHING, site_time
from terminal_ui.items import Call, Item, Nothing, Room, Sight, Table
from terminal_ui.model import Stop
from terminal_ui.widgets.job import reason_text, stop_text


def some_stop(sight: Sight) -> bool:
    return bool(sight.board.stops)


async def ask_reason(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which stop, which reason, and a note."""
    if not sight.reasons.stop:
        raise Nothing(sight.texts.t("message.no_reasons", why=""))
    reasons = [
        Choice(code=one.code, text=one.text(sight.texts.language)) for one in sight.reasons.stop
    ]
    return (
        Field(name="stop", kind=Kind.CHOICE, choices=_stops(sight)),
        Field(name="reason", kind=Kind.CHOICE, choices=reasons),
        Field(name="note", kind=Kind.TEXT, optional=True),
    )


def send_reason(_sight: Sight, answers: Answers) -> Call:
    body = {name: answers[name] for name in ("reason", "note") if name in answers}
    return Call(path=f"/stops/{answers['stop']}/reason", body=body)


async def show_stops(sight: Sight, _answers: Answers) -> Table:
    """The stops of the shift, the last one first."""
    rows = [_row(stop, sight) for stop in reversed(sight.board.stops)]
    if not rows:
        raise Nothing(sight.texts.t("stops.cannot.reason"))
    return Table(columns=("from", "to", "fault", "reason"), rows=rows)


def _stops(sight: Sight) -> list[Choice]:
    return [
        Choice(code=str(stop.id), text=stop_text(stop, sight.board, sight.texts, sight.reasons))
        for stop in reversed(sight.board.stops)
    ]


def _row(stop: Stop, sight: Sight) -> Sequence[str]:
    time = site_time(sight.board.label)
    fault = NOTHING if stop.fault is None else str(stop.fault)
    reason = reason_text(stop.reason, sight.texts, sight.reasons) or NOTHING
    return (time.clock(stop.from_), time.clock(stop.to), fault, reason)


ROOM = Room(
    name="stops",
    order=20,
    items=(
        Item(name="list", show=show_stops),
        Item(name="reason", asks=(ask_reason,), possible=some_stop, send=send_reason),
    ),
)
