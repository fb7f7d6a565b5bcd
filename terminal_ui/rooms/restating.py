"""What is known later, in the More menu: boundaries, pieces of nobody, scrap and rework."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, cast

from terminal_ui.asking import Answers, Choice, Field, Kind
from terminal_ui.formatting import site_time
from terminal_ui.items import Call, Item, Nothing, Room, Sight, Table

Rows = Sequence[Mapping[str, Any]]
PAIR = "|"
HALF_A_DAY = 43_200_000_000
LATEST = 30  # borders that are offered
NOTE = Field(name="note", kind=Kind.TEXT)
NOBODY = ""


class Border(NamedTuple):
    """Where one job gave way to another, or to nobody; `run` names one of its two runs."""

    before: str
    after: str
    at: int
    run: int


async def _jobs(sight: Sight) -> Rows:
    """The jobs of this work center."""
    center = sight.board.work_center
    return cast("Mapping[str, Rows]", await sight.get("/job-orders", work_center=center))["items"]


async def _begun(sight: Sight) -> Rows:
    """Those that were on, by their start; Nothing if there are none."""
    begun = [job for job in await _jobs(sight) if job["started_at"] is not None]
    if not begun:
        raise Nothing(sight.texts.t("restating.no_jobs"))
    return sorted(begun, key=lambda job: (int(job["started_at"]), str(job["id"])))


async def _borders(sight: Sight) -> list[Border]:
    """The borders of the runs here, the last first; Nothing if no job was on yet."""
    answer = await sight.get(f"/work-centers/{sight.board.work_center}/boundaries")
    runs = list(reversed(cast("Mapping[str, Rows]", answer)["items"]))
    if not runs:
        raise Nothing(sight.texts.t("restating.no_jobs"))
    found = [_begins(runs[0])]
    for before, after in pairwise(runs):
        ended = before["end"]
        if ended is None or ended != after["start"]:  # a gap between them, or on together
            found += [_begins(after)] if ended is None else [_ends(before), _begins(after)]
        if ended is not None and ended <= after["start"] and _job(before) != _job(after):
            found.append(Border(_job(before), _job(after), after["start"], after["started"]))
    if runs[-1]["end"] is not None:
        found.append(_ends(runs[-1]))
    return found[: -LATEST - 1 : -1]


def _job(run: Mapping[str, Any]) -> str:
    return str(run["job_order_id"])


def _begins(run: Mapping[str, Any]) -> Border:
    return Border(NOBODY, _job(run), run["start"], run["started"])


def _ends(run: Mapping[str, Any]) -> Border:
    return Border(_job(run), NOBODY, run["end"], run["started"])


async def ask_boundary(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Between which two jobs, when it really was, and why."""
    time = site_time(sight.board.label)
    nobody = sight.texts.t("restating.nobody")
    choices = [
        Choice(
            code=PAIR.join((one.before, one.after, str(one.run), str(one.at))),
            text=sight.texts.t(
                "restating.pair",
                before=one.before or nobody,
                after=one.after or nobody,
                at=time.clock(one.at),
            ),
        )
        for one in await _borders(sight)
    ]
    return (
        Field(name="between", kind=Kind.CHOICE, choices=choices),
        Field(name="at", kind=Kind.TIME),
        NOTE,
    )


def send_boundary(sight: Sight, answers: Answers) -> Call:
    """The such time that is nearest to where it lies: nobody moves a boundary by a day."""
    before, after, run, lies = str(answers["between"]).split(PAIR)
    at = site_time(sight.board.label).first_at(str(answers["at"]), int(lies) - HALF_A_DAY)
    body = {"between": [before or None, after or None], "run": int(run)}
    body |= {"at": at, "note": answers["note"]}
    return Call(path=f"/work-centers/{sight.board.work_center}/boundaries", body=body)


async def _unassigned(sight: Sight) -> Rows:
    center = sight.board.work_center
    answer = await sight.get(f"/work-centers/{center}/unassigned")
    rows = cast("Mapping[str, Rows]", answer)["items"]
    if not rows:
        raise Nothing(sight.texts.t("restating.all_assigned"))
    return rows


async def show_unassigned(sight: Sight, _answers: Answers) -> Table:
    """Pieces that nobody has, hour by hour."""
    rows = [[label, str(good)] for _, label, good in _hours(await _unassigned(sight))]
    return Table(columns=("hour", "pieces"), rows=rows)


