"""Section 1 of docs/contracts.md as types: `check` refuses any fact that is not written so."""

import json
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(min_length=1)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Time = Annotated[int, Meta(ge=1, title="us")]  # microseconds UTC, and so no `Count`
Raw = Annotated[int, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1)]
RunTime = Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+|/[1-9][0-9]*)?$")]  # seconds a piece
Rational = Annotated[str, Meta(pattern=r"^[0-9]+(/[1-9][0-9]*)?$")]  # above 0
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
Flag = Literal[
    "rollover",
    "lower_bound",
    "ambiguous",
    "saturated",
    "recovered",
    "split",
    "estimated_time",
    "order_changed",
    "unassigned",
    "derived",
    "corrected",
    "total_only",
    "released",
    "reported",
    "pulse",
    "weighed",
    "setup",
    "unconfirmed",
]


class Strict(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """No key more, and none less but those that have a default."""


StopClass = Literal[
    "breakdown", "minor", "changeover", "planned", "logistics", "quality", "other", ""
]


class Calendar(Strict):
    id: Text
    revision: Text
    shift: Text
    production_day: Day


class Resolved(Strict):
    hour: Time
    run_time_per_item: RunTime | None
    calendar: Calendar | None


class CountTool(Strict):
    id: Text
    pieces_per_stroke: Rational


class ProductionCount(Resolved):
    role: Literal["good", "scrap", "rework", "total", "energy"]
    quantity: int
    tag: Text
    counter_epoch: Count
    raw_from: int
    raw_to: int
    from_: Time = msgspec.field(name="from")
    to: Time
    flags: list[Flag]
    pieces_per_pulse: Rational | msgspec.UnsetType = msgspec.UNSET
    rest: Rational | msgspec.UnsetType = msgspec.UNSET
    quarantine: Count | msgspec.UnsetType = msgspec.UNSET
    beside: Count | msgspec.UnsetType = msgspec.UNSET
    note: Text | msgspec.UnsetType = msgspec.UNSET
    tool: CountTool | msgspec.UnsetType = msgspec.UNSET


class CounterBaseline(Strict):
    tag: Text
    counter_epoch: Count
    raw: int
    reason: Literal["first", "reset", "released"]
    rest: Rational | msgspec.UnsetType = msgspec.UNSET
    rest_of: str | msgspec.UnsetType = msgspec.UNSET


class Quarantine(Strict):
    tag: Text
    counter_epoch: Count
    raw_from: Raw
    raw_to: Raw
    reason: Literal[
        "jump",
        "preset",
        "rollover_or_reset",
        "correction_or_reset",
        "less_at_least",
        "away",
        "backward",
        "mailbox_first",
        "mailbox_changed",
        "mailbox_gap",
    ]
    from_: Time = msgspec.field(name="from")
    to: Time
    modulus: int | None
    limit: Count
    role: Literal["good", "scrap", "rework", "total", "energy"] | msgspec.UnsetType = msgspec.UNSET
    pieces_per_pulse: Rational | msgspec.UnsetType = msgspec.UNSET


class DataGap(Strict):
    from_: Time = msgspec.field(name="from")
    to: Time
    reason: Literal[
        "unreachable",
        "edge_down",
        "bad_quality",
        "saturated",
        "ambiguous",
        "reset",
        "missed_changes",
        "missed_pulses",
        "not_configured",
    ]
    detail: str


class Cause(Strict):
    reason: Text
    class_: StopClass = msgspec.field(name="class")
    planned: bool


class EquipmentState(Strict):
    state: Annotated[int, Meta(ge=1, le=17)] | None
    mode: int | None
    fault: int | None
    time_class: Literal["APT", "ASUT", "ADET", "ADOT", "UNKNOWN", "OFF", "APT_OUTSIDE"]
    calendar: Calendar | None
    reason: Literal["state", "job", "border", "silence", "start", "removed"]
    shared: list[Text] | msgspec.UnsetType = msgspec.UNSET
    cause: Cause | msgspec.UnsetType = msgspec.UNSET
    micro_us: Count | msgspec.UnsetType = msgspec.UNSET


class Reclassified(Resolved):
    quantity: int
    reason: Text
    effect: Literal[
        "reclassify", "reason_only", "done_good", "done_scrap", "rerun_good", "rerun_scrap"
    ]
    setup: bool | msgspec.UnsetType = msgspec.UNSET
    place: Text | msgspec.UnsetType = msgspec.UNSET


class QualityHold(Strict):
    event: Literal["placed", "released"]
    hold: Count | msgspec.UnsetType = msgspec.UNSET
    note: Text | msgspec.UnsetType = msgspec.UNSET
    scope: Literal["lot", "job_order", "product", "work_center", "gauge"] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    target: Text | msgspec.UnsetType = msgspec.UNSET
    reason: Text | msgspec.UnsetType = msgspec.UNSET
    origin: Literal["person", "inspection", "rule"] | msgspec.UnsetType = msgspec.UNSET
    inspection: str | msgspec.UnsetType = msgspec.UNSET
    interrupts: bool | msgspec.UnsetType = msgspec.UNSET


class Characteristic(Strict):
    characteristic: Text
    kind: Literal["attribute", "measured"]
    readings: list[Text]
    nok: list[Count]
    findings: list[Text]
    chart: Literal["xbar_r", "individuals", ""] | msgspec.UnsetType = msgspec.UNSET
    gauge: str | msgspec.UnsetType = msgspec.UNSET
    unit: str | msgspec.UnsetType = msgspec.UNSET
    lower: str | msgspec.UnsetType = msgspec.UNSET
    nominal: str | msgspec.UnsetType = msgspec.UNSET
    upper: str | msgspec.UnsetType = msgspec.UNSET
    tag: Text | msgspec.UnsetType = msgspec.UNSET


class QualityResult(Resolved):
    product: Text
    revision: Text
    operation: Count
    inspection: Text
    sample: str
    again: bool
    passed: bool
    inspected: Raw
    first_pass_good: Raw
    made: int
    covers: list[Text]
    findings: list[Text]
    results: list[Characteristic]
    note: str


class ControlLimits(Strict):
    product: Text
    operation: Count
    characteristic: Text
    chart: Literal["xbar_r", "individuals"]
    size: Count
    subgroups: Count
    center: Text
    spread: Text
    baseline: list[Count]
    note: Text


class Part(Resolved):
    quantity: Count


class Nonconformance(Strict):
    event: Literal[
        "opened", "used", "scrapped", "returned", "rework", "reworked_good", "reworked_scrap"
    ]
    quantity: Count
    note: str
    parts: list[Part]
    nonconformance: Count | msgspec.UnsetType = msgspec.UNSET
    lot: str | msgspec.UnsetType = msgspec.UNSET
    reason: Text | msgspec.UnsetType = msgspec.UNSET
    cause: str | msgspec.UnsetType = msgspec.UNSET
    place: str | msgspec.UnsetType = msgspec.UNSET
    inspection: str | msgspec.UnsetType = msgspec.UNSET


class StopReason(Strict):
    stop: Count | msgspec.UnsetType = msgspec.UNSET
    reason: str | msgspec.UnsetType = msgspec.UNSET
    note: str | msgspec.UnsetType = msgspec.UNSET
    event: (
        Literal["split", "merged", "planned", "planned_changed", "planned_cancelled"]
        | msgspec.UnsetType
    ) = msgspec.UNSET
    class_: StopClass | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="class")
    planned: bool | msgspec.UnsetType = msgspec.UNSET
    part: Count | msgspec.UnsetType = msgspec.UNSET
    at: Time | msgspec.UnsetType = msgspec.UNSET
    from_: Time | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="from")
    to: Time | msgspec.UnsetType = msgspec.UNSET
    planned_stop: Count | msgspec.UnsetType = msgspec.UNSET


