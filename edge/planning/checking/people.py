"""Rules of people: with every operation that asks for skills is one who has them, at one place.

Whenever such an operation is worked on, the people at work must go round: each operation
gets one who has all its skills, and nobody is with two. Who it is may change while it
runs, unless its blocks name their `person`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from edge.domain.clock import to_datetime
from edge.planning.checking.blocks import place_of
from edge.planning.checking.ground import DAY, Ground, Violation
from edge.planning.checking.worktimes import Worktime, person_worktimes
from edge.planning.scenario.model import Block


@dataclass(frozen=True)
class _Post:
    """A stretch of work that needs somebody, and who could be there."""

    start: int
    end: int
    block: Block
    able: frozenset[str]


def people_violations(ground: Ground) -> Iterator[Violation]:
    """All of them; none where the scenario names no people."""
    if ground.scenario.people:
        yield from _Crew(ground).violations()


class _Crew:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._people = {one.id: frozenset(one.skills) for one in ground.scenario.people}

    @cached_property
    def _times(self) -> Mapping[str, Worktime]:
        blocks = self._ground.schedule["blocks"]
        first = min((one.start for one in blocks), default=self._ground.fence)
        last = max((one.end for one in blocks), default=self._ground.fence)
        return person_worktimes(self._ground.scenario, first - DAY, last + DAY)

    def violations(self) -> Iterator[Violation]:
        posts: list[_Post] = []
        for block in self._ground.schedule["blocks"]:
            if self._ground.unknown(block) is None:
                yield from self._named(block)
                posts += self._posts(block)
        yield from self._go_round(posts)

    def _wanted(self, block: Block) -> frozenset[str]:
        return frozenset(self._ground.steps[block.order, block.seq][1].skills)

    def _named(self, block: Block) -> Iterator[Violation]:
        """Who is named exists and has the skills."""
        if block.person is None:
            return
        if block.person not in self._people:
            yield Violation("SKILL", place_of(block), f"nobody is called {block.person}")
        elif not self._wanted(block) <= self._people[block.person]:
            lacking = ", ".join(sorted(self._wanted(block) - self._people[block.person]))
            yield Violation("SKILL", place_of(block), f"{block.person} lacks {lacking}")

    def _posts(self, block: Block) -> list[_Post]:
        """The worked stretches of a block that somebody is to be with."""
        wanted, center = self._wanted(block), block.work_center
        if center is None or not (wanted or block.person):
            return []
        able = {name for name, skills in self._people.items() if wanted <= skills}
        if block.person is not None:
            able &= {block.person}
        spans = self._ground.worktime[center].within(block.start, block.end)
        return [_Post(one.start, one.end, block, frozenset(able)) for one in spans]

    def _go_round(self, posts: list[_Post]) -> Iterator[Violation]:
        """At each moment at which something changes; an operation is named once."""
        told: set[int] = set()
        opens = sorted(range(len(posts)), key=lambda index: posts[index].start)
        running: list[int] = []
        at = 0
        for moment in self._moments(posts):
            running = [index for index in running if posts[index].end > moment]
            while at < len(opens) and posts[opens[at]].start <= moment:
                running.append(opens[at])
                at += 1
            here = {name for name, time in self._times.items() if time.works_at(moment)}
            for index in self._left_over([posts[one] for one in running], here):
                block = posts[running[index]].block
                if id(block) not in told:
                    told.add(id(block))
                    yield self._violation(posts[running[index]], here, moment)

    def _moments(self, posts: list[_Post]) -> list[int]:
        """Where a stretch begins or ends, or somebody comes or goes."""
        if not posts:
            return []
        first, last = min(one.start for one in posts), max(one.end for one in posts)
        found = {edge for one in posts for edge in (one.start, one.end)}
        for time in self._times.values():
            found |= {edge for one in time.within(first, last) for edge in (one.start, one.end)}
        return sorted(found)

    @staticmethod
    def _left_over(posts: list[_Post], here: set[str]) -> list[int]:
        """Indices of posts for which nobody is left when as many as possible have one."""
        holds: dict[str, int] = {}

        def finds(index: int, asked: set[str]) -> bool:
            for name in sorted(posts[index].able & here - asked):
                asked.add(name)
                if name not in holds or finds(holds[name], asked):
                    holds[name] = index
                    return True
            return False

        return [index for index in range(len(posts)) if not finds(index, set())]

    def _violation(self, post: _Post, here: set[str], moment: int) -> Violation:
        at = to_datetime(moment).astimezone(self._ground.scenario.zone).isoformat()
        wanted = ", ".join(sorted(self._wanted(post.block))) or f"{post.block.person}"
        if post.able & here:
            message = f"whoever has {wanted} is elsewhere at {at}"
            return Violation("PEOPLE", place_of(post.block), message)
        return Violation("SKILL", place_of(post.block), f"nobody with {wanted} is at work at {at}")
