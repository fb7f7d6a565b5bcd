"""Quality in the More menu: inspect, see a chart, hold, release, keep pieces apart, decide."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, cast

from edge.domain.spc.sketch import frame, sparkline
from terminal_ui.asking import Answers, Choice, Field, Kind
from terminal_ui.decode import decode
from terminal_ui.errors import AnswerInvalid
from terminal_ui.formatting import NOTHING, site_time
from terminal_ui.items import Call, Item, Nothing, Outcome, Room, Sight, Table
from terminal_ui.model import Told
from terminal_ui.sentences import detail_of, said
from terminal_ui.texts import Texts

Row = Mapping[str, Any]
SCOPES = ("job_order", "lot", "product", "work_center", "gauge")
DECISIONS = ("use", "rework", "scrap", "return", "rework_good", "rework_scrap")
NOTE = Field(name="note", kind=Kind.TEXT)


async def _items(sight: Sight, path: str, **params: str) -> list[Row]:
    """The items of a list of the edge; raises AnswerInvalid if it is none."""
    answer = await sight.get(path, **params)
    items = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise AnswerInvalid(f"{path}: expected items")
    return cast("list[Row]", items)


async def _inspections(sight: Sight) -> list[Row]:
    here = sight.board.work_center
    return await _items(sight, "/quality/inspections", work_center=here)


async def ask_inspection(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which inspection: those that are due first."""
    found = sorted(await _inspections(sight), key=lambda one: one["due"] is None)
    if not found:
        raise Nothing(sight.texts.t("quality.cannot.inspect"))
    choices = [Choice(code=_key(one), text=_line(one, sight)) for one in found]
    return (Field(name="inspection", kind=Kind.CHOICE, choices=choices),)


async def ask_readings(sight: Sight, answers: Answers) -> Sequence[Field]:
    """A line for each characteristic: one reading for each piece of the sample."""
    one = await _chosen(sight, answers)
    fields = []
    for at, part in enumerate(one["characteristics"]):
        label = sight.texts.t(
            f"quality.reading.{part['kind']}",
            name=_name(part, sight),
            n=one["sample"],
            unit=part["unit"],
            limits="…".join(part[side] for side in ("lower", "upper")),
        )
        by_tag = bool(part["tag"] or part.get("measures"))
        fields.append(Field(name=f"reading{at}", kind=Kind.TEXT, text=label, optional=by_tag))
    sample = Field(name="sample", kind=Kind.TEXT, optional=True)
    gauge = Field(name="gauge", kind=Kind.SCAN, prefix="GAUGE:", optional=True)
    return (*fields, sample, gauge, Field(name="note", kind=Kind.TEXT, optional=True))


async def _chosen(sight: Sight, answers: Answers) -> Row:
    for one in await _inspections(sight):
        if _key(one) == answers["inspection"]:
            return one
    raise Nothing(sight.texts.t("quality.cannot.inspect"))


def send_inspection(_sight: Sight, answers: Answers) -> Call:
    """Readings stand with blanks or semicolons between them; a decimal comma is a point."""
    job, inspection, names = str(answers["inspection"]).split("|")
    results = []
    for at, name in enumerate(names.split()):
        text = str(answers.get(f"reading{at}", "")).replace(",", ".").replace(";", " ")
        if text.strip():
            seen = {"characteristic": name, "readings": _spelled(text.split())}
            results.append(seen | {"gauge": answers.get("gauge", "")})
    more = {name: answers[name] for name in ("sample", "note") if name in answers}
    body = {"job_order_id": job, "inspection": inspection, "results": results}
    return Call(path="/quality/results", body=body | more)


SHORT = {"o": "ok", "n": "nok", "+": "ok", "-": "nok"}


def _spelled(readings: Sequence[str]) -> list[str]:
    return [SHORT.get(one.lower(), one.lower()) for one in readings]