class ChangeoverStandard(Strict):
    from_: Text = msgspec.field(name="from")
    to: Text
    standard_s: Annotated[int, Meta(ge=0)]
    before: str


class BoardHour(Strict):
    event: Literal["cause", "signed", "unsigned"]
    hour: Time
    label: Text
    shift: str
    production_day: str
    note: str
    reason: Text | msgspec.UnsetType = msgspec.UNSET
    plan: int | msgspec.UnsetType = msgspec.UNSET
    expected: int | msgspec.UnsetType = msgspec.UNSET
    good: int | msgspec.UnsetType = msgspec.UNSET
    scrap: int | msgspec.UnsetType = msgspec.UNSET
    difference: int | msgspec.UnsetType = msgspec.UNSET
    cause: str | msgspec.UnsetType = msgspec.UNSET
    orders: list[dict[str, int | str]] | msgspec.UnsetType = msgspec.UNSET


class Andon(Strict):
    event: Literal["called", "acknowledged", "closed"]
    note: str
    topic: Literal["maintenance", "material", "quality", "other"] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    call: Count | msgspec.UnsetType = msgspec.UNSET


class PinnedMaterial(Strict):
    material: Text
    revision: str
    quantity: Rational
    unit: Text
    tracked: Literal["lot", "serial", "none"]


