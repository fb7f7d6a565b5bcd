"""What happens beside the machines while a demo runs: people come, and the plan is made again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from simulators.clock import Clock, to_datetime
from simulators.demo.attendance import Arrivals, Attendance
from simulators.demo.floor import Floor
from simulators.demo.replans import Replans
from simulators.demo.words import Words

EVERY_S = 0.5


@dataclass
class Script:
    """Plays what people do, and says what the screen is to say of it and of the plan."""

    arrivals: Arrivals
    replans: Replans
    clock: Clock
    zone: ZoneInfo
    words: Words
    _next: float = field(default=0.0)

    @classmethod
    def of(
        cls,
        attendance: Attendance,
        floor: Floor,
        clock: Clock,
        zone: ZoneInfo,
        words: Words,
        since: int,
    ) -> "Script":
        """For an edge; who has come before `since` (us) is there already."""
        return cls(
            arrivals=Arrivals(attendance, floor, since),
            replans=Replans(floor, zone, words),
            clock=clock,
            zone=zone,
            words=words,
        )

    def look(self) -> Iterator[str]:
        """Let come who comes by now; lines for the screen, in the order in which it happened."""
        now = self.clock.now()
        for one in self.arrivals.look(now):
            if one.late and one.person:
                at = to_datetime(now).astimezone(self.zone)
                yield self.words(
                    "came",
                    at=f"{at:%H:%M}",
                    person=one.person,
                    place=one.work_center or "-",
                    late=one.late,
                )
        if self.clock.monotonic() >= self._next:
            self._next = self.clock.monotonic() + EVERY_S
            yield from self.replans.look()
