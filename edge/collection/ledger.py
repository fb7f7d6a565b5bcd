"""All counters of a work center together: one snapshot is counted as a whole.

Pure. Beside the counters the ledger remembers what the last snapshot showed of order,
state and boot counter (`marks`): they lie in the store with the baselines, in epoch 0,
and move in the same transaction, so that after a restart the pieces made meanwhile go to
the job that was on the machine.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from edge.collection.channels import Advanced, Channel, Counter, Note, Pieces, kept
from edge.collection.counters import Flag, Recheck, Unchanged
from edge.collection.derived import DERIVED, FACT_ROLES, Derivation, counted_as
from edge.collection.marks import Marks
from edge.collection.owners import Owners
from edge.collection.pulses import Pulse
from edge.collection.scales import Scale
from edge.collection.settings import CounterTag, WorkCenterSettings
from edge.collection.sides import sides
from edge.collection.snapshots import Seen
from edge.domain.recording import Baseline, BaselineMove

MARKS = ("boot", "order", "state")
# In the store, beside a tag and never in the place of the counter that it may have been.
MARK = "#mark"
LEVEL = "#level"  # of a sensor
AWAY = "#away"  # 1 while snapshots are taken without it, because it is not in plant.toml
ROLE = "#role"  # what it counted, and what that was judged as: places in ROLES
ROLES = ("good", "reject", "rework", "total", "scrap")
ENERGY = len(ROLES) ** 2  # the place of a meter, behind those of all counters of pieces
NOT_SHOWN = -1  # in the store, for a mark that was not good


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Where all counters of a work center stand, and what was shown with them, by tag."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    marks: Mapping[str, Channel] = field(default_factory=dict)

    @property
    def moves(self) -> tuple[BaselineMove, ...]:
        """What the store has to change to stand where this ledger stands."""
        every = (*self.channels.values(), *self.marks.values())
        return tuple(move for channel in every if (move := channel.move) is not None)

    @property
    def evidence_at(self) -> int | None:
        """When the work center was last seen (us)."""
        every = (*self.channels.values(), *self.marks.values())
        return max((channel.row.at for channel in every), default=None)

    def settled(self) -> "Ledger":
        """This ledger once the store has taken its moves."""
        return Ledger(
            channels={tag: one.settled() for tag, one in self.channels.items()},
            marks={tag: one.settled() for tag, one in self.marks.items()},
        )


@dataclass(frozen=True, kw_only=True)
class Doubted:
    """Some counters have to be read again before anything is counted: tag and why."""

    reasons: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a snapshot adds: the ledger after it, pieces, and facts about the counters.

    `saturated` names the counters that stand at their end; `left_end` those that stood there
    and move again, with when they were last seen there (us).
    """

    ledger: Ledger
    pieces: tuple[Pieces, ...] = ()
    notes: tuple[Note, ...] = ()
    saturated: frozenset[str] = frozenset()
    left_end: Mapping[str, int] = field(default_factory=dict)


