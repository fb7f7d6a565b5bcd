"""Facts: what happened on the floor, once and for ever.

A fact's canonical bytes are UTF-8 JSON with sorted keys and no spaces. They are
made once, hashed, stored, sent and kept as they are: never decoded and encoded
again. `docs/contracts.md` lists the body of each kind.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

Json = Any
FORMAT_VERSION = 1
_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
_quoted = json.encoder.encode_basestring


def _canonical_encoder() -> Callable[[Json, int], Iterable[str]]:
    """What `_CANONICAL.encode` makes anew for each value, made once."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # a Python without the C module
        return lambda value, _: (_CANONICAL.encode(value),)
    encoder: Callable[[Json, int], Iterable[str]] = make(
        None, _CANONICAL.default, _quoted, None, ":", ",", True, False, False
    )
    return encoder


_canonical = _canonical_encoder()


class FactKind(StrEnum):
    EQUIPMENT_STATE = "equipment_state"
    PRODUCTION_COUNT = "production_count"
    COUNTER_BASELINE = "counter_baseline"
    QUARANTINE = "quarantine"
    DATA_GAP = "data_gap"
    SCRAP = "scrap"
    REWORK = "rework"
    STOP_REASON = "stop_reason"
    JOB_ORDER_EVENT = "job_order_event"
    SCHEDULE_RECEIVED = "schedule_received"
    PLAN_RELEASED = "plan_released"
    PLAN_PROPOSAL = "plan_proposal"
    PLAN_UNFROZEN = "plan_unfrozen"
    ORDER_FORECAST = "order_forecast"
    INSTRUCTION_ACKNOWLEDGED = "instruction_acknowledged"
    MATERIAL_CONSUMED = "material_consumed"
    MATERIAL_PRODUCED = "material_produced"
    LABOUR = "labour"
    QUALITY_RESULT = "quality_result"
    QUALITY_HOLD = "quality_hold"
    CONTROL_LIMITS = "control_limits"
    NONCONFORMANCE = "nonconformance"
    MAINTENANCE = "maintenance"
    ANDON = "andon"
    BOARD_HOUR = "board_hour"
    CONFIGURATION_APPLIED = "configuration_applied"
    CORRECTION = "correction"
    PROMISE = "promise"
    AUDIT = "audit"


class Source(StrEnum):
    PLC = "plc"
    OPERATOR = "operator"
    SYSTEM = "system"
    ERP = "erp"


@dataclass(frozen=True, kw_only=True)
class FactDraft:
    """What a room asks to have recorded; the store adds its place in the chain.

    `occurred_at` is in microseconds UTC of plant time. `equipment_id` is a work
    center, or the site for what concerns the whole plant. A float anywhere in
    the body is refused with ValueError: quantities are exact; so is all that JSON
    has no word for, and a key that is no string.
    """

    kind: FactKind
    occurred_at: int
    equipment_id: str
    source: Source
    job_order_id: str | None = None
    actor: str | None = None
    body: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_inexact(self.occurred_at, f"{self.kind}: occurred_at")
        refuse_inexact(self.body, self.kind)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A fact with its place in the chain; `prev_hash` is empty at seq 1."""

    edge_id: str
    epoch: int
    seq: int
    kind: FactKind
    occurred_at: int
    recorded_at: int
    equipment_id: str
    job_order_id: str | None
    source: Source
    actor: str | None
    body: Mapping[str, Json]
    prev_hash: str
    v: int = FORMAT_VERSION


_FIELDS = frozenset(one.name for one in fields(Fact))
_DECODER = json.JSONDecoder()
# What calling an enum looks up as well, in a tenth of the time.
_KINDS: Mapping[str, FactKind] = {one.value: one for one in FactKind}
_SOURCES: Mapping[str, Source] = {one.value: one for one in Source}


def placed(
    draft: FactDraft, *, edge_id: str, epoch: int, seq: int, recorded_at: int, prev_hash: str
) -> Fact:
    """The fact that a draft becomes at its place in the chain."""
    # A frozen dataclass sets its fields one call each; this is a third of the time.
    fact = object.__new__(Fact)
    fact.__dict__.update(
        draft.__dict__,
        edge_id=edge_id,
        epoch=epoch,
        seq=seq,
        recorded_at=recorded_at,
        prev_hash=prev_hash,
        v=FORMAT_VERSION,
    )
    return fact


def encode(fact: Fact) -> bytes:
    """Canonical bytes of a fact: sorted keys, no spaces, as `canonical` writes any value."""
    return "".join(texts(fact, canonical(fact.body))).encode()


def texts(fact: Fact, body: str) -> tuple[str, str, str, str, str]:
    """What `encode` joins, for a body that is written already: the second and the fourth text
    are the fact's `prev_hash` and `seq`, which its place in the chain says as well."""
    actor, job = fact.actor, fact.job_order_id
    return (
        (
            f'{{"actor":{"null" if actor is None else _quoted(actor)}'
            f',"body":{body},"edge_id":{_quoted(fact.edge_id)},"epoch":{fact.epoch}'
            f',"equipment_id":{_quoted(fact.equipment_id)}'
            f',"job_order_id":{"null" if job is None else _quoted(job)}'
            f',"kind":{_quoted(fact.kind)},"occurred_at":{fact.occurred_at}'
        ),
        f',"prev_hash":{_quoted(fact.prev_hash)}',
        f',"recorded_at":{fact.recorded_at}',
        f',"seq":{fact.seq}',
        f',"source":{_quoted(fact.source)},"v":{fact.v}}}',
    )


def canonical(value: Json) -> str:
    """Any value as canonical JSON; raises TypeError or ValueError for what JSON cannot say."""
    return "".join(_canonical(value, 0))


def decode(data: bytes) -> Fact:
    """The fact of canonical bytes; raises ValueError if they are not a fact of this format."""
    try:
        said, end = _DECODER.raw_decode(text := data.decode())
        if text[end:].strip():
            raise ValueError(f"more follows its {end} characters")
        kind, source = said["kind"], said["source"]
        said["kind"] = _KINDS.get(kind) or FactKind(kind)
        said["source"] = _SOURCES.get(source) or Source(source)
        if said.keys() == _FIELDS:  # as in `placed`, without a call for each field
            fact = object.__new__(Fact)
            fact.__dict__.update(said)
        else:
            fact = Fact(**said)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a fact: {error}") from error
    if fact.v != FORMAT_VERSION:
        raise ValueError(f"fact of format {fact.v}; this version reads {FORMAT_VERSION}")
    return fact


def sha256(data: bytes) -> str:
    """Hash of canonical bytes, in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def refuse_inexact(value: Json, place: str) -> None:
    """Raise ValueError if a float, or what JSON has no exact word for, stands in `value`."""
    if (found := _inexact_in(value)) is not None:
        raise ValueError(f"{place}{found}; facts hold integers and strings")


# What most values are: asked first, and without isinstance, because each fact is walked.
_EXACT = frozenset({str, int, bool, type(None)})


def _inexact_in(value: Json) -> str | None:
    """Path, value and type of the first of them, put together only if there is one."""
    if type(value) in _EXACT:
        return None
    if isinstance(value, (dict, Mapping)):
        for key, inner in value.items():
            if type(key) is not str and not isinstance(key, str):
                return f": the key {key!r} is no string"
            if type(inner) not in _EXACT and (found := _inexact_in(inner)) is not None:
                return f".{key}{found}"
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            if (found := _inexact_in(inner)) is not None:
                return f"[{index}]{found}"
    elif not isinstance(value, (str, int)):
        return f": {value!r} is a {type(value).__name__}"
    return None
