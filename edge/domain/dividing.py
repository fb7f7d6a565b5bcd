"""A count is divided: how many of its pieces were made before a moment. Pure.

The pieces of a fact are a ribbon from 0 to its quantity, in the order in which they were
made. Where a moment or a raw value cuts it depends on the fact and on nothing that was
decided before, so that a cut can be made, moved and taken back in any order.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from edge.domain.corrections import Corrected
from edge.domain.facts import Fact

Running = Callable[[int, int], int]
"""Microseconds of a span in which the machine made pieces."""
DIVIDED, ESTIMATED = "divided", "estimated"
ASSIGNED = "assigned"  # given to its job by a person, who did not speak of a boundary


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A moment (us); `raw` is the counter's value there in the count `seq`, where it is known."""

    at: int
    seq: int | None = None
    raw: int | None = None


@dataclass(frozen=True, kw_only=True)
class Portion:
    """Pieces `first` to `last` of a fact's ribbon, made from `start` to `end`, of a job.

    `assigned`: a person gave them to that job, piece by piece or by the hour.
    """

    first: int
    last: int
    start: int
    end: int
    job: str | None
    assigned: bool = False

    @property
    def quantity(self) -> int:
        return self.last - self.first


def span(fact: Fact) -> tuple[int, int]:
    """When the pieces of a count were made (us); a moment where no time passed."""
    return int(fact.body["from"]), int(fact.body["to"])


def steps(fact: Fact) -> int | None:
    """Steps of the counter that a count tells; None where its raw values do not say."""
    raw_from, raw_to = fact.body.get("raw_from"), fact.body.get("raw_to")
    if raw_from is None or raw_to is None or fact.body["quantity"] <= 0:
        return None
    if raw_to > raw_from:
        return int(raw_to - raw_from)
    # It went round: by its own count, where a step is a piece.
    return None if "pieces_per_pulse" in fact.body else int(fact.body["quantity"])


def place(fact: Fact, quantity: int, cut: Cut, running: Running) -> int:
    """How many of a fact's `quantity` pieces were made before the cut.

    By the raw value where it is known; else in proportion to running time, else to time, by
    the largest remainder. What cannot be divided lies where it ends.
    """
    start, end = span(fact)
    if cut.seq == fact.seq and (by_raw := place_of_raw(fact, quantity, cut.raw)) is not None:
        return by_raw
    if quantity <= 0 or end <= cut.at:
        return quantity if end <= cut.at else 0
    if cut.at <= start:
        return 0
    before, after = running(start, cut.at), running(cut.at, end)
    if not before + after:
        before, after = cut.at - start, end - cut.at
    whole = before + after
    return (2 * quantity * before + whole) // (2 * whole)


def place_of_raw(fact: Fact, quantity: int, raw: int | None) -> int | None:
    """How many pieces were made before the counter showed `raw`; None if it never did here."""
    told = steps(fact)
    if raw is None or told is None or quantity <= 0:
        return None
    raw_from, raw_to = int(fact.body["raw_from"]), int(fact.body["raw_to"])
    done = raw - raw_from
    if raw_to <= raw_from and done < 0:
        done += raw_from + told - raw_to  # the modulus of a counter that went round
    return quantity * done // told if 0 <= done <= told else None


def portions(corrected: Corrected) -> tuple[Portion, ...]:
    """A count as it now stands, in the order of its pieces."""
    found, first = list[Portion](), 0
    for one in corrected.stands:
        last = first + int(one.body["quantity"])
        start, end = span(one)
        found.append(
            Portion(
                first=first,
                last=last,
                start=start,
                end=end,
                job=one.job_order_id,
                assigned=ASSIGNED in one.body.get("flags", ()),
            )
        )
        first = last
    return tuple(found)


def cut_at(found: Sequence[Portion], at: int, moment: int) -> list[Portion]:
    """The portions with one more border: before piece `at` of the ribbon, at that moment."""
    cut: list[Portion] = []
    for one in found:
        if one.first < at < one.last:
            when = min(max(moment, one.start), one.end)
            cut += [replace(one, last=at, end=when), replace(one, first=at, start=when)]
        else:
            cut.append(one)
    return cut


def joined(found: Iterable[Portion]) -> list[Portion]:
    """Neighbours of one job, that it has by the same word, as one portion."""
    kept: list[Portion] = []
    for one in found:
        if kept and (kept[-1].job, kept[-1].assigned) == (one.job, one.assigned):
            kept[-1] = replace(kept[-1], last=one.last, end=one.end)
        else:
            kept.append(one)
    return kept


def parts_of(
    whole: Fact,
    found: Sequence[Portion],
    run_time: Callable[[str | None], str | None],
    by_raw: bool,
) -> list[dict[str, Any]]:
    """`parts` of a correction that makes a fact these portions; none if that is the fact itself."""
    if len(found) == 1:
        job = found[0].job
        if job == whole.job_order_id:
            return []
        said = {"job_order_id": job, "run_time_per_item": run_time(job)}
        given = {"flags": [*whole.body.get("flags", ()), ASSIGNED]} if found[0].assigned else {}
        return [said | given]
    flags = [*whole.body.get("flags", ()), DIVIDED, *([] if by_raw else [ESTIMATED])]
    return [_part(whole, one, run_time, flags) for one in found]


def _part(
    whole: Fact,
    one: Portion,
    run_time: Callable[[str | None], str | None],
    flags: list[str],
) -> dict[str, Any]:
    own = [*flags, ASSIGNED] if one.assigned else flags
    part: dict[str, Any] = {"quantity": one.quantity, "job_order_id": one.job, "flags": own}
    part |= {"from": one.start, "to": one.end}
    same = one.job == whole.job_order_id
    part["run_time_per_item"] = whole.body.get("run_time_per_item") if same else run_time(one.job)
    if (told := steps(whole)) is not None:
        ends = [_raw(whole, told, at) for at in (one.first, one.last)]
        part |= {"raw_from": ends[0], "raw_to": ends[1]}
    return part


def _raw(whole: Fact, told: int, piece: int) -> int:
    """The counter's value before a piece of the ribbon."""
    quantity, raw_from, raw_to = (int(whole.body[n]) for n in ("quantity", "raw_from", "raw_to"))
    if piece == quantity:
        return raw_to
    done = told * piece // quantity
    value = raw_from + done
    return (
        value - (raw_from + told - raw_to)
        if raw_to <= raw_from and value >= raw_from + told - raw_to
        else value
    )


def share_in_order(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` in proportion to weights by the largest remainder; all to the first of no weights."""
    whole = sum(weights)
    if not whole:
        return (total, *(0 for _ in weights[1:]))
    shares = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in order[: total - sum(shares)]:
        shares[at] += 1
    return tuple(shares)
