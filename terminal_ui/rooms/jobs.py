"""Job orders in the More menu: all that are on, questions to a supervisor, set-up, tools."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from terminal_ui.asking import Answers, Choice, Field, Kind
from terminal_ui.formatting import NOTHING, site_time
from terminal_ui.items import Call, Item, Nothing, Room, Sight, Table

Row = Mapping[str, Any]
NOTE = Field(name="note", kind=Kind.TEXT)


async def rows(sight: Sight, path: str, **query: str) -> Sequence[Row]:
    """The items of a list of the edge."""
    return cast("Mapping[str, Sequence[Row]]", await sight.get(path, **query))["items"]


async def questions(sight: Sight) -> Sequence[Row]:
    """Open questions of all work centers; raises Nothing if there is none."""
    found = await rows(sight, "/questions", open="true")
    if not found:
        raise Nothing(sight.texts.t("jobs.no_questions"))
    return found


async def show_jobs(sight: Sight, _answers: Answers) -> Table:
    """All jobs of this work center that are on or may start."""
    found = await rows(sight, "/job-orders", work_center=sight.board.work_center)
    shown = [one for one in found if one["state"] not in {"Ended", "Aborted"}]
    if not shown:
        raise Nothing(sight.texts.t("jobs.none"))
    return Table(
        columns=("job", "state", "good", "left", "limit", "says"),
        rows=[
            (
                one["id"],
                sight.texts.t(f"job_state.{one['state']}"),
                str(one["good"]),
                str(one["left"]),
                NOTHING if one["limit"] is None else str(one["limit"]),
                _says(one, sight),
            )
            for one in shown
        ],
    )


def _says(one: Row, sight: Sight) -> str:
    """What else there is to know of a job."""
    texts = sight.texts
    said = []
    if one["waits_for_input"]:
        said.append(texts.t("jobs.waits"))
    if one["over"]:
        said.append(texts.t("jobs.over", pieces=one["over"]))
    if one["phase"] == "beside":
        said.append(texts.t("jobs.beside"))
    return ", ".join(said) or NOTHING


async def show_questions(sight: Sight, _answers: Answers) -> Table:
    """What a supervisor is asked."""
    time = site_time(sight.board.label)
    return Table(
        columns=("job", "about", "made", "wanted", "since"),
        rows=[
            (
                one["job_order_id"],
                sight.texts.t(f"jobs.about_{one['about']}"),
                str(one["made"]),
                str(one["wanted"]),
                time.clock(one["asked_at"]),
            )
            for one in await questions(sight)
        ],
    )


async def ask_question(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which question."""
    choices = [
        Choice(code=str(one["id"]), text=_line(one, sight)) for one in await questions(sight)
    ]
    return (Field(name="question", kind=Kind.CHOICE, choices=choices),)


def _line(one: Row, sight: Sight) -> str:
    about = sight.texts.t(f"jobs.about_{one['about']}")
    return f"{one['job_order_id']}: {about}, {one['made']} / {one['wanted']}"


async def ask_answer(sight: Sight, answers: Answers) -> Sequence[Field]:
    """What is answered, and why."""
    for one in await questions(sight):
        if str(one["id"]) == answers["question"]:
            choices = [
                Choice(code=code, text=sight.texts.t(f"jobs.answer_{code}"))
                for code in one["choices"]
            ]
            return (Field(name="answer", kind=Kind.CHOICE, choices=choices), NOTE)
    raise Nothing(sight.texts.t("jobs.no_questions"))


def send_answer(_sight: Sight, answers: Answers) -> Call:
    body = {"answer": answers["answer"], "note": answers["note"]}
    return Call(path=f"/questions/{answers['question']}/answer", body=body)


def in_setup(sight: Sight) -> bool:
    """Whether the job that is on is being set up."""
    job = sight.board.job
    return job is not None and job.phase == "setup" and job.state == "Running"


async def ask_setup(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """How many pieces of the set-up are good."""
    found = await rows(sight, "/job-orders", work_center=sight.board.work_center)
    mine = next((one for one in found if sight.board.job and one["id"] == sight.board.job.id), None)
    left = mine["setup"]["pieces"] - mine["setup"]["approved"] if mine else 0
    text = sight.texts.t("jobs.good_of", pieces=left)
    return (Field(name="good", kind=Kind.NUMBER, least=0, most=left, default="0", text=text),)


def send_setup(sight: Sight, answers: Answers) -> Call:
    job = sight.board.job
    assert job is not None, "the item is possible while a job is set up"
    body = {"version": job.version, "good": answers["good"]}
    return Call(path=f"/job-orders/{job.id}/approve", body=body)


async def tools(sight: Sight) -> Sequence[Row]:
    """Tools of the plant; raises Nothing if plant.toml names none."""
    found = await rows(sight, "/tools")
    if not found:
        raise Nothing(sight.texts.t("jobs.no_tools"))
    return found


async def show_tools(sight: Sight, _answers: Answers) -> Table:
    """How far each tool is."""
    return Table(
        columns=("tool", "state", "strokes", "life"),
        rows=[
            (
                one["id"],
                sight.texts.t(f"jobs.{one['state']}"),
                str(one["strokes"]),
                str(one["life"]),
            )
            for one in await tools(sight)
        ],
    )


async def ask_tool(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which tool, and what was done."""
    choices = [
        Choice(code=one["id"], text=f"{one['id']} {one['strokes']} / {one['life']}")
        for one in await tools(sight)
    ]
    return (Field(name="tool", kind=Kind.CHOICE, choices=choices), NOTE)


def send_tool(sight: Sight, answers: Answers) -> Call:
    body = {"work_center": sight.board.work_center, "note": answers["note"]}
    return Call(path=f"/tools/{answers['tool']}/change", body=body)


ROOM = Room(
    name="jobs",
    order=15,
    items=(
        Item(name="all", show=show_jobs),
        Item(name="questions", show=show_questions),
        Item(name="answer", asks=(ask_question, ask_answer), send=send_answer),
        Item(name="setup", asks=(ask_setup,), possible=in_setup, send=send_setup),
        Item(name="tools", show=show_tools),
        Item(name="change_tool", asks=(ask_tool,), send=send_tool),
    ),
)