class Question(Strict):
    about: Literal["cut", "cancelled", "short", "over"]
    made: int
    wanted: Raw
    was: Count
    supersedes: Count | msgspec.UnsetType = msgspec.UNSET
    superseded_job: Text | msgspec.UnsetType = msgspec.UNSET


class Answer(Strict):
    question: Count
    answer: Literal["close", "as_planned", "stock", "withdrawn"]
    note: str
    surplus: Raw
    against: Raw | None
    kept: Count | None


class Told(Strict):
    good: int
    used: int
    target: Raw
    limit: Raw


class Beyond(Strict):
    made: int
    least: Raw
    most: Raw


class MorePieces(Strict):
    good: int
    scrap: int


class OpeningState(Strict):
    good: Raw
    scrap: Raw
    more: MorePieces
    sha256: Sha256


class JobOrderEvent(Strict):
    event: Literal[
        "created",
        "allowed",
        "started",
        "running",
        "interrupted",
        "resumed",
        "ended",
        "aborted",
        "revised",
        "moved",
        "asked",
        "answered",
        "told",
        "credited",
        "laid_aside",
        "opening",
    ]
    order: Text
    operation: Count
    product: Text
    revision: Text
    number: Count | None
    quantity: Raw
    run_time_per_item: RunTime | None
    work_center: Text
    state: Literal[
        "NotAllowedToStart", "AllowedToStart", "Running", "Interrupted", "Ended", "Aborted"
    ]
    version: Count
    phase: Literal["setup", "run", "beside", ""]
    main: Text | msgspec.UnsetType = msgspec.UNSET
    raw: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    reason: Text | msgspec.UnsetType = msgspec.UNSET
    changeover: ChangeoverStandard | msgspec.UnsetType = msgspec.UNSET
    bom_revision: Text | msgspec.UnsetType = msgspec.UNSET
    routing_revision: Text | msgspec.UnsetType = msgspec.UNSET
    materials: list[PinnedMaterial] | msgspec.UnsetType = msgspec.UNSET
    question: Question | msgspec.UnsetType = msgspec.UNSET
    answer: Answer | msgspec.UnsetType = msgspec.UNSET
    told: Told | msgspec.UnsetType = msgspec.UNSET
    beyond: Beyond | msgspec.UnsetType = msgspec.UNSET
    started_at: Time | msgspec.UnsetType | None = msgspec.UNSET
    ended_at: Time | msgspec.UnsetType | None = msgspec.UNSET
    opening: OpeningState | msgspec.UnsetType = msgspec.UNSET


Exact = Annotated[str, Meta(pattern=r"^-?[0-9]+(/[1-9][0-9]*)?$")]
LotId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class MountedLot(Strict):
    material: Text
    lot: LotId
    revision: str
    made_by: str


class OpenedLot(Strict):
    job_order_id: Text
    lot: LotId


class Segment(Strict):
    """A fact that changes the lots of a work center says all that is there from now on."""

    raw: dict[str, int]
    certain: bool
    mounted: list[MountedLot]
    open: list[OpenedLot]


