"""What the places of one machine mean, from how they moved beside each other: pure.

Behaviour decides; a name or a companion model settles what behaviour leaves open. Each role is
given once. What cannot be told is `other`, with the reason why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from plc_drivers.discovery.names import hints, is_setpoint
from plc_drivers.discovery.relations import (
    beside,
    follows,
    running,
    runs_at,
    share_at_running,
    stands,
)
from plc_drivers.discovery.series import Series

PACKML_STATES = range(1, 18)
EXECUTE = 6
RUNNING_SHARE = Fraction(9, 10)  # of a counter's steps come while the state is one of running
RATE_MARGIN = Fraction(3, 2)
MOMENT = "datetime"
SERVER_STARTED = "ServerStatus.StartTime"  # OPC 10000-5, 12.10


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One place that was watched. `series` is None for what is no whole number. `known` is a
    role that a companion model gives it, with its `model` in words, and `states` what its
    states are (packml, machinery). `writable`: a client may write it, as far as is told."""

    id: str
    address: str
    type: str
    series: Series | None = None
    order: str = "ABCD"
    name: str = ""
    unit: str = ""
    evidence: tuple[str, ...] = ()
    known: str = ""
    model: str = ""
    states: str = ""
    writable: bool = False


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A place with the role it is thought to have, and why. `modulus`, `max_rate_per_s` for
    counters; `states` maps own codes to PackML where that is certain."""

    place: Watched
    role: str = "other"
    evidence: tuple[str, ...] = ()
    modulus: int | None = None
    max_rate_per_s: Fraction | None = None
    states: Mapping[int, int] | None = None


def propose(watched: Sequence[Watched]) -> tuple[Proposal, ...]:
    """A proposal for each place, in the given order."""
    found: dict[str, Proposal] = {}
    for step in (_models, _beats, _counters, _states, _faults, _numbers, _by_name, _started):
        rest = [place for place in watched if place.id not in found]
        taken = {one.role for one in found.values()}
        found |= {one.place.id: one for one in step(rest, found, taken)}
    return tuple(found.get(place.id) or _other(place) for place in watched)


Found = Mapping[str, Proposal]


def _models(rest: Sequence[Watched], _: Found, taken: set[str]) -> Iterable[Proposal]:
    """Roles that a companion model gives."""
    for place in rest:
        if place.known and place.known not in taken:
            taken = taken | {place.known}
            proposal = Proposal(place=place, role=place.known, evidence=(place.model,))
            yield _as_counter(proposal) if place.known in _COUNTERS else proposal


def _beats(rest: Sequence[Watched], _: Found, taken: set[str]) -> Iterable[Proposal]:
    """The heartbeat: moves like a clock, all the time. At most one.

    A counter of a machine that never rested moves so too: if two do, or nothing else counts,
    none of them has a role until the machine was seen to stop.
    """
    rising = [place for place in rest if place.series and place.series.counts]
    toggling = [place for place in rest if place.series and place.series.toggles]
    straight = [
        place
        for place in rising
        if place.series and place.series.straight and not _adds_up(place, rising)
        if not any(role in _COUNTERS for role in hints(place.name))
    ]
    named = [place for place in straight if "heartbeat" in hints(place.name)]
    alone = straight if len(straight) == 1 and len(rising) > 1 else []
    for place in (named or toggling or alone)[:1]:
        if "heartbeat" not in taken:
            yield _heartbeat(place)
    if not (named or toggling or alone):
        for place in straight:
            yield Proposal(place=place, evidence=(*_moved(place), _NEVER_RESTED))


_NEVER_RESTED = (
    "it never rested while it was watched: it may be a heartbeat, or count pieces; "
    "watch again while the machine stops"
)


def _heartbeat(place: Watched) -> Proposal:
    evenly = place.series is not None and place.series.toggles
    pace = "to and fro" if evenly else _per_second(_rate(place))
    words = f"moves all the time like a clock, {pace}"
    return Proposal(place=place, role="heartbeat", evidence=(words,))


def _adds_up(place: Watched, rising: Sequence[Watched]) -> bool:
    """Whether it is a total or a part of one: it counts, however evenly it moved."""
    totals = [_total(other) for other in rising if other.id != place.id]
    mine = _total(place)
    return any(a + b == mine or abs(a - b) == mine for a, b in combinations(totals, 2))


_COUNTERS = ("good", "reject", "total", "rework")


def _counters(rest: Sequence[Watched], _: Found, taken: set[str]) -> Iterable[Proposal]:
    """Counters: only ever forward. The relation between them tells good, reject and total."""
    rising = [place for place in rest if place.series and place.series.counts]
    if not rising:
        return
    counting = sorted(_while_running(rising, rest), key=lambda place: -_total(place))
    roles = _related(counting, taken)
    for place in counting:
        role = roles.get(place.id)
        if role is None:
            why = "counts, but its part beside the other counters is not clear"
            yield Proposal(place=place, evidence=(*_moved(place), why))
        else:
            yield _as_counter(Proposal(place=place, role=role[0], evidence=(role[1],)))


def _while_running(rising: Sequence[Watched], rest: Sequence[Watched]) -> Iterable[Watched]:
    """Those that rise while the machine runs: an order number may rise too, between the runs."""
    busiest = max(rising, key=lambda place: len(place.series.moves if place.series else ()))
    state = _state_of(rest, [busiest.series]) if busiest.series else None
    if state is None or state.series is None or busiest.series is None:
        return rising
    value = running(state.series, [busiest.series])
    return [
        place for place in rising if place.series and runs_at(place.series, state.series, value)
    ]


def _related(counting: Sequence[Watched], taken: set[str]) -> dict[str, tuple[str, str]]:
    """Role and reason by id: names first where they are clear, else by the sums."""
    roles: dict[str, tuple[str, str]] = {}
    for place in counting:
        named = [role for role in hints(place.name) if role in _COUNTERS]
        used = {role for role, _ in roles.values()} | taken
        free = [role for role in named if role not in used]
        if free and not is_setpoint(place.name):
            roles[place.id] = (free[0], f"its name says {free[0]}")
    return roles or _by_sums(counting, taken)


def _by_sums(counting: Sequence[Watched], taken: set[str]) -> dict[str, tuple[str, str]]:
    roles: dict[str, tuple[str, str]] = {}
    if len(counting) >= 3:
        first, second, third = counting[:3]
        if _total(first) == _total(second) + _total(third):
            roles[first.id] = ("total", "counts as much as two others together")
            roles[second.id] = ("good", "the larger part of the total")
            roles[third.id] = ("reject", "the smaller part of the total")
    elif len(counting) == 2:
        first, second = counting
        if second.series and first.series and follows(second.series, first.series):
            roles[first.id] = ("total", "counts whenever the other one does, and more often")
            roles[second.id] = ("good", "counts only together with the total")
        else:
            roles[first.id] = ("good", "counts more often")
            roles[second.id] = ("reject", "counts seldom, and not together with the other")
    elif len(counting) == 1:
        roles[counting[0].id] = ("good", "the only counter")
    return {key: role for key, role in roles.items() if role[0] not in taken}


def _as_counter(proposal: Proposal) -> Proposal:
    place, series = proposal.place, proposal.place.series
    if series is None:
        return proposal
    peak = series.peak * RATE_MARGIN
    rate = max(Fraction(int(peak * 10) + 1, 10), Fraction(1, 10))
    return replace(
        proposal,
        evidence=(*_moved(place), *proposal.evidence),
        modulus=series.modulus if place.type.startswith("uint") else series.modulus // 2,
        max_rate_per_s=rate,
    )


def _states(rest: Sequence[Watched], found: Found, taken: set[str]) -> Iterable[Proposal]:
    """The state: few values, and the machine counts while it shows the one for running.

    A fault code does so too (0 while pieces come), and perhaps the recipe; but those stand at
    that value also while none come. So the one that stands there for the shortest time is it.
    """
    if "state" in taken:
        return
    pieces = [one.place.series for one in found.values() if one.role in _COUNTERS]
    counters = [series for series in pieces if series is not None]
    place = _state_of(rest, counters)
    if place is None or place.series is None:
        return
    series = place.series
    value = running(series, counters)
    seen = ", ".join(str(value) for value in sorted(series.distinct))
    share = _percent(share_at_running(series, counters))
    packml = value == EXECUTE and series.distinct <= set(PACKML_STATES)
    words = "these are PackML numbers (6 is Execute)" if packml else "its own codes"
    yield Proposal(
        place=place,
        role="state",
        evidence=(f"shows {seen}; {share} of the pieces came while it showed {value}", words),
        states=None if packml else {value: EXECUTE},
    )


def _state_of(rest: Sequence[Watched], counters: Sequence[Series]) -> Watched | None:
    """The place that explains best when pieces come; None if none does."""
    fitting = [
        (stands(place.series, counters), place)
        for place in rest
        if place.series is not None and not is_setpoint(place.name)
        if share_at_running(place.series, counters) >= RUNNING_SHARE
    ]
    named = [each for each in fitting if "state" in hints(each[1].name)]
    best = min(named or fitting, key=lambda each: each[0], default=None)
    return None if best is None else best[1]


def _faults(rest: Sequence[Watched], found: Found, taken: set[str]) -> Iterable[Proposal]:
    """The fault code: 0 while the machine runs, else a code."""
    state = next((one for one in found.values() if one.role == "state"), None)
    if state is None or state.place.series is None or "fault" in taken:
        return
    shown = state.place.series
    at_work = EXECUTE if state.states is None else next(iter(state.states))
    for place in rest:
        series = place.series
        if series is None or series.constant or is_setpoint(place.name):
            continue
        faulty = [state for value, state in beside(series, shown) if value]
        calm = faulty and 0 in series.distinct and len(series.distinct) <= 64
        at_rest = sum(state != at_work for state in faulty)
        if calm and at_rest * 10 >= len(faulty) * 9:
            words = f"0 while the machine runs; else {_some(series.distinct - {0})}"
            yield Proposal(place=place, role="fault", evidence=(words,))
            return


def _numbers(rest: Sequence[Watched], found: Found, taken: set[str]) -> Iterable[Proposal]:
    """Order and recipe: numbers that change now and then, at a changeover, never to and fro."""
    changing = [
        place
        for place in rest
        if place.series is not None
        and not place.series.constant
        and not is_setpoint(place.name)
        and (not (said := hints(place.name)) or {"order", "recipe"} & set(said))
        and len(place.series.moves) * 8 <= len(place.series.values)
        and len(place.series.moves) < 2 * len(place.series.distinct)
    ]
    changing.sort(key=lambda place: -max(place.series.values if place.series else (0,)))
    for role, place in zip(
        (role for role in ("order", "recipe") if role not in taken), changing, strict=False
    ):
        assert place.series is not None
        words = f"changed {len(place.series.moves)} time(s), to {_some(place.series.distinct)}"
        yield Proposal(place=place, role=role, evidence=(words, "by its changes only: look at it"))


_BY_NAME = ("state", "mode", "fault", "order", "recipe", "boot", "heartbeat", "speed", "energy")
_WHOLE = ("state", "mode", "fault", "order", "recipe", "boot", *_COUNTERS)


def _by_name(rest: Sequence[Watched], _: Found, taken: set[str]) -> Iterable[Proposal]:
    """What stood still while it was watched, but says in its name what it is."""
    for place in rest:
        named = [role for role in hints(place.name) if role in (*_BY_NAME, *_COUNTERS)]
        free = [
            role
            for role in named
            if role not in taken and not (role in _WHOLE and not place.type.startswith(("u", "i")))
        ]
        if not free or place.type == MOMENT or is_setpoint(place.name):
            continue
        taken = taken | {free[0]}
        words = f"by its name only: {_stood(place)}"
        proposal = Proposal(place=place, role=free[0], evidence=(words,))
        yield _as_counter(proposal) if free[0] in _COUNTERS else proposal


def _started(rest: Sequence[Watched], found: Found, taken: set[str]) -> Iterable[Proposal]:
    """Where counters are and nothing tells of the machine's boots: those of its server."""
    place = next((p for p in rest if (p.type, p.name) == (MOMENT, SERVER_STARTED)), None)
    if place is not None and "boot" not in taken and taken & {*_COUNTERS}:
        words = (
            "tells when the server was started, not the machine: no other boot tag was found",
            "counters that survive a start of the server are told apart by their values",
        )
        yield Proposal(place=place, role="boot", evidence=words)