class Bookkeeper:
    """Counts the snapshots of one work center."""

    def __init__(self, settings: WorkCenterSettings, owners: Owners) -> None:
        self._id = settings.id
        roles = frozenset(counter.role for counter in settings.counters)
        counters = (_counter(settings, one, owners) for one in settings.counters)
        self._counters: dict[str, Counting] = {one.tag: one for one in counters}
        judged = counted_as(settings.counters)
        self._roles = {one.tag: _role(one.role, judged[one.tag]) for one in settings.counters}
        self._counters |= {one.tag: _meter(settings, one, owners) for one in settings.meters}
        self._roles |= dict.fromkeys((one.tag for one in settings.meters), ENERGY)
        self._levels = {one.tag: one.tag + LEVEL for one in settings.counters if one.sensor}
        self._marks = {role: settings.tags[role] + MARK for role in MARKS if role in settings.tags}
        third = DERIVED.get(roles)
        self._derivation = (
            Derivation(settings.id, settings.counters, third, owners) if third else None
        )

    def opened(self, rows: Iterable[Baseline]) -> Ledger:
        """The ledger as the store keeps it."""
        mine = {row.tag: row for row in rows if row.equipment_id == self._id}
        kept_of_all = (tag for tag in mine if tag.endswith((AWAY, ROLE)))
        beside = (*self._marks.values(), *self._levels.values(), *kept_of_all)
        marks = {tag: mine.pop(tag) for tag in beside if tag in mine}
        newest = max((row.at for tag, row in mine.items() if tag in self._counters), default=0)
        return Ledger(
            channels={
                tag: kept(row, self._shown_with(row, marks, newest), self._level(row, marks))
                for tag, row in mine.items()
            },
            marks={tag: kept(row, Marks()) for tag, row in marks.items()},
        )

    def _shown_with(self, row: Baseline, marks: Mapping[str, Baseline], newest: int) -> Marks:
        """What stood beside a counter at its baseline.

        A mark that is older than the baseline says nothing of it: the baseline was taken
        back from facts, after a restore. Order and state say nothing either if any counter
        (`newest`, us) was: the facts that came back hold all pieces until then, so what is
        found now was made later, perhaps on another order. An old boot counter still tells
        that the machine was not started since, if it stands where it stood.
        """
        found = {role: marks[tag] for role, tag in self._marks.items() if tag in marks}
        known = {
            role: mark.raw
            for role, mark in found.items()
            if (role == "boot" or mark.at >= newest) and mark.raw != NOT_SHOWN
        }
        old = "boot" in found and found["boot"].at < row.at
        return Marks(boot_before=old, **known)

    def _level(self, row: Baseline, marks: Mapping[str, Baseline]) -> int | None:
        """Of a sensor: what lay beside its baseline; None also if that is the older of them."""
        mark = marks.get(self._levels.get(row.tag, ""))
        return mark.raw if mark and mark.at >= row.at else None

    def tally(self, ledger: Ledger, seen: Seen, again: frozenset[str]) -> Tally | Doubted:
        """What `seen` adds; `again` names the counters whose reading was doubted before.

        Nothing is counted without the order and the boot counter, where the machine has
        them; and where a third count is derived, all are counted together or none.
        """
        if not seen.owner_known or (self._derivation and not seen.countable):
            return Tally(ledger=ledger)
        steps: dict[str, Advanced] = {}
        doubts: dict[str, str] = {}
        for tag, counter in self._counters.items():
            if tag not in seen.raws:
                continue
            step = self._step(counter, ledger, seen, again=tag in again)
            if isinstance(step, Recheck):
                doubts[tag] = str(step.reason)
            else:
                steps[tag] = step
        if doubts:
            return Doubted(reasons=doubts)
        beside = dict(sides(self._id, ledger.channels, seen, steps))
        if self._derivation:
            derived = self._derivation.advance(ledger.channels, seen, steps)
            steps |= {derived.channel.row.tag: derived} if derived else {}
        steps |= beside
        return self._together(ledger, seen, steps)

    def _step(
        self, counter: "Counting", ledger: Ledger, seen: Seen, *, again: bool
    ) -> Advanced | Recheck:
        tag, marks = counter.tag, ledger.marks
        channel, away = ledger.channels.get(tag), marks.get(tag + AWAY)
        now = self._roles[tag]
        was = marks[tag + ROLE].row.raw if tag + ROLE in marks else now
        # What it counted before plant.toml gave it another role is not of the new one.
        otherwise = _counted(was) != _counted(now)
        if channel is not None and (otherwise or (away is not None and away.row.raw)):
            return counter.returned(channel, seen, again=again, role=_judged(was))
        return counter.advance(channel, seen, again=again)

    def _together(self, ledger: Ledger, seen: Seen, steps: Mapping[str, Advanced]) -> Tally:
        channels = {**ledger.channels, **{tag: one.channel for tag, one in steps.items()}}
        return Tally(
            ledger=Ledger(channels=channels, marks=self._marked(ledger, channels, steps, seen)),
            pieces=tuple(one.pieces for one in steps.values() if one.pieces),
            notes=tuple(note for one in steps.values() for note in one.notes),
            saturated=frozenset(tag for tag, one in steps.items() if _is_saturated(one)),
            left_end={
                tag: ledger.channels[tag].row.at for tag, one in steps.items() if one.left_end
            },
        )

    def _marked(
        self,
        ledger: Ledger,
        channels: Mapping[str, Channel],
        steps: Mapping[str, Advanced],
        seen: Seen,
    ) -> Mapping[str, Channel]:
        marks = dict(ledger.marks)
        stand = {tag: seen.values.get(role, NOT_SHOWN) for role, tag in self._marks.items()}
        stand |= self._away(ledger, steps) | self._told_as(ledger, steps)
        for tag, name in self._levels.items():
            level = channels[tag].sensed.level if tag in channels else None
            if level is not None:
                stand[name] = level
        for tag, raw in stand.items():
            before = marks.get(tag)
            at = seen.at if before is None else max(seen.at, before.row.at)
            row = Baseline(equipment_id=self._id, tag=tag, counter_epoch=0, raw=raw, at=at)
            stored = before.stored if before else None
            marks[tag] = Channel(row=row, stored=stored, asked_at=seen.asked_at)
        return marks

    def _away(self, ledger: Ledger, steps: Mapping[str, Advanced]) -> dict[str, int]:
        """Which counters are not asked for any more, and which are again, where that is new."""
        now = dict.fromkeys(steps, 0) | {
            tag: 1 for tag in ledger.channels if not (tag in steps or self._knows(tag))
        }
        known = {tag: ledger.marks.get(tag + AWAY) for tag in now}
        stands = {tag: mark.row.raw if mark else 0 for tag, mark in known.items()}
        return {tag + AWAY: raw for tag, raw in now.items() if raw != stands[tag]}

    def _told_as(self, ledger: Ledger, steps: Mapping[str, Advanced]) -> dict[str, int]:
        """The roles of counters, where that is new."""
        now = {tag + ROLE: role for tag, role in self._roles.items() if tag in steps}
        known = {tag: ledger.marks.get(tag) for tag in now}
        stands = {tag: mark.row.raw if mark else None for tag, mark in known.items()}
        return {tag: role for tag, role in now.items() if role != stands[tag]}

    def _knows(self, tag: str) -> bool:
        """Whether it is a counter, or lies beside one under a name of its own."""
        third = self._derivation.tag if self._derivation else ""
        return tag in self._counters or tag == third or "#" in tag


