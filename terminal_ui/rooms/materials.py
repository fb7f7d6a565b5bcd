"""Materials in the More menu: lots in and out, pallets, traces, labels, drawings."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote

from edge.domain.gs1 import is_label
from terminal_ui.asking import Answers, Choice, Field, Kind
from terminal_ui.errors import AnswerInvalid
from terminal_ui.formatting import NOTHING
from terminal_ui.items import Call, Item, Nothing, Outcome, Room, Scan, Sight, Table, page

Row = Mapping[str, Any]
LOSSES = ("production", "storage", "other")
LOT = Field(name="lot", kind=Kind.SCAN, prefix="LOT:")


def on_a_job(sight: Sight) -> bool:
    return sight.board.job is not None


def _job(sight: Sight) -> str:
    job = sight.board.job
    if job is None:
        raise Nothing(sight.texts.t("materials.cannot.output"))
    return job.id


async def _here(sight: Sight) -> Row:
    """What is mounted, needed and open at this work center."""
    found = await sight.get(f"/work-centers/{sight.board.work_center}/materials")
    if not isinstance(found, dict):
        raise AnswerInvalid("materials: expected an object")
    return cast("Row", found)


def send_mount(sight: Sight, answers: Answers) -> Call:
    path = f"/work-centers/{sight.board.work_center}/materials/mount"
    return Call(path=path, body={"lot": answers["lot"]})


def send_receive(_sight: Sight, answers: Answers) -> Call:
    """What was scanned is a label of GS1, or the lot's id."""
    named = "code" if is_label(str(answers["scanned"])) else "lot"
    names = ("material", "revision", "quantity", "unit")
    body = {name: answers[name] for name in names if name in answers}
    return Call(path="/lots", body={named: answers["scanned"], **body})


def told_receive(sight: Sight, _answers: Answers, answer: Mapping[str, object]) -> Outcome:
    names = ("lot", "material", "quantity", "unit")
    return Outcome(message=sight.texts.t("materials.received", **{n: answer[n] for n in names}))


async def show_mounted(sight: Sight, _answers: Answers) -> Table:
    """What the job order needs, and the lot of each that is mounted."""
    here = await _here(sight)
    lots = {one["material"]: one for one in here["mounted"]}
    rows = [_need(one, lots.pop(one["material"], None), sight) for one in here["needs"]]
    rows += [_need(None, lot, sight) for lot in lots.values()]
    if not rows:
        raise Nothing(sight.texts.t("materials.nothing"))
    open_ = ", ".join(one["lot"] for one in here["open"])
    note = sight.texts.t("materials.into", lots=open_) if open_ else ""
    return Table(columns=("material", "a_piece", "lot", "left", "note"), rows=rows, note=note)


def _need(need: Row | None, lot: Row | None, sight: Sight) -> Sequence[str]:
    material = need["material"] if need else (lot["material"] if lot else NOTHING)
    each = f"{need['quantity']} {need['unit']}" if need else NOTHING
    left = NOTHING if lot is None or lot["left"] is None else f"{lot['left']} {lot['unit']}"
    note = ""
    if lot is None and need and need["tracked"] == "lot":
        note = sight.texts.t("materials.missing")
    elif lot is not None and lot["held"]:
        note = sight.texts.t("materials.held", why=lot["held"])
    return (material, each, lot["lot"] if lot else NOTHING, left, note)


async def ask_unmount(sight: Sight, _answers: Answers) -> Sequence[Field]:
    mounted = (await _here(sight))["mounted"]
    if not mounted:
        raise Nothing(sight.texts.t("materials.nothing"))
    choices = [
        Choice(code=one["material"], text=f"{one['material']}  {one['lot']}") for one in mounted
    ]
    return (Field(name="material", kind=Kind.CHOICE, choices=choices),)


def send_unmount(sight: Sight, answers: Answers) -> Call:
    path = f"/work-centers/{sight.board.work_center}/materials/unmount"
    return Call(path=path, body={"material": answers["material"]})


def send_output(sight: Sight, answers: Answers) -> Call:
    named = {"lot": answers["lot"]} if "lot" in answers else {}
    return Call(path=f"/job-orders/{_job(sight)}/lots", body=named)


async def ask_close(sight: Sight, _answers: Answers) -> Sequence[Field]:
    open_ = (await _here(sight))["open"]
    if not open_:
        raise Nothing(sight.texts.t("materials.none_open"))
    choices = [Choice(code=one["lot"], text=one["lot"]) for one in open_]
    return (Field(name="lot", kind=Kind.CHOICE, choices=choices),)


def send_close(_sight: Sight, answers: Answers) -> Call:
    return Call(path=f"/lots/{_in_path(answers)}/close")


def send_use(sight: Sight, answers: Answers) -> Call:
    body = {name: answers[name] for name in ("lot", "quantity") if name in answers}
    return Call(path=f"/job-orders/{_job(sight)}/consumptions", body=body)


def send_pallet(_sight: Sight, _answers: Answers) -> Call:
    return Call(path="/lots/pallets")


def told_pallet(sight: Sight, _answers: Answers, answer: Mapping[str, object]) -> Outcome:
    return Outcome(message=sight.texts.t("materials.pallet", lot=answer["lot"]))


async def ask_pack(sight: Sight, _answers: Answers) -> Sequence[Field]:
    """What goes onto the pallet: the lot that is open, unless another one is said."""
    job = sight.board.job
    open_ = (await _here(sight))["open"]
    mine = next((one["lot"] for one in open_ if job and one["job_order_id"] == job.id), "")
    return (
        Field(name="pallet", kind=Kind.SCAN, prefix="PAL:"),
        Field(name="lot", kind=Kind.SCAN, prefix="LOT:", default=mine or (job.id if job else "")),
        Field(name="pieces", kind=Kind.NUMBER, least=1),
    )


