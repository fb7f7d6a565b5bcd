"""Says when the plan was made again, why, and what moved: as the edge tells it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from simulators.clock import to_datetime
from simulators.demo.errors import NoAnswer
from simulators.demo.words import Words

Json = Mapping[str, Any]
# An hour that begins and documents that come are no news: the plan is made for them each time.
USUAL = frozenset({"plan.because_hour", "plan.because_documents", "plan.because_started"})
MOST_ORDERS = 3
MOST_VERSIONS = 20


class Plans(Protocol):
    """Who knows versions of the plan; raises NoAnswer."""

    def plan_versions(self, limit: int) -> list[dict[str, Any]]: ...
    def plan_difference(self, before: int, after: int) -> dict[str, Any]: ...


@dataclass
class Replans:
    """Remembers which versions were told; `count` those of each reason, by code."""

    plans: Plans
    zone: ZoneInfo
    words: Words
    count: dict[str, int] = field(default_factory=dict)
    _last: int = 0

    def look(self) -> Iterator[str]:
        """Lines about the versions that are new, the oldest first; none without an answer."""
        try:
            found = self.plans.plan_versions(MOST_VERSIONS)
            for version in sorted(found, key=lambda one: int(one["plan"])):
                if version["plan"] > self._last:
                    yield from self._lines(version)
                    self._last = int(version["plan"])
        except NoAnswer:
            return

    def _lines(self, version: Json) -> Sequence[str]:
        codes = set(_codes(version["why"]))
        for code in codes:
            self.count[code] = self.count.get(code, 0) + 1
        if codes <= USUAL or not version["replaces"]:
            return []
        changed = self.plans.plan_difference(version["replaces"], version["plan"])
        at, why = (
            self._clock(version["made_at"], version["made_at"]),
            self.words.told(version["why"]),
        )
        return [
            self.words("plan", at=at, plan=version["plan"], why=why),
            self.words(
                "moved", what=self.words.joined([*self._moved(changed, version["made_at"])])
            ),
        ]

    def _moved(self, changed: Json, made_at: int) -> Iterator[str]:
        ways = {"elsewhere": changed["moved"], "later": [], "earlier": []}
        for one in changed["shifted"]:
            ways["later" if _later(one) else "earlier"].append(one)
        nothing = not (any(ways.values()) or changed["hours"])
        for name, moves in ways.items():
            if moves:
                yield self._first(name, moves, made_at)
        late = [one["order"] for one in changed["lateness"] if one["after_s"] > one["before_s"]]
        again = [one["order"] for one in changed["lateness"] if not one["after_s"]]
        if late:
            yield self.words("late", orders=_named(late))
        if again:
            yield self.words("on_time", orders=_named(again))
        if changed["hours"]:
            yield self.words("hours", count=len(changed["hours"]))
        if nothing:
            yield self.words("nothing")

    def _first(self, name: str, moves: Sequence[Json], made_at: int) -> str:
        first = min(moves, key=lambda one: (one["before"]["start"], one["order"]))
        return self.words(
            name,
            count=len(moves),
            job=f"{first['order']}.{first['operation']}",
            center=first["after"]["work_center"],
            after=self._clock(first["after"]["end"], made_at),
            before=self._clock(first["before"]["end"], made_at),
        )

    def _clock(self, at: int, now: int) -> str:
        """`09:30`; with the date if it is on another day than now."""
        local, today = (to_datetime(one).astimezone(self.zone) for one in (at, now))
        return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%Y-%m-%d %H:%M}"


def _codes(why: Json) -> Iterator[str]:
    """The codes of a reason, or of each of several."""
    several = (why.get("params") or {}).get("why")
    if isinstance(several, list):
        for one in several:
            yield from _codes(one)
    else:
        yield str(why["code"])


def _later(move: Json) -> bool:
    before, after = move["before"], move["after"]
    return bool((after["end"], after["start"]) > (before["end"], before["start"]))


def _named(orders: Sequence[str]) -> str:
    more = len(orders) - MOST_ORDERS
    return ", ".join(sorted(orders)[:MOST_ORDERS]) + (f" +{more}" if more > 0 else "")
