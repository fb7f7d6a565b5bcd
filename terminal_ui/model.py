"""The board as the edge sends it (docs/contracts.md, section 4), read once and typed.

Times are microseconds UTC, quantities pieces. Keys that this version does not know are
left out, so that an older terminal can show a newer edge; one that is missing or of
another type is AnswerInvalid with its place, before any widget sees it.
"""

from dataclasses import dataclass

from terminal_ui.decode import decode


@dataclass(frozen=True, kw_only=True)
class Shift:
    name: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class State:
    """`state` is a PackML number or None where the edge has no valid signal.

    `fault_text` by language, empty where the plant gave none.
    """

    state: int | None
    name: str | None
    mode: int | None
    fault: int | None
    fault_text: dict[str, str] | None
    time_class: str | None
    since: int | None
    quality: str | None


@dataclass(frozen=True, kw_only=True)
class Told:
    """A sentence of the edge, in English; others have theirs by its code (sentences.py)."""

    code: str
    detail: str
    mend: str
    params: dict[str, object] | None = None


@dataclass(frozen=True, kw_only=True)
class Block(Told):
    """What speaks against the start of a job, or should be known of one that runs."""

    only_warns: bool


@dataclass(frozen=True, kw_only=True)
class Job:
    """An operation of an order on this work center; `left` good pieces are still wanted."""

    id: str
    order: str
    operation: int
    product: str
    description: str | None
    quantity: int
    good: int
    scrap: int
    left: int
    state: str
    version: int
    phase: str | None
    waits_for_input: bool = False
    over: int = 0
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a supervisor is asked about a job: `about` cut, cancelled, short or over."""

    id: int
    job_order_id: str
    about: str
    made: int
    wanted: int


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """From what to what the work center is set up; None where it is not known."""

    from_family: str | None
    to_family: str | None
    from_tool: str | None
    to_tool: str | None


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A document that is worked by."""

    id: str
    revision: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Staged:
    """Material to bring for an hour; `quantity` a decimal."""

    material: str
    revision: str | None
    quantity: str
    unit: str
    tracked: str


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """What to make in the hour that `label` names, how fast, with what and from what.

    `rate` pieces an hour is None where the product has no cycle time: then nobody has checked
    that the hour can hold the pieces (`unchecked`). Of `quantity` pieces `good` are planned to be.
    """

    plan: int
    hour: int
    label: str
    order: str
    operation: int
    product: str
    quantity: int
    acknowledged: bool
    good: int | None = None
    revision: str = ""
    rate: str | None = None
    takt_s: str | None = None
    unchecked: bool = False
    setup_s: int = 0
    setup: SetUp | None = None
    tool: str | None = None
    documents: tuple[Paper, ...] = ()
    materials: tuple[Staged, ...] = ()
    changed_since: str | None = None

    @property
    def target(self) -> int:
        """Good pieces that the hour is to bring."""
        return self.quantity if self.good is None else self.good


@dataclass(frozen=True, kw_only=True)
class Signature:
    """An hour's figures as somebody signed them; `changed`: other ones are known now."""

    by: str
    good: int
    scrap: int
    difference: int
    changed: bool


@dataclass(frozen=True, kw_only=True)
class Hour:
    """A row of the hour-by-hour board; `status` is past, current, future or break.

    `cause` is a reason's code, or a fault's number with its `cause_text` by language.
    `asks_cause`: it is red and nobody has said why; `data_gap` us of it are not known.
    """

    hour: int
    label: str
    plan: int
    actual: int | None
    scrap: int | None
    difference: int | None
    cumulative: int | None
    cause: str | None
    cause_text: dict[str, str] | None
    status: str
    asks_cause: bool
    signature: Signature | None
    version: int
    data_gap: int
    data_gaps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Required:
    """What the rest of the shift must bring; `per_hour_up` pieces, None without time left."""

    pieces: int
    time: int
    per_hour_up: int | None


@dataclass(frozen=True, kw_only=True)
class Within:
    """Between two moments (us); `percent` of a hundred times."""

    from_: int
    to: int
    percent: int


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """What an operation must bring for its order to be on time; `percent` of its rate."""

    operation: int
    per_hour_up: int | None
    percent: int | None
    possible: bool