class Counting(Protocol):
    """What counts a channel."""

    @property
    def tag(self) -> str: ...

    def advance(self, channel: Channel | None, seen: Seen, *, again: bool) -> Advanced | Recheck:
        """What a reading adds; `again` if the one before was doubted."""
        ...

    def returned(
        self, channel: Channel, seen: Seen, *, again: bool, role: str
    ) -> Advanced | Recheck:
        """What the first reading adds after snapshots that were taken without it, or in another
        role; `role` is what its pieces were judged as before."""
        ...


SENSORS: Mapping[str, Callable[[Counter], Counting]] = {
    "": lambda counter: counter,
    "pulse": lambda counter: Pulse(counter=counter),
    "weight": lambda counter: Scale(counter=counter),
}


def _counter(settings: WorkCenterSettings, one: CounterTag, owners: Owners) -> Counting:
    """A total that stands alone counts as good: nobody says that pieces were bad."""
    alone = all(other.role == "total" for other in settings.counters)
    counter = Counter(
        work_center=settings.id,
        tag=one.tag,
        role="good" if alone else FACT_ROLES.get(one.role, one.role),
        judged_as=counted_as(settings.counters)[one.tag],
        rules=one.rules,
        owners=owners,
        per_step=Fraction(1) if one.sensor == "weight" else one.pieces_per_step,
        strokes=one.strokes,
        flags=(Flag.TOTAL_ONLY,) if alone else (),
    )
    return SENSORS[one.sensor](counter)


def _meter(settings: WorkCenterSettings, one: CounterTag, owners: Owners) -> Counting:
    """A meter of energy is a counter whose pieces are Wh."""
    return Counter(
        work_center=settings.id,
        tag=one.tag,
        role="energy",
        judged_as="energy",
        rules=one.rules,
        owners=owners,
        per_step=one.pieces_per_step,
    )


def _role(counted: str, judged: str) -> int:
    return ROLES.index(counted) * len(ROLES) + ROLES.index(judged)


def _counted(role: int) -> str:
    return "energy" if role == ENERGY else ROLES[role // len(ROLES)]


def _judged(role: int) -> str:
    return "energy" if role == ENERGY else ROLES[role % len(ROLES)]


def _is_saturated(step: Advanced) -> bool:
    return isinstance(step.counted, Unchanged) and step.counted.saturated
