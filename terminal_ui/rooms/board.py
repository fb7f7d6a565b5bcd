"""The board in the More menu: causes and signatures of hours, calls for help."""

from collections.abc import Callable, Sequence

from terminal_ui import model
from terminal_ui.asking import Answers, Choice, Field, Kind
from terminal_ui.formatting import NOTHING, count, signed
from terminal_ui.items import Ask, Call, Item, Nothing, Room, Sight, Table
from terminal_ui.model import Hour
from terminal_ui.screens.stop_reason import choices_of
from terminal_ui.widgets.hours import marks
from terminal_ui.widgets.job import call_text

NOTE = Field(name="note", kind=Kind.TEXT, optional=True)
TOPICS = ("maintenance", "material", "quality", "other")
Choose = Callable[[Hour], bool]


def over(hour: Hour) -> bool:
    return hour.status == "past"


def unsigned(hour: Hour) -> bool:
    return over(hour) and hour.signature is None and not hour.asks_cause


def is_signed(hour: Hour) -> bool:
    return hour.signature is not None


def some(choose: Choose) -> Callable[[Sight], bool]:
    """Whether there is such an hour."""
    return lambda sight: any(map(choose, sight.board.hours))


def _hours(sight: Sight, choose: Choose) -> Field:
    """The latest hours that fit; those that ask stand first."""
    found = sorted(
        filter(choose, reversed(sight.board.hours)), key=lambda hour: not hour.asks_cause
    )
    choices = [Choice(code=f"{one.hour}/{one.version}", text=_text(one, sight)) for one in found]
    return Field(name="hour", kind=Kind.CHOICE, choices=choices)


def _text(hour: Hour, sight: Sight) -> str:
    return sight.texts.t(
        "board.hour",
        label=hour.label[:5],
        plan=hour.plan,
        actual=count(hour.actual),
        difference=signed(hour.difference),
        marks=marks(hour),
    ).rstrip()


async def ask_cause(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which hour, why it fell behind, and a note."""
    if not sight.reasons.stop:
        raise Nothing(sight.texts.t("message.no_reasons", why=""))
    choices = choices_of(sight.reasons.stop, sight.texts.language)
    reason = Field(name="reason", kind=Kind.CHOICE, choices=choices)
    return _hours(sight, over), reason, NOTE


async def ask_sign(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which hour is signed."""
    return _hours(sight, unsigned), NOTE


async def ask_unsign(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which signature is taken back, and why."""
    return _hours(sight, is_signed), Field(name="note", kind=Kind.TEXT)


def send_hour(action: str) -> Callable[[Sight, Answers], Call]:
    """What is said of an hour, with the version that was on the screen."""

    def send(sight: Sight, answers: Answers) -> Call:
        hour, _, version = str(answers["hour"]).partition("/")
        body = {name: answers[name] for name in ("reason", "note") if name in answers}
        path = f"/work-centers/{sight.board.work_center}/hours/{hour}/{action}"
        return Call(path=path, body={**body, "version": int(version)})

    return send


async def show_signed(sight: Sight, _answers: Answers) -> Table:
    """The signed hours: as signed, and as now known."""
    rows = [_signed_row(one) for one in sight.board.hours if one.signature is not None]
    if not rows:
        raise Nothing(sight.texts.t("board.cannot.unsign"))
    columns = ("hour", "by", "good_signed", "good_now", "scrap_signed", "scrap_now", "marks")
    return Table(columns=columns, rows=rows)


def _signed_row(hour: Hour) -> Sequence[str]:
    one = hour.signature
    if one is None:
        return ()
    figures = (str(one.good), count(hour.actual), str(one.scrap), count(hour.scrap))
    return (hour.label[:5], one.by, *figures, marks(hour) or NOTHING)


async def ask_call(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """What help is needed."""
    topics = [Choice(code=one, text=sight.texts.t(f"call_topic.{one}")) for one in TOPICS]
    return Field(name="topic", kind=Kind.CHOICE, choices=topics), NOTE


def send_call(sight: Sight, answers: Answers) -> Call:
    return Call(path="/andon", body={"work_center": sight.board.work_center, **answers})


def waits(call: model.Call) -> bool:
    return call.acknowledged_at is None


def any_call(_call: model.Call) -> bool:
    return True


def ask_open(choose: Callable[[model.Call], bool]) -> Ask:
    """Which call it is about, and a note."""

    async def ask(sight: Sight, _answers: Answers) -> Sequence[Field]:
        calls = [
            Choice(code=str(one.id), text=call_text(one, sight.board, sight.texts))
            for one in sight.board.andon
            if choose(one)
        ]
        return Field(name="call", kind=Kind.CHOICE, choices=calls), NOTE

    return ask


def send_word(action: str) -> Callable[[Sight, Answers], Call]:
    """What is said of a call."""

    def send(_sight: Sight, answers: Answers) -> Call:
        body = {"note": answers["note"]} if "note" in answers else {}
        return Call(path=f"/andon/{answers['call']}/{action}", body=body)

    return send


ROOM = Room(
    name="board",
    order=10,
    items=(
        Item(name="cause", asks=(ask_cause,), possible=some(over), send=send_hour("cause")),
        Item(name="sign", asks=(ask_sign,), possible=some(unsigned), send=send_hour("sign")),
        Item(name="unsign", asks=(ask_unsign,), possible=some(is_signed), send=send_hour("unsign")),
        Item(name="signed", show=show_signed),
        Item(name="call", asks=(ask_call,), send=send_call),
        Item(
            name="come",
            asks=(ask_open(waits),),
            possible=lambda sight: any(map(waits, sight.board.andon)),
            send=send_word("acknowledge"),
        ),
        Item(
            name="close",
            asks=(ask_open(any_call),),
            possible=lambda sight: bool(sight.board.andon),
            send=send_word("close"),
        ),
    ),
)