def told_inspection(sight: Sight, _answers: Answers, answer: Mapping[str, object]) -> Outcome:
    """What was found, in the line at the bottom."""
    findings = cast("list[str]", answer.get("findings") or [])
    if answer.get("passed") is True and not findings:
        return Outcome(message=sight.texts.t("quality.passed"))
    key = "quality.passed_but" if answer.get("passed") is True else "quality.failed"
    coded = [
        decode(Told, one, "findings") for one in cast("list[Row]", answer.get("findings_coded", []))
    ]
    told = sight.texts.t("sentence.next").join(said(findings, coded, sight.texts))
    return Outcome(message=sight.texts.t(key, findings=told))


async def show_due(sight: Sight, _answers: Answers) -> Table:
    """The inspections of this work center."""
    rows = [
        (_due(one, sight.texts), one["job_order_id"], _name(one, sight), str(one["sample"]))
        for one in await _inspections(sight)
    ]
    if not rows:
        raise Nothing(sight.texts.t("quality.cannot.inspect"))
    return Table(columns=("due", "job", "inspection", "pieces"), rows=rows)


async def ask_chart(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which measured characteristic of what is made here."""
    choices = [
        Choice(code=f"{one['product']}|{one['operation']}|{part['id']}", text=_name(part, sight))
        for one in await _inspections(sight)
        for part in one["characteristics"]
        if part["kind"] == "measured"
    ]
    if not choices:
        raise Nothing(sight.texts.t("quality.no_chart"))
    unique = {choice.code: choice for choice in choices}
    return (Field(name="chart", kind=Kind.CHOICE, choices=list(unique.values())),)


async def show_chart(sight: Sight, answers: Answers) -> Table:
    """A chart as text: a line of points between its limits, then the points, the last first."""
    product, operation, characteristic = str(answers["chart"]).split("|")
    chart = cast(
        "Row",
        await sight.get(
            "/quality/chart",
            work_center=sight.board.work_center,
            product=product,
            operation=operation,
            characteristic=characteristic,
            points="40",
        ),
    )
    time, points = site_time(sight.board.label), chart["points"]
    rows = [
        (
            time.clock(point["at"]),
            point["value"],
            point["range"] or NOTHING,
            ", ".join(map(str, point["rules"])) or NOTHING,
        )
        for point in reversed(points)
    ]
    columns = ("time", "value", "range", "rules")
    return Table(columns=columns, rows=rows, note=_drawn(chart, sight.texts))


def _drawn(chart: Row, texts: Texts) -> str:
    values = [Fraction(point["value"]) for point in chart["points"]]
    limits = chart["limits"]
    sides = [limits[name] for name in ("lower", "center", "upper")] if limits else []
    low, high = frame(values, [Fraction(one) for one in sides])
    told = "  ".join(sides) if sides else texts.t("quality.no_limits")
    able = f"Cp {chart['cp'] or NOTHING}  Cpk {chart['cpk'] or NOTHING}"
    return f"{sparkline(values, low, high)}\n{told}\n{able}"


async def ask_hold(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """On what, which, why, and whether the running job stops."""
    texts = sight.texts
    scopes = [Choice(code=one, text=texts.t(f"quality.scope.{one}")) for one in SCOPES]
    job = sight.board.job
    stops = [Choice(code=one, text=texts.t(f"quality.stops.{one}")) for one in ("no", "yes")]
    return (
        Field(name="scope", kind=Kind.CHOICE, choices=scopes),
        Field(name="target", kind=Kind.SCAN, default=job.id if job else ""),
        Field(name="reason", kind=Kind.TEXT),
        Field(name="interrupts", kind=Kind.CHOICE, choices=stops),
    )


def send_hold(_sight: Sight, answers: Answers) -> Call:
    said = {name: answers[name] for name in ("scope", "target", "reason")}
    return Call(path="/quality/holds", body=said | {"interrupts": answers["interrupts"] == "yes"})


async def ask_release(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Which hold, and why it may be worked on."""
    found = await _items(sight, "/quality/holds", open="true")
    if not found:
        raise Nothing(sight.texts.t("quality.nothing_held"))
    choices = [Choice(code=str(one["id"]), text=_hold(one, sight.texts)) for one in found]
    return (Field(name="hold", kind=Kind.CHOICE, choices=choices), NOTE)


def send_release(_sight: Sight, answers: Answers) -> Call:
    return Call(path=f"/quality/holds/{answers['hold']}/release", body={"note": answers["note"]})


def some_job(sight: Sight) -> bool:
    return sight.board.job is not None


async def ask_suspects(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """How many pieces of the job, why, and where on the part."""
    if not sight.reasons.scrap:
        raise Nothing(sight.texts.t("message.no_reasons", why=""))
    reasons = [
        Choice(code=one.code, text=one.text(sight.texts.language)) for one in sight.reasons.scrap
    ]
    job = sight.board.job
    return (
        Field(name="quantity", kind=Kind.NUMBER, least=1, most=max(job.good, 1) if job else None),
        Field(name="reason", kind=Kind.CHOICE, choices=reasons),
        Field(name="place", kind=Kind.TEXT, optional=True),
        Field(name="cause", kind=Kind.TEXT, optional=True),
        Field(name="lot", kind=Kind.SCAN, optional=True),
    )


def send_suspects(sight: Sight, answers: Answers) -> Call:
    job = sight.board.job
    body = {"job_order_id": job.id if job else "", **answers}
    return Call(path="/quality/nonconformances", body=body)


async def ask_decision(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """Of which pieces, what becomes of them, and why."""
    found = await _items(sight, "/quality/nonconformances", open="true")
    mine = [one for one in found if one["equipment_id"] == sight.board.work_center]
    if not mine:
        raise Nothing(sight.texts.t("quality.nothing_apart"))
    texts = sight.texts
    of = [Choice(code=str(one["id"]), text=_apart(one, texts)) for one in mine]
    ways = [Choice(code=one, text=texts.t(f"quality.decision.{one}")) for one in DECISIONS]
    return (
        Field(name="nonconformance", kind=Kind.CHOICE, choices=of),
        Field(name="decision", kind=Kind.CHOICE, choices=ways),
        Field(name="quantity", kind=Kind.NUMBER, least=1, optional=True),
        NOTE,
    )


def send_decision(_sight: Sight, answers: Answers) -> Call:
    body = {name: answers[name] for name in ("decision", "quantity", "note") if name in answers}
    return Call(path=f"/quality/nonconformances/{answers['nonconformance']}/decisions", body=body)


def _key(one: Row) -> str:
    """The inspection, with the names of what is read."""
    names = " ".join(str(part["id"]) for part in one["characteristics"])
    return f"{one['job_order_id']}|{one['inspection']}|{names}"


def _line(one: Row, sight: Sight) -> str:
    return f"{_due(one, sight.texts)}: {_name(one, sight)}, {one['job_order_id']}"


def _name(one: Row, sight: Sight) -> str:
    return str(one["zh"] if sight.texts.language == "zh" else one["en"])


def _due(one: Row, texts: Texts) -> str:
    due = one["due"]
    if due is None:
        return texts.t("quality.not_due")
    unit = texts.t(f"quality_panel.{due['unit']}")
    return texts.t("quality.late" if due["overdue"] else "quality.due", late=due["late"], unit=unit)


def _hold(one: Row, texts: Texts) -> str:
    scope = texts.t(f"quality.scope.{one['scope']}")
    coded = one.get("reason_coded")  # where the edge itself has said why
    why = detail_of(decode(Told, coded, "reason_coded"), texts) if coded else one["reason"]
    return f"{scope} {one['target']}: {why} ({one['placed_by']})"


def _apart(one: Row, texts: Texts) -> str:
    told = texts.t("quality_panel.apart", held=one["held"], waiting=one["waiting"])
    return f"{one['job_order_id']} {one['reason']} {one['place']}: {told}"


ROOM = Room(
    name="quality",
    order=30,
    items=(
        Item(
            name="inspect",
            asks=(ask_inspection, ask_readings),
            send=send_inspection,
            then=told_inspection,
        ),
        Item(name="due", show=show_due),
        Item(name="chart", asks=(ask_chart,), show=show_chart),
        Item(name="hold", asks=(ask_hold,), send=send_hold),
        Item(name="release", asks=(ask_release,), send=send_release),
        Item(name="suspect", asks=(ask_suspects,), possible=some_job, send=send_suspects),
        Item(name="decide", asks=(ask_decision,), send=send_decision),
    ),
)