class LotMounted(Segment):
    event: Literal["mounted", "unmounted"]
    lot: LotId
    material: Text
    replaces: LotId | None


class LotRemounted(Strict):
    event: Literal["remounted"]
    corrects: Count
    lot: MountedLot
    was: LotId
    segments: list[Count]
    note: Text


class Booked(Resolved):
    material: Text
    quantity: Exact
    unit: Text
    reverses: Count | msgspec.UnsetType = msgspec.UNSET
    note: Text | msgspec.UnsetType = msgspec.UNSET


class LotUsed(Booked, kw_only=True):
    event: Literal["used"]
    lot: LotId
    into: LotId


class MaterialLost(Booked, kw_only=True):
    event: Literal["lost"]
    lot: str
    loss: Literal["production", "storage", "other"]
    reason: Text


class ConsumptionStated(Strict):
    event: Literal["stated"]
    material: Text
    lot: str
    quantity: Exact
    unit: Text
    total: Exact


class LotReceived(Strict):
    event: Literal["received"]
    lot: LotId
    kind: Literal["material", "serial", "product"]
    material: Text
    revision: str
    quantity: Exact
    unit: Text
    expires: Time | None
    supplier_lot: str


class LotOpened(Segment):
    event: Literal["opened"]
    lot: LotId
    kind: Text
    material: Text
    revision: str
    unit: Text
    container: str


class LotClosed(Strict):
    event: Literal["closed"]
    lot: LotId
    raw: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    certain: bool | msgspec.UnsetType = msgspec.UNSET
    mounted: list[MountedLot] | msgspec.UnsetType = msgspec.UNSET
    open: list[OpenedLot] | msgspec.UnsetType = msgspec.UNSET


class LotFlow(Strict):
    from_: LotId = msgspec.field(name="from")
    to: LotId
    quantity: Exact


class NewLot(Strict):
    lot: LotId
    kind: Text
    material: str
    revision: str
    unit: str
    expires: Time | None


class LotsFlowed(Strict):
    event: Literal["flowed"]
    how: Literal["packed", "split", "merged", "reworked", "serial"]
    flows: list[LotFlow]
    new: list[NewLot]
    reverses: Count | msgspec.UnsetType = msgspec.UNSET
    note: Text | msgspec.UnsetType = msgspec.UNSET


MATERIAL_EVENTS: dict[str, type[Strict]] = {
    "mounted": LotMounted,
    "unmounted": LotMounted,
    "remounted": LotRemounted,
    "used": LotUsed,
    "lost": MaterialLost,
    "stated": ConsumptionStated,
    "received": LotReceived,
    "opened": LotOpened,
    "closed": LotClosed,
    "flowed": LotsFlowed,
}


class ScheduleReceived(Strict):
    document: Literal["operations_schedule", "operations_definition"]
    id: Text
    revision: Text
    sha256: Sha256
    position: Count


class Forecast(Strict):
    id: Text
    completion: Time | None
    due: Time
    tardiness_s: Raw | None
    reasons: list[dict[str, Any]]


class PlanReleased(Strict):
    plan: Count
    input_hash: Sha256
    valid_from: Time
    orders: list[Forecast]


class InstructionAcknowledged(Strict):
    plan: Count
    work_center: Text
    hour: Time


class Placed(Strict):
    line: Text
    area: Text | None
    constraint: bool
    capacity_per_hour: Text | None


class ConfigurationApplied(Strict):
    sha256: Sha256
    taktline: Text
    work_centers: dict[str, Placed] | msgspec.UnsetType = msgspec.UNSET
    changes: dict[str, dict[str, list[Text]]] | msgspec.UnsetType = msgspec.UNSET


class MovedBoundary(Strict):
    between: list[str | None]
    at: Time
    raw: int | msgspec.UnsetType = msgspec.UNSET


class Correction(Strict):
    corrects: Count
    changes: dict[str, Any]
    note: Text | msgspec.UnsetType = msgspec.UNSET
    boundary: MovedBoundary | msgspec.UnsetType = msgspec.UNSET
    stops: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET
    gone: list[int] | msgspec.UnsetType = msgspec.UNSET