async def ask_assign(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which hour's pieces, to which job, and how many."""
    hours = _hours(await _unassigned(sight))
    jobs = await _jobs(sight)
    if not jobs:
        raise Nothing(sight.texts.t("restating.no_jobs"))
    return (
        Field(
            name="hour",
            kind=Kind.CHOICE,
            choices=[
                Choice(code=str(hour), text=f"{label}  {good}")
                for hour, label, good in reversed(hours)
            ],
        ),
        Field(name="job", kind=Kind.CHOICE, choices=_choices(jobs)),
        Field(name="quantity", kind=Kind.NUMBER, least=1, optional=True),
        NOTE,
    )


def send_assign(sight: Sight, answers: Answers) -> Call:
    body: dict[str, object] = {"job_order_id": answers["job"], "note": answers["note"]}
    body["hour"] = int(str(answers["hour"]))
    if "quantity" in answers:
        body["quantity"] = answers["quantity"]
    return Call(path=f"/work-centers/{sight.board.work_center}/assignments", body=body)


async def ask_found(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Of which job and hour pieces are not as they should be, how many, and why."""
    if not sight.reasons.scrap:
        raise Nothing(sight.texts.t("message.no_reasons", why=""))
    reasons = [
        Choice(code=one.code, text=one.text(sight.texts.language)) for one in sight.reasons.scrap
    ]
    return (*await _of(sight), Field(name="reason", kind=Kind.CHOICE, choices=reasons))


async def ask_done(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """What came of rework, and whether the machine has counted it again."""
    word = sight.texts.t
    return (
        *await _of(sight),
        Field(
            name="result",
            kind=Kind.CHOICE,
            choices=[Choice(code=one, text=word(f"restating.{one}")) for one in ("good", "scrap")],
        ),
        Field(
            name="again",
            kind=Kind.CHOICE,
            choices=[Choice(code=one, text=word(f"restating.{one}")) for one in ("no", "yes")],
        ),
    )


async def _of(sight: Sight) -> Sequence[Field]:
    """Job, hour and pieces; without an hour it is the latest ones."""
    made = [job for job in reversed(await _begun(sight)) if job["good"] or job["rework"]]
    if not made:
        raise Nothing(sight.texts.t("restating.no_jobs"))
    hours = [
        Choice(code=str(hour.hour), text=hour.label)
        for hour in reversed(sight.board.hours)
        if hour.actual is not None
    ]
    latest = Choice(code="latest", text=sight.texts.t("restating.latest"))
    return (
        Field(name="job", kind=Kind.CHOICE, choices=_choices(made)),
        Field(name="hour", kind=Kind.CHOICE, choices=[latest, *hours]),
        Field(name="quantity", kind=Kind.NUMBER, least=1),
    )


def send_scrap(_sight: Sight, answers: Answers) -> Call:
    """What is found later was good until now; rejects that were counted get their reason by X."""
    body = {**_said(answers, "reason"), "counted_as": "good"}
    return Call(path=f"/job-orders/{answers['job']}/scrap", body=body)


def send_rework(_sight: Sight, answers: Answers) -> Call:
    return Call(path=f"/job-orders/{answers['job']}/rework", body=_said(answers, "reason"))


def send_done(_sight: Sight, answers: Answers) -> Call:
    body = _said(answers, "result")
    if answers["again"] == "yes":
        body["counted_as"] = "good"
    return Call(path=f"/job-orders/{answers['job']}/rework-done", body=body)


def _said(answers: Answers, name: str) -> dict[str, object]:
    body: dict[str, object] = {"quantity": answers["quantity"], name: answers[name]}
    if answers["hour"] != "latest":
        body["hour"] = int(str(answers["hour"]))
    return body


def _choices(jobs: Rows) -> list[Choice]:
    return [Choice(code=job["id"], text=f"{job['id']}  {job['description']}") for job in jobs]


def _hours(rows: Rows) -> list[tuple[int, str, int]]:
    """Hour, its label and its good pieces, in order."""
    found: dict[tuple[int, str], int] = {}
    for row in rows:
        if row["role"] == "good":
            key = int(row["hour"]), str(row["label"])
            found[key] = found.get(key, 0) + int(row["quantity"])
    return [(hour, label, good) for (hour, label), good in sorted(found.items())]


ROOM = Room(
    name="restating",
    order=25,
    items=(
        Item(name="boundary", asks=(ask_boundary,), send=send_boundary),
        Item(name="unassigned", show=show_unassigned),
        Item(name="assign", asks=(ask_assign,), send=send_assign),
        Item(name="scrap", asks=(ask_found,), send=send_scrap),
        Item(name="rework", asks=(ask_found,), send=send_rework),
        Item(name="done", asks=(ask_done,), send=send_done),
    ),
)