def _other(place: Watched) -> Proposal:
    words = "its name says that a client writes here; " if is_setpoint(place.name) else ""
    return Proposal(place=place, evidence=(words + _stood(place),))


def _stood(place: Watched) -> str:
    series = place.series
    if place.type == MOMENT:
        return "a moment: a date and a time"
    if series is None or not series.values:
        return "no whole number was read here"
    if series.constant:
        return f"it stood at {series.values[0]} while it was watched"
    low, high = min(series.values), max(series.values)
    return f"it changed {len(series.moves)} times between {low} and {high}"


def _moved(place: Watched) -> tuple[str, ...]:
    series = place.series
    assert series is not None
    if series.constant:
        return ()
    wraps = f", went round {series.wraps} time(s) at {series.modulus:,}" if series.wraps else ""
    rates = f"{_per_second(series.rate)}, at most {_per_second(series.peak)}"
    return (f"only forward: {series.total} in {int(series.seconds)} s, {rates}{wraps}",)


def _rate(place: Watched) -> Fraction:
    return place.series.rate if place.series else Fraction(0)


def _total(place: Watched) -> int:
    return place.series.total if place.series else 0


def _per_second(rate: Fraction) -> str:
    return f"{float(rate):.3g}/s"


def _percent(share: Fraction) -> str:
    return f"{int(share * 100)} %"


def _some(values: Iterable[int]) -> str:
    ordered = sorted(values)
    return ", ".join(map(str, ordered[:6])) + (" and others" if len(ordered) > 6 else "")