class DeviceWrite(Strict):
    tag: Text
    value: int | bool | str
    read_back: int | bool | str | None
    confirmed: bool | None


class DeviceWriteRefused(Strict):
    tag: Text
    value: int | bool | str | None
    why: Text


class ClockSkew(Strict):
    device: Text
    seconds: Text


class MailboxHeld(Strict):
    tag: Text
    last: Raw | None
    shown: Raw
    why: Text


class CountDifference(Strict):
    difference: int


class CounterSaturated(Strict):
    tag: Text


class DocumentRefused(Strict):
    document: Text
    id: Text
    why: Text


class ScanRefused(Strict):
    what: Text
    codes: list[Text]
    why: Text


class ThingLoaded(Strict):
    what: Literal["document", "tool", "program"]
    slot: Text
    id: Text
    revision: str
    refused: str


class LabelPrinted(Strict):
    lot: Text
    label: Text
    copy: Count
    printer: str
    sent: bool


class RevisionKept(Strict):
    kept: Text
    wanted: Text


class Audit(Strict):
    action: Literal[
        "revision_kept",
        "scan_refused",
        "loaded",
        "label_printed",
        "device_write",
        "device_write_refused",
        "clock_skew",
        "mailbox_held",
        "count_difference",
        "counter_saturated",
        "document_refused",
    ]
    detail: dict[str, Any]


AUDITS = {
    "revision_kept": RevisionKept,
    "scan_refused": ScanRefused,
    "loaded": ThingLoaded,
    "label_printed": LabelPrinted,
    "device_write": DeviceWrite,
    "device_write_refused": DeviceWriteRefused,
    "clock_skew": ClockSkew,
    "mailbox_held": MailboxHeld,
    "count_difference": CountDifference,
    "counter_saturated": CounterSaturated,
    "document_refused": DocumentRefused,
}


class Maintenance(Strict):
    event: Literal["reported", "begun", "done", "cancelled", "carried_over", "tool_changed"]
    plan: str
    at: Time
    kind: Literal["corrective", "preventive", ""] = ""
    note: str = ""
    stop: Count | None = None
    order: Count | None = None
    running: int | None = None
    cycles: int | None = None
    tool: "ChangedTool | msgspec.UnsetType" = msgspec.UNSET


class ChangedTool(Strict):
    id: Text
    strokes: Rational


class Labour(Strict):
    event: Literal["came", "left", "signed_on", "signed_off", "corrected"]
    person: Text
    kind: Literal["attendance", "work"]
    at: Time | None
    crew: str = ""
    split: Literal["equal", "running", "full", ""] = ""
    opened: Count | None = None
    start: Time | None = None
    why: Literal["said", "forgotten", ""] = ""
    note: str = ""


MATERIALS = {  # the events of each kind, each with a body of its own
    "material_consumed": ("mounted", "unmounted", "remounted", "used", "lost", "stated"),
    "material_produced": ("received", "opened", "closed", "flowed"),
}
BODIES: dict[str, type[Strict]] = {
    "production_count": ProductionCount,
    "counter_baseline": CounterBaseline,
    "quarantine": Quarantine,
    "data_gap": DataGap,
    "equipment_state": EquipmentState,
    "scrap": Reclassified,
    "rework": Reclassified,
    "stop_reason": StopReason,
    "board_hour": BoardHour,
    "andon": Andon,
    "quality_hold": QualityHold,
    "quality_result": QualityResult,
    "control_limits": ControlLimits,
    "nonconformance": Nonconformance,
    "material_consumed": Strict,
    "material_produced": Strict,
    "job_order_event": JobOrderEvent,
    "schedule_received": ScheduleReceived,
    "plan_released": PlanReleased,
    "instruction_acknowledged": InstructionAcknowledged,
    "configuration_applied": ConfigurationApplied,
    "correction": Correction,
    "audit": Audit,
    "labour": Labour,
    "maintenance": Maintenance,
}


