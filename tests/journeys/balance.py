"""Released hours, what was made and what remains of each order, from the facts of a run.

Of a version of the plan it is known what it rests on (`as_of`) and when it came into force. What
was good then, what its hours bring from `valid_from` on, what the hour that runs still owes and
what can never come, because an operation before has had scrap, are the order's quantity.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FINAL = frozenset({"Completed", "Ended", "Aborted"})
HOUR = 3_600_000_000
Json = Mapping[str, Any]
Hours = Mapping[str, Mapping[int, int]]
"""By job order, pieces by the hour (us)."""


@dataclass(frozen=True)
class Moment:
    """Of each job order, what was known after a fact; `inside` its good pieces by hour."""

    good: Mapping[str, int]
    scrap: Mapping[str, int]
    state: Mapping[str, str]
    quantity: Mapping[str, int]
    inside: Mapping[tuple[str, int], int]

    def short(self, job: str, ways: Mapping[str, str]) -> int:
        """Pieces of an order that this operation can never make; `ways` names the one before."""
        return max(self.quantity[job] - self._comes(job, ways), 0)

    def _comes(self, job: str, ways: Mapping[str, str]) -> int:
        if self.state[job] in FINAL:
            return self.good[job]
        before = ways.get(job)
        if before is None:
            return self.quantity[job]
        return min(self._comes(before, ways) - self.scrap[job], self.quantity[job])


@dataclass
class Ledger:
    """The moments after the facts `wanted`, by their seq."""

    wanted: frozenset[int]
    moments: dict[int, Moment] = field(default_factory=dict)
    ways: dict[str, str] = field(default_factory=dict)
    _good: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _scrap: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _state: dict[str, str] = field(default_factory=dict)
    _quantity: dict[str, int] = field(default_factory=dict)
    _inside: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))

    def read(self, facts: Iterable[Json]) -> None:
        """Take facts in their order."""
        for fact in facts:
            self._take(fact)
            if fact["seq"] in self.wanted:
                self.moments[fact["seq"]] = Moment(
                    defaultdict(int, self._good),
                    defaultdict(int, self._scrap),
                    dict(self._state),
                    dict(self._quantity),
                    defaultdict(int, self._inside),
                )
        self._find_ways()

    def _take(self, fact: Json) -> None:
        job, body = fact["job_order_id"], fact["body"]
        if fact["kind"] == "production_count" and job:
            is_good = body["role"] == "good"
            (self._good if is_good else self._scrap)[job] += body["quantity"]
            if is_good:
                self._inside[job, body["hour"]] += body["quantity"]
        elif fact["kind"] == "job_order_event":
            self._state[job], self._quantity[job] = body["state"], body["quantity"]
        else:
            assert fact["kind"] not in {"scrap", "rework", "correction"}, "nobody reports here"

    def _find_ways(self) -> None:
        orders: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for job in self._quantity:
            order, _, operation = job.rpartition(".")
            orders[order].append((int(operation), job))
        for steps in orders.values():
            jobs = [job for _, job in sorted(steps)]
            self.ways |= dict(zip(jobs[1:], jobs, strict=False))


@dataclass(frozen=True)
class Version:
    """A version as the API shows it, and the fact of its release."""

    plan: int
    seq: int
    as_of: int
    made_at: int
    valid_from: int
    hours: Hours

    @classmethod
    def of(cls, view: Json) -> "Version":
        hours: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for one in view["instructions"]:
            hours[f"{one['order']}.{one['operation']}"][one["hour"]] += one["quantity"]
        return cls(
            view["plan"], view["seq"], view["as_of"], view["made_at"], view["valid_from"], hours
        )

    def coming(self, job: str) -> int:
        """Pieces of its hours from `valid_from` on."""
        found = self.hours.get(job, {})
        return sum(pieces for hour, pieces in found.items() if hour >= self.valid_from)


def unbalanced(version: Version, ledger: Ledger, released: Hours) -> Sequence[str]:
    """Job orders of which a version's hours, what was made and what remains do not add up.

    `released` are the hours in force. What is good is that of a moment between `as_of` and the
    release; an hour that runs and stays owes between nothing and what it was to bring and had not
    made by `as_of`. What can never come is not known at once: scrap of the operation before may
    still be made up in its hour.
    """
    first, last = ledger.moments[version.as_of], ledger.moments[version.seq]
    hour = version.made_at - version.made_at % HOUR
    stays = version.valid_from > hour
    found = []
    for job, quantity in first.quantity.items():
        if first.state[job] in FINAL:
            continue
        owed = released.get(job, {}).get(hour, 0) - first.inside[job, hour] if stays else 0
        inside = [0 if stays else moment.inside[job, hour] for moment in (first, last)]
        rest = quantity - version.coming(job)
        least = rest - last.short(job, ledger.ways)
        most = max(first.good[job] + owed, last.good[job] - inside[1])
        too_few = last.state[job] not in FINAL and least > most
        if rest < first.good[job] - inside[0] or too_few:
            found.append(
                f"version {version.plan}, {job}: {quantity} wanted, {first.good[job]} good, "
                f"{version.coming(job)} to come, {owed} in the hour that runs"
            )
    return found