def send_pack(_sight: Sight, answers: Answers) -> Call:
    flow = {"from": answers["lot"], "to": answers["pallet"], "quantity": str(answers["pieces"])}
    return Call(path="/lots/flows", body={"how": "packed", "flows": [flow]})


def _in_path(answers: Answers) -> str:
    return quote(str(answers["lot"]), safe="")


async def show_where(sight: Sight, answers: Answers) -> Table:
    """Where a lot is and what it is in, the nearest first."""
    trace = await sight.get(f"/lots/{_in_path(answers)}/trace")
    if not isinstance(trace, dict):
        raise AnswerInvalid("trace: expected an object")
    kind = sight.texts.find
    rows = [
        (
            str(one["depth"]),
            one["lot"],
            kind(f"materials.kind.{one['kind']}", one["kind"]),
            one["material"],
            str(one["made"] or NOTHING),
        )
        for one in trace["lots"]
    ]
    spans = [
        sight.texts.t(
            "materials.span", job=one["job_order_id"], first=one["first"], last=one["last"]
        )
        for one in trace["spans"]
    ]
    mounted = ", ".join(trace["mounted_on"])
    note = [sight.texts.t("materials.mounted_on", places=mounted)] if mounted else []
    columns = ("depth", "lot", "kind", "material", "pieces")
    return Table(columns=columns, rows=rows, note="; ".join([*note, *spans]))


def send_label(_sight: Sight, answers: Answers) -> Call:
    body = {"printer": answers["printer"]} if "printer" in answers else {}
    return Call(path=f"/lots/{_in_path(answers)}/labels", body=body)


def told_label(sight: Sight, _answers: Answers, answer: Mapping[str, object]) -> Outcome:
    printer = answer["printer"] or sight.texts.t("materials.no_printer")
    return Outcome(message=sight.texts.t("materials.printed", copy=answer["copy"], printer=printer))


async def ask_loss(sight: Sight, _answers: Answers) -> Sequence[Field]:
    needs = (await _here(sight))["needs"]
    if not needs:
        raise Nothing(sight.texts.t("materials.nothing"))
    losses = [Choice(code=one, text=sight.texts.t(f"materials.loss.{one}")) for one in LOSSES]
    return (
        Field(
            name="material",
            kind=Kind.CHOICE,
            choices=[
                Choice(code=one["material"], text=f"{one['material']}  {one['unit']}")
                for one in needs
            ],
        ),
        Field(name="loss", kind=Kind.CHOICE, choices=losses),
        Field(name="quantity", kind=Kind.DECIMAL),
        Field(name="reason", kind=Kind.TEXT),
    )


def send_loss(sight: Sight, answers: Answers) -> Call:
    names = ("material", "loss", "quantity", "reason")
    body = {name: answers[name] for name in names}
    return Call(path=f"/work-centers/{sight.board.work_center}/losses", body=body)


def _loaded(what: str) -> Item:
    """A drawing, tool or program is scanned: its id and, behind a slash, its revision."""

    def send(sight: Sight, answers: Answers) -> Call:
        id_, _, revision = str(answers[what]).partition("/")
        job = sight.board.job or (sight.board.next[0] if sight.board.next else None)
        body = {"what": what, "id": id_, "revision": revision}
        body |= {"job_order_id": job.id} if job else {}
        return Call(path=f"/work-centers/{sight.board.work_center}/loaded", body=body)

    asked = page(Field(name=what, kind=Kind.SCAN, prefix=PREFIXES[what]))
    return Item(name=what, asks=(asked,), send=send)


PREFIXES = {"document": "DOC:", "tool": "TOOL:", "program": "PRG:"}
PRINTER = Field(name="printer", kind=Kind.TEXT, optional=True)
RECEIVED = (
    Field(name="scanned", kind=Kind.SCAN, prefix="LOT:"),
    Field(name="material", kind=Kind.TEXT, optional=True),
    Field(name="revision", kind=Kind.TEXT, optional=True),
    Field(name="quantity", kind=Kind.DECIMAL, optional=True),
    Field(name="unit", kind=Kind.TEXT, optional=True),
)
ROOM = Room(
    name="materials",
    order=40,
    items=(
        Item(name="mount", asks=(page(LOT),), send=send_mount),
        Item(name="mounted", show=show_mounted),
        Item(name="unmount", asks=(ask_unmount,), send=send_unmount),
        Item(
            name="output",
            asks=(page(Field(name="lot", kind=Kind.TEXT, optional=True)),),
            possible=on_a_job,
            send=send_output,
        ),
        Item(name="close", asks=(ask_close,), send=send_close),
        Item(
            name="use",
            asks=(
                page(
                    Field(name="lot", kind=Kind.SCAN, prefix="SN:"),
                    Field(name="quantity", kind=Kind.DECIMAL, optional=True),
                ),
            ),
            possible=on_a_job,
            send=send_use,
        ),
        Item(name="pallet", send=send_pallet, then=told_pallet),
        Item(name="pack", asks=(ask_pack,), send=send_pack),
        Item(name="where", asks=(page(LOT),), show=show_where),
        Item(name="label", asks=(page(LOT, PRINTER),), send=send_label, then=told_label),
        Item(name="loss", asks=(ask_loss,), send=send_loss),
        Item(name="receive", asks=(page(*RECEIVED),), send=send_receive, then=told_receive),
        *map(_loaded, PREFIXES),
    ),
    scans=(
        Scan(prefix="LOT:", item="mount", field="lot"),
        Scan(prefix="PAL:", item="pack", field="pallet"),
        Scan(prefix="SN:", item="use", field="lot"),
        *(Scan(prefix=prefix, item=what, field=what) for what, prefix in PREFIXES.items()),
    ),
)
