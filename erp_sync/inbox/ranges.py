"""Raw ranges of counters: what was booked once is never booked again.

Counts of one (tag, counter epoch) chain: each begins with the raw value at which the
one before it ended, whatever the counter's modulus, because wraps lie inside a range and
everything else (resets, corrections, quarantines) begins a new counter epoch with a
baseline of its own. A range that begins elsewhere may only fill a quarantine, exactly.
Any other counts pieces twice, as after a restore that read a counter anew from an old
baseline; ahead of the last one too, because raw values come again after a wrap.
"""

from dataclasses import dataclass, field

from edge.domain.facts import Fact, FactKind
from erp_sync.errors import Alarm
from erp_sync.storage.edges import RawEnd

Counter = tuple[str, int]
Hole = tuple[str, int, int, int]


@dataclass
class RawRanges:
    """The ranges of one edge while a batch is taken in."""

    ends: dict[Counter, RawEnd]
    holes: set[Hole]
    moved: dict[Counter, RawEnd] = field(default_factory=dict)
    opened: list[Hole] = field(default_factory=list)
    filled: list[Hole] = field(default_factory=list)

    def take(self, fact: Fact) -> None:
        """Book what `fact` says of a counter; raises Alarm if it overlaps."""
        if fact.kind == FactKind.COUNTER_BASELINE:
            self._begin(fact)
        elif fact.kind == FactKind.QUARANTINE:
            self._open(fact)
        elif fact.kind == FactKind.PRODUCTION_COUNT and fact.body.get("tag") is not None:
            self._book(fact)

    def _book(self, fact: Fact) -> None:
        raw_from, raw_to = fact.body["raw_from"], fact.body["raw_to"]
        if raw_from is None or raw_to is None:
            return
        end, hole = self.ends.get(_counter(fact)), _hole(fact)
        if end is None or raw_from == end.raw:
            self._move(fact, raw_to)
        elif hole in self.holes:
            self.holes.discard(hole)
            self.filled.append(hole)
        else:
            raise _overlap(fact, end)

    def _begin(self, fact: Fact) -> None:
        """A counter's epoch begins once; beginning it again elsewhere would book it twice."""
        end, raw = self.ends.get(_counter(fact)), int(fact.body["raw"])
        if end is not None and end.raw != raw:
            raise _overlap(fact, end)
        self._move(fact, raw)

    def _open(self, fact: Fact) -> None:
        hole = _hole(fact)
        if hole not in self.holes:
            self.holes.add(hole)
            self.opened.append(hole)
        self._move(fact, fact.body["raw_to"])

    def _move(self, fact: Fact, raw: int) -> None:
        end = RawEnd(raw, fact.epoch, fact.seq)
        self.ends[_counter(fact)] = self.moved[_counter(fact)] = end


def _counter(fact: Fact) -> Counter:
    # Tags are named within a work center, so both make the counter's name here.
    return f"{fact.equipment_id}/{fact.body['tag']}", int(fact.body["counter_epoch"])


def _hole(fact: Fact) -> Hole:
    return (*_counter(fact), int(fact.body["raw_from"]), int(fact.body["raw_to"]))


def _overlap(fact: Fact, end: RawEnd) -> Alarm:
    tag, counter_epoch = _counter(fact)
    new = f"{fact.edge_id}/{fact.epoch}/{fact.seq}"
    old = f"{fact.edge_id}/{end.epoch}/{end.seq}"
    return Alarm(
        409,
        "overlapping-range",
        "These pieces are booked already",
        f"fact {new} counts {tag} (counter epoch {counter_epoch}) {_range(fact)}, but fact "
        f"{old} booked it up to {end.raw}: they do not chain",
        "stop the edge, compare the two facts, and restore its store or record a correction",
        members={"facts": [old, new], "seq": fact.seq},
    )


def _range(fact: Fact) -> str:
    if fact.kind == FactKind.COUNTER_BASELINE:
        return f"anew from raw {fact.body['raw']}"
    return f"from raw {fact.body['raw_from']} to {fact.body['raw_to']}"