class FactSchema(Strict):
    v: Literal[1]
    edge_id: Text
    epoch: Count
    seq: Count
    kind: Text
    occurred_at: Time
    recorded_at: Time
    equipment_id: Text
    job_order_id: Text | None
    source: Literal["plc", "operator", "system", "erp"]
    actor: Text | None
    body: dict[str, Any]
    prev_hash: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]


class NotAsWritten(AssertionError):
    """A fact that is not as section 1 says."""


def check(data: bytes) -> FactSchema:
    """The fact of canonical bytes; raises NotAsWritten that names what is wrong."""
    try:
        plain = json.loads(data, parse_float=_no_float, parse_constant=_no_float)
        again = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        _hold(again.encode() == data, "its bytes are not canonical")
        fact = msgspec.convert(plain, FactSchema)
        body = msgspec.convert(fact.body, _body_of(fact))
        _rules(fact, body)
    except (KeyError, msgspec.ValidationError, ValueError) as error:
        raise NotAsWritten(f"{error!r} in {data.decode()}") from error
    return fact


def _rules(fact: FactSchema, body: Strict) -> None:
    _hold(bool(fact.prev_hash) == (fact.seq > 1), "prev_hash is empty at seq 1 alone")
    _hold((fact.source == "operator") <= bool(fact.actor), "what people do has an actor")
    match body:
        case Labour():
            begins = body.event in {"came", "signed_on"}
            _hold(begins == (body.opened is None), "what ends or corrects names what began it")
            _hold(begins == bool(body.split), "what begins says how time is divided")
        case ProductionCount():
            back = bool({"corrected", "derived", "released", "reported"} & set(body.flags))
            begun = body.quantity == 0 and body.pieces_per_pulse is not msgspec.UNSET
            _hold(body.quantity > 0 or back or begun, "quantity")
            released = isinstance(body.quarantine, int) != isinstance(body.beside, int)
            _hold(released == ("released" in body.flags), "a release names its quarantine")
            _hold(not released or body.quantity >= 0, "no less than nothing is released")
            _hold(body.from_ <= body.to, "a count ends after it began")
            _hold(body.hour <= body.from_, "a count lies in its hour")
            _hold(body.to - body.hour <= 3_600_000_000, "a count never spans an hour's border")
        case DataGap():
            _hold(body.from_ <= body.to, "a gap ends after it began")
        case StopReason():
            window = body.event in {"planned", "planned_changed"}
            _hold(window == (body.to is not msgspec.UNSET), "a planned stop has an end")
            cut = body.event in {"split", "merged"}
            _hold(cut == (body.at is not msgspec.UNSET), "a stop is cut or joined at an instant")
            _hold((body.event is msgspec.UNSET or cut) == (body.stop is not msgspec.UNSET), "stop")
        case QualityHold():
            placed = body.scope is not msgspec.UNSET and body.reason is not msgspec.UNSET
            _hold(placed == (body.event == "placed"), "a hold that is placed says on what and why")
            _hold(placed != (body.hold is not msgspec.UNSET), "a release names its hold")
        case Nonconformance():
            _hold(body.quantity == sum(one.quantity for one in body.parts), "its parts add up")
            opened = body.nonconformance is msgspec.UNSET
            _hold(opened == (body.event == "opened"), "a decision names its nonconformance")
        case Audit():
            msgspec.convert(body.detail, AUDITS[body.action])
        case JobOrderEvent():
            _hold(fact.job_order_id == f"{body.order}.{body.operation}", "the job order's id")
            _hold(fact.equipment_id == body.work_center, "the job order's work center")
        case _:
            pass


def _body_of(fact: FactSchema) -> type[Strict]:
    events = MATERIALS.get(fact.kind)
    if events is None:
        return BODIES[fact.kind]
    _hold(fact.body["event"] in events, "the event is one of its kind")
    return MATERIAL_EVENTS[fact.body["event"]]


def _hold(true: bool, rule: str) -> None:
    if not true:
        raise ValueError(rule)


def _no_float(text: str) -> None:
    raise ValueError(f"{text} is a float")