@dataclass(frozen=True, kw_only=True)
class MovedFinish:
    """When (us) another finish was expected of an order than `was_finish`, and why."""

    at: int
    was_finish: int
    because: tuple[Told, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What is expected of the order that is on: when it is finished (us), and why it is late."""

    due: int
    forecast_finish: int | None
    range: Within | None
    recovery: Recovery | None
    late_s: int
    late_because: tuple[Told, ...] = ()
    moved: MovedFinish | None = None
    unmade: Told | None = None


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call for help that is open; times in us."""

    id: int
    topic: str
    note: str
    called_at: int
    called_by: str
    acknowledged_at: int | None
    acknowledged_by: str


@dataclass(frozen=True, kw_only=True)
class Changeover:
    """A job's set-up with its standard; times in us."""

    job_order_id: str
    from_: str
    to: str
    standard: int
    spent: int
    beyond: int


@dataclass(frozen=True, kw_only=True)
class Kpis:
    """Decimal strings, None where there is no figure."""

    availability: str | None
    effectiveness: str | None
    quality_ratio: str | None
    oee: str | None
    coverage: str | None


@dataclass(frozen=True, kw_only=True)
class OpenStop:
    """The stop that lasts; `from_` is its beginning."""

    id: int
    from_: int
    fault: int | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class StopPart:
    """A part of a stop; `part` names it in calls, None where a planned stop made it."""

    from_: int
    to: int | None
    part: int | None
    reason: str
    planned: bool


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A stop of the shift, with its parts; `to` is None while it lasts."""

    id: int
    from_: int
    to: int | None
    fault: int | None
    reason: str | None
    version: int
    parts: tuple[StopPart, ...]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A measured value as text, read at `edge_time`; None where nothing was read."""

    tag: str
    role: str
    unit: str
    value: str | None
    quality: str | None
    edge_time: int | None


@dataclass(frozen=True, kw_only=True)
class Link:
    """The edge's link to sync: `waiting` facts are not there yet, `since` the last change."""

    state: str
    waiting: int
    since: int | None


@dataclass(frozen=True, kw_only=True)
class DueInspection:
    """An inspection that is due, and how late, in `unit` (pieces or minutes); `not_taken` says
    why what the machine is to measure was not."""

    job_order_id: str
    inspection: str
    en: str
    zh: str
    late: int
    unit: str
    overdue: bool
    not_taken: str = ""
    not_taken_coded: tuple[Told, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Something that may not be worked on; `reason_coded` where the edge itself has said why."""

    id: int
    scope: str
    target: str
    reason: str
    placed_by: str
    reason_coded: Told | None = None


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What is due, held and found here; pieces `held`, and `waiting` for rework."""

    due: tuple[DueInspection, ...] = ()
    holds: tuple[Hold, ...] = ()
    findings: tuple[str, ...] = ()
    findings_coded: tuple[Told, ...] = ()
    held: int = 0
    waiting: int = 0


@dataclass(frozen=True, kw_only=True)
class Papers:
    """By which revision of a product, and which drawings, a job is done now."""

    revision: str
    documents: tuple[Paper, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HourChange:
    """Pieces of a job in an hour, before and after a plan changed them; its `papers` where these
    are others now."""

    hour: int
    label: str
    job_order_id: str
    before: int
    after: int
    papers: Papers | None = None


@dataclass(frozen=True, kw_only=True)
class PlanNews:
    """What versions of the plan that nobody here has acknowledged change of the shift."""

    plan: int
    told_at: int
    why: Told | None
    released_by: str | None
    overdue: bool
    changes: tuple[HourChange, ...]


@dataclass(frozen=True, kw_only=True)
class Board:
    """All that one screen shows of a work center.

    `counting` is `manual` where people report its pieces; `quarantines` how many readings wait
    for a person; `not_shown` that the machine shows another order than the job that is on.
    """

    work_center: str
    name: str
    plant_now: int
    label: str
    shift: Shift | None
    state: State
    job: Job | None
    instruction: Instruction | None
    next: tuple[Job, ...]
    counting: str
    quarantines: int
    hours: tuple[Hour, ...]
    kpis: Kpis | None
    open_stop: OpenStop | None
    stops: tuple[Stop, ...]
    required: Required | None
    andon: tuple[Call, ...]
    link: Link
    measures: tuple[Measure, ...]
    quality: Quality = Quality()
    jobs: tuple[Job, ...] = ()
    questions: tuple[Question, ...] = ()
    changeovers: tuple[Changeover, ...] = ()
    alarms: tuple[Told, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    next_instructions: tuple[Instruction, ...] = ()
    not_shown: Told | None = None
    outlook: Outlook | None = None
    plan_news: PlanNews | None = None


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What the two values of a reading can mean: how, and in pieces."""

    how: str
    pieces: int


@dataclass(frozen=True, kw_only=True)
class Held:
    """A reading that is not believed; `limit` is the most that rate and time allow, `most`
    the most that its values do. `label` is local time, with the offset."""

    id: int
    tag: str
    raw_from: int
    raw_to: int
    label: str
    job_order_id: str | None
    limit: int | None
    most: int
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, kw_only=True)
class AllHeld:
    items: tuple[Held, ...]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A reason for scrap or a stop; the code is sent, the text shown. `parent` is the code above
    it in the tree, empty at the top."""

    code: str
    en: str
    zh: str
    parent: str = ""

    def text(self, language: str) -> str:
        """In the operator's language; the code where the plant gave no text."""
        return {"en": self.en, "zh": self.zh}.get(language) or self.code


@dataclass(frozen=True, kw_only=True)
class Reasons:
    scrap: tuple[Reason, ...] = ()
    stop: tuple[Reason, ...] = ()


def board_from(data: object) -> Board:
    """Raises AnswerInvalid."""
    return decode(Board, data, "board")


def reasons_from(data: object) -> Reasons:
    """Raises AnswerInvalid."""
    return decode(Reasons, data, "reasons")


def held_from(data: object) -> tuple[Held, ...]:
    """Raises AnswerInvalid."""
    return decode(AllHeld, data, "quarantines").items
