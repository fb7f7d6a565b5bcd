"""What the plan changes here, in the More menu: look at it, acknowledge it, decide a proposal."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from terminal_ui.asking import Answers, Field, Kind
from terminal_ui.decode import decode
from terminal_ui.items import Call, Item, Nothing, Room, Sight, Table
from terminal_ui.model import Papers, Told
from terminal_ui.sentences import detail_of

NOTE = Field(name="note", kind=Kind.TEXT, optional=True)


def news(sight: Sight) -> bool:
    return sight.board.plan_news is not None


async def show_changes(sight: Sight, _answers: Answers) -> Table:
    """Hour by hour, what was to be made here and what is now."""
    found = sight.board.plan_news
    if found is None:
        raise Nothing(sight.texts.t("news.none"))
    why = detail_of(found.why, sight.texts) if found.why else ""
    by = found.released_by or sight.texts.t("news.the_edge")
    return Table(
        columns=("hour", "job", "before", "after", "papers"),
        rows=[
            (one.label[:5], one.job_order_id, str(one.before), str(one.after), _papers(one.papers))
            for one in found.changes
        ],
        note=sight.texts.t("news.version", plan=found.plan, by=by, why=why),
    )


def _papers(papers: Papers | None) -> str:
    """The revision and the drawings by which it is made now; empty where they are as before."""
    if papers is None:
        return ""
    drawings = [f"{one.id}/{one.revision}" for one in papers.documents]
    return ", ".join(filter(None, (papers.revision, *drawings)))


def send_seen(sight: Sight, _answers: Answers) -> Call:
    found = sight.board.plan_news
    plan = found.plan if found else 0
    return Call(path=f"/work-centers/{sight.board.work_center}/acknowledge", body={"plan": plan})


async def show_proposal(sight: Sight, _answers: Answers) -> Table:
    """What the plan that waits would change."""
    number = await _waiting(sight)
    found = cast("Mapping[str, Any]", await sight.get(f"/plan/proposals/{number}"))
    said = [decode(Told, one, "words") for one in found["changes"]["words"]]
    return Table(
        columns=("change",),
        rows=[(detail_of(one, sight.texts),) for one in said],
        note=sight.texts.t("news.proposal", proposal=number),
    )


async def ask_proposal(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which one is decided is on the screen, so that nobody decides another."""
    number = await _waiting(sight)
    return Field(name="proposal", kind=Kind.NUMBER, default=str(number)), NOTE


def send_release(_sight: Sight, answers: Answers) -> Call:
    return _decided(answers, "release")


def send_discard(_sight: Sight, answers: Answers) -> Call:
    return _decided(answers, "discard")


def _decided(answers: Answers, how: str) -> Call:
    body = {"note": answers["note"]} if answers.get("note") else {}
    return Call(path=f"/plan/proposals/{answers['proposal']}/{how}", body=body)


async def _waiting(sight: Sight) -> int:
    plan = cast("Mapping[str, Any]", await sight.get("/plan"))
    if plan["proposal"] is None:
        raise Nothing(sight.texts.t("news.no_proposal"))
    return int(plan["proposal"]["proposal"])


ROOM = Room(
    name="news",
    order=14,
    items=(
        Item(name="changes", show=show_changes, possible=news),
        Item(name="seen", send=send_seen, possible=news),
        Item(name="proposal", show=show_proposal),
        Item(name="release", asks=(ask_proposal,), send=send_release),
        Item(name="discard", asks=(ask_proposal,), send=send_discard),
    ),
)
