"""What was recorded after a restore, put behind the facts that sync gave back: pure.

After a restore a store lacks facts (`back`) that sync holds. What it records until sync can be
asked (`meanwhile`) counts from baselines that are too old: the first reading of each counter
holds the pieces of `back` once more. Here those are taken off it, and nothing else changes: what
people said and what was counted later stays, in its order, at a later place in the chain. Where
it cannot be told what the first reading holds beyond `back`, because the counter was reset,
wrapped or doubted in between, all of it is a quarantine: a person decides, nobody guesses.

Pulses, messages of a mailbox and what people report are counted by the edge and not read from
a machine's counter: none of `back` is in them, only their raw values move on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge.domain.corrections import PARTS
from edge.domain.facts import Fact, FactDraft, FactKind, Json
from edge.domain.references import named
from edge.domain.vocabulary import FINAL_JOB_STATES

Counter = tuple[str, str]
"""Equipment and tag."""
MOVES = frozenset({FactKind.PRODUCTION_COUNT, FactKind.COUNTER_BASELINE, FactKind.QUARANTINE})
STATES = frozenset({FactKind.EQUIPMENT_STATE, FactKind.DATA_GAP})
BY_THE_EDGE = frozenset({"pulse", "reported"})
UNCONFIRMED = "unconfirmed"
APART = "word_apart"
JOB_BEGINS = frozenset({"started", "resumed"})


@dataclass(frozen=True, kw_only=True)
class Again:
    """A fact to be put behind those that came back, and the seq that it had (None for a new one).

    Its own `seq`, `prev_hash` and `epoch` say nothing any more.
    """

    was: int | None
    fact: Fact


@dataclass(frozen=True, kw_only=True)
class Rechained:
    """Facts in their order; `held` counters wait for a person.

    `same`: counts of meanwhile that came back as they were, each with the seq it has there.
    `apart`: words of people of what is not there any more; each is an audit in its place.
    """

    facts: tuple[Again, ...]
    held: int
    same: Mapping[int, int] = field(default_factory=dict)
    apart: int = 0


@dataclass(frozen=True)
class _Stand:
    """Where a counter stands: epoch, raw value, and when."""

    epoch: int
    raw: int
    at: int


@dataclass
class _Later:
    """How the facts of one counter behind its first reading change their place."""

    epochs: int = 0
    raws: int = 0


@dataclass
class _Plan:
    """What becomes of each fact of meanwhile, by its seq; whatever is not named stays."""

    dropped: set[int] = field(default_factory=set)
    changed: dict[int, Fact] = field(default_factory=dict)
    ahead: dict[int, list[Fact]] = field(default_factory=dict)
    later: dict[Counter, tuple[int, _Later]] = field(default_factory=dict)
    same: dict[int, int] = field(default_factory=dict)
    held: int = 0


def counter_of(fact: Fact | FactDraft) -> Counter | None:
    """The counter that a fact moves; None for all others, and for decisions of people."""
    if fact.kind not in MOVES or fact.body.get("quarantine") is not None:
        return None
    tag = fact.body.get("tag")
    return (fact.equipment_id, str(tag)) if tag else None


def rechained(
    back: Sequence[Fact],
    meanwhile: Sequence[Fact],
    first: Mapping[Counter, tuple[int, int]],
    by_the_edge: Callable[[Counter], bool] = lambda _: False,
) -> Rechained:
    """`meanwhile` as it follows `back`; `first` says, by counter, the seqs (first and last) of the
    recording that read it first after the restore."""
    plan = _Plan()
    came, made = _by_counter(back), _by_counter(meanwhile)
    for counter in came.keys() & made.keys():
        mine = made[counter]
        start, end = first.get(counter, (mine[0].seq, mine[0].seq))
        reading = [one for one in mine if start <= one.seq <= end] or mine[:1]
        own = by_the_edge(counter) or _is_by_the_edge(mine)
        judge = _shift if own else _judge
        judge(plan, counter, came[counter], reading, _on_machine(back, counter[0]))
    _off_ended_jobs(plan, back, meanwhile)
    facts = tuple(_again(plan, back, meanwhile))
    apart = sum(one.fact.body.get("action") == APART for one in facts)
    return Rechained(facts=facts, held=plan.held, same=plan.same, apart=apart)


def _by_counter(facts: Iterable[Fact]) -> dict[Counter, list[Fact]]:
    found: dict[Counter, list[Fact]] = {}
    for fact in facts:
        if (counter := counter_of(fact)) is not None:
            found.setdefault(counter, []).append(fact)
    return found


def _is_by_the_edge(facts: Sequence[Fact]) -> bool:
    return any(BY_THE_EDGE & {*one.body.get("flags", ())} for one in facts)


def _on_machine(back: Sequence[Fact], equipment: str) -> Fact | None:
    """The last fact that says which job the machine was on."""
    for fact in reversed(back):
        if fact.equipment_id != equipment or fact.job_order_id is None:
            continue
        begins = fact.kind == FactKind.JOB_ORDER_EVENT and fact.body["event"] in JOB_BEGINS
        if begins or (fact.kind == FactKind.PRODUCTION_COUNT and counter_of(fact)):
            return fact
    return None


def _stand(fact: Fact) -> _Stand:
    body = fact.body
    raw = body["raw"] if fact.kind == FactKind.COUNTER_BASELINE else body["raw_to"]
    return _Stand(int(body["counter_epoch"]), int(raw), int(body.get("to", fact.occurred_at)))


def _judge(
    plan: _Plan, counter: Counter, came: Sequence[Fact], reading: Sequence[Fact], on: Fact | None
) -> None:
    """Take off the first reading what came back; or hold it, where that cannot be told."""
    stood, stands = _stand(came[-1]), _stand(reading[-1])
    left = _left(came, reading)
    if left is not None:
        plan.dropped |= {one.seq for one in reading}
        plan.same |= _found_again(reading, came)
        if left or stands.raw != stood.raw:
            kept = _from_the_end(reading, left)
            plan.dropped -= {one.seq for one in kept}
            plan.changed |= {one.seq: _owned(one, on, came) for one in _joined(kept, stood)}
        return
    plan.dropped |= {one.seq for one in reading}
    last, moved = reading[-1], stood.epoch - stands.epoch
    if stood.raw != stands.raw:
        plan.held += 1
        plan.ahead[last.seq] = _held(last, reading, stood, stands)
        moved += 1
    plan.later[counter] = (last.seq, _Later(epochs=moved))


def _left(came: Sequence[Fact], reading: Sequence[Fact]) -> int | None:
    """Pieces of the first reading that are not among those that came back; None if that cannot be
    told: something else than counting happened to the counter, or jobs with other steps."""
    every = (*came, *reading)
    if any(one.kind != FactKind.PRODUCTION_COUNT for one in every):
        return None
    if len({one.body["counter_epoch"] for one in every}) > 1:
        return None
    if came[0].body["raw_from"] != reading[0].body["raw_from"]:
        return None
    in_parts = any(one.body.get("pieces_per_pulse") or one.body.get("rest") for one in every)
    if in_parts and len({one.job_order_id for one in every}) > 1:
        return None
    left = _pieces(reading) - _pieces(came)
    return left if left >= 0 else None


def _off_ended_jobs(plan: _Plan, back: Sequence[Fact], meanwhile: Sequence[Fact]) -> None:
    """What a machine counted for a job that had ended, as came back, goes to the job that it was
    on then, as the first reading does; until somebody says another word about the ended one."""
    ended = _ended(back)
    for fact in meanwhile:
        if fact.kind == FactKind.JOB_ORDER_EVENT:
            ended.discard(fact.job_order_id)
        if fact.kind != FactKind.PRODUCTION_COUNT or fact.job_order_id not in ended:
            continue
        if counter_of(fact) is None or "reported" in fact.body.get("flags", ()):
            continue
        on = _on_machine(back, fact.equipment_id)
        if on is not None and on.job_order_id not in ended and fact.seq not in plan.dropped:
            plan.changed[fact.seq] = _owned(plan.changed.get(fact.seq, fact), on, ())


def _ended(back: Sequence[Fact]) -> set[str | None]:
    """The job orders of which the last word that came back is that they are over."""
    events = [one for one in back if one.kind == FactKind.JOB_ORDER_EVENT]
    last = {one.job_order_id: one.body["state"] for one in events}
    return {job for job, state in last.items() if state in FINAL_JOB_STATES}


def _found_again(reading: Sequence[Fact], came: Sequence[Fact]) -> dict[int, int]:
    """Counts of a reading that came back as they were: what was said of one is of the other."""
    theirs = {_steps(one): one.seq for one in came}
    return {one.seq: theirs[_steps(one)] for one in reading if _steps(one) in theirs}


def _steps(fact: Fact) -> tuple[Json, ...]:
    return tuple(fact.body[name] for name in ("raw_from", "raw_to", "quantity", "role"))


def _pieces(facts: Iterable[Fact]) -> int:
    return sum(int(one.body["quantity"]) for one in facts)


def _from_the_end(reading: Sequence[Fact], left: int) -> list[Fact]:
    """The last facts of a reading, cut to `left` pieces: those that came back were made first."""
    kept: list[Fact] = []
    for fact in reversed(reading):
        if kept and not left:
            break
        quantity = min(int(fact.body["quantity"]), left)
        kept.append(_with(fact, quantity=quantity))
        left -= quantity
    return kept[::-1]


def _joined(kept: Sequence[Fact], stood: _Stand) -> list[Fact]:
    """Facts that begin where those that came back ended."""
    begun = kept[0]
    start = min(max(int(begun.body["from"]), stood.at), int(begun.body["to"]))
    return [_with(begun, raw_from=stood.raw, **{"from": start}), *kept[1:]]


def _owned(fact: Fact, on: Fact | None, came: Sequence[Fact]) -> Fact:
    """Whose pieces they are: the job that was on the machine when the facts that came back end."""
    if on is None or on.job_order_id == fact.job_order_id:
        return fact
    flags = dict.fromkeys([*fact.body["flags"], "order_changed"])
    flags.pop("unassigned", None)
    run_time = on.body.get("run_time_per_item")
    moved = _with(fact, flags=list(flags), run_time_per_item=run_time)
    return replace(moved, job_order_id=on.job_order_id)


def _held(last: Fact, reading: Sequence[Fact], stood: _Stand, stands: _Stand) -> list[Fact]:
    """A quarantine of all steps since the facts that came back, and the epoch behind it."""
    counts = [one for one in reading if one.kind != FactKind.COUNTER_BASELINE]
    sample = counts[-1].body if counts else {}
    held: dict[str, Json] = {
        "tag": last.body["tag"],
        "role": sample.get("role", "good"),
        "counter_epoch": stood.epoch,
        "raw_from": stood.raw,
        "raw_to": stands.raw,
        "reason": UNCONFIRMED,
        "from": stood.at,
        "to": max(stands.at, stood.at),
        "modulus": sample.get("modulus"),
        "limit": max(stands.raw - stood.raw, stands.raw, 0),
    }
    if sample.get("pieces_per_pulse"):
        held["pieces_per_pulse"] = sample["pieces_per_pulse"]
    released = {
        "tag": last.body["tag"],
        "counter_epoch": stood.epoch + 1,
        "raw": stands.raw,
        "reason": "released",
    }
    quarantine = replace(last, kind=FactKind.QUARANTINE, job_order_id=None, body=held)
    return [quarantine, replace(quarantine, kind=FactKind.COUNTER_BASELINE, body=released)]


def _shift(
    plan: _Plan, counter: Counter, came: Sequence[Fact], reading: Sequence[Fact], _on: Fact | None
) -> None:
    """Let what the edge itself counted go on where the facts that came back ended."""
    stood, begun = _stand(came[-1]), reading[0]
    if begun.kind == FactKind.COUNTER_BASELINE:  # it is begun already
        plan.dropped.add(begun.seq)
        epoch, raw = int(begun.body["counter_epoch"]), int(begun.body["raw"])
    else:
        epoch, raw = int(begun.body["counter_epoch"]), int(begun.body["raw_from"])
    moved = _Later(epochs=stood.epoch - epoch, raws=stood.raw - raw)
    plan.later[counter] = (begun.seq - 1, moved)


def _again(plan: _Plan, back: Sequence[Fact], meanwhile: Sequence[Fact]) -> Iterator[Again]:
    reached = {one.equipment_id: one.occurred_at for one in sorted(back, key=_when)}
    gone = plan.dropped - plan.same.keys()
    fewer = _taken_off(plan, meanwhile)
    for fact in meanwhile:
        for new in plan.ahead.get(fact.seq, ()):
            yield Again(was=None, fact=new)
        if fact.seq in plan.dropped:
            continue
        if _names(fact, gone):
            gone.add(fact.seq)
            if fact.actor:
                yield Again(was=fact.seq, fact=_apart(fact))
            continue
        now = _moved(plan, plan.changed.get(fact.seq, fact))
        if fact.kind == FactKind.CORRECTION and (less := fewer.get(int(fact.body["corrects"]))):
            now = _with(now, changes=_corrected(fact.body["changes"], *less))
        yield Again(was=fact.seq, fact=_after(now, reached.get(fact.equipment_id, 0)))


def _taken_off(plan: _Plan, meanwhile: Sequence[Fact]) -> dict[int, tuple[int, Fact]]:
    """By the seq of a count, the pieces of it that came back, and what it is without them."""
    found: dict[int, tuple[int, Fact]] = {}
    for fact in meanwhile:
        if (new := plan.changed.get(fact.seq)) is not None:
            less = int(fact.body["quantity"]) - int(new.body["quantity"])
            found[fact.seq] = (less, new)
    return {seq: one for seq, one in found.items() if one[0]}


def _corrected(changes: Mapping[str, Json], less: int, count: Fact) -> dict[str, Json]:
    """What a person said of a count, of which the first `less` pieces have come back."""
    now = dict(changes)
    if "quantity" in now:
        now["quantity"] = max(int(now["quantity"]) - less, 0)
    kept, left = list[Json](), less
    for part in now.get(PARTS) or ():
        off = min(left, int(part.get("quantity", 0)))
        left -= off
        if "quantity" not in part or part["quantity"] > off:
            begins = {"raw_from": count.body["raw_from"]} if off and "raw_from" in part else {}
            quantity = {"quantity": part["quantity"] - off} if "quantity" in part else {}
            kept.append({**part, **quantity, **begins})
    return {**now, PARTS: kept} if PARTS in now else now


def _when(fact: Fact) -> int:
    return fact.occurred_at


def _apart(fact: Fact) -> Fact:
    """What a person said of a count that came back as other counts: kept, for a person to say of
    those. Seqs in it are those of then."""
    detail: dict[str, Json] = {"kind": str(fact.kind), "said": dict(fact.body)}
    return replace(fact, kind=FactKind.AUDIT, body={"action": APART, "detail": detail})


def _names(fact: Fact, gone: set[int]) -> bool:
    """Whether a fact speaks of one that is not there any more."""
    return not gone.isdisjoint(named(fact))


def _moved(plan: _Plan, fact: Fact) -> Fact:
    counter = counter_of(fact)
    behind, later = plan.later.get(counter, (0, None)) if counter else (0, None)
    if later is None or fact.seq <= behind:
        return fact
    raws = {name: fact.body[name] + later.raws for name in RAWS if name in fact.body}
    return _with(fact, counter_epoch=fact.body["counter_epoch"] + later.epochs, **raws)


RAWS = ("raw", "raw_from", "raw_to")


def _after(fact: Fact, at: int) -> Fact:
    """A state or gap that begins no earlier than what came back was."""
    if fact.kind not in STATES or fact.occurred_at >= at:
        return fact
    moved = replace(fact, occurred_at=at)
    if fact.kind == FactKind.DATA_GAP:
        return _with(moved, **{"from": max(fact.body["from"], at), "to": max(fact.body["to"], at)})
    return moved


def _with(fact: Fact, **changes: Json) -> Fact:
    return replace(fact, body={**fact.body, **changes})
