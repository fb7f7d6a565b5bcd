"""The mailbox of one work center: what is kept of it, and what a message adds.

Pure. Beside the last message (in epoch 0, like the marks of the ledger) the store keeps, for
each payload tag, a counter of all pieces that came by it: a sequence number cannot be the raw
range of more than one piece, and raw ranges are what no book counts twice. A message that is
not believed has an epoch of its own, from 0 to its pieces, which a person may release.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from edge.collection.channels import Channel, Note, Pieces, baseline_note, kept
from edge.collection.counters import Flag
from edge.collection.mailbox import Act, Message, judge
from edge.collection.marks import Marks
from edge.collection.owners import Owner
from edge.collection.settings import WorkCenterSettings
from edge.collection.snapshots import Seen
from edge.domain.equipment import JobBook
from edge.domain.facts import FactKind
from edge.domain.recording import Baseline, BaselineMove

SEQUENCE, ACKNOWLEDGE, ORDER = "mailbox_sequence", "mailbox_acknowledge", "mailbox_order"
PAYLOAD = {"mailbox_good": "good", "mailbox_reject": "scrap"}
FIELDS = ("sequence", "good", "reject", "order")
NO_ORDER = -1  # in the store


@dataclass(frozen=True, kw_only=True)
class Box:
    """What is known of a mailbox: rows by tag, the last message, and what was just seen.

    `candidate` was shown by the last reading and waits for a second one that agrees;
    `answered`: the last message is known to be acknowledged; `polled` is the monotonic second of
    the last reading of it.
    """

    rows: Mapping[str, Channel] = field(default_factory=dict)
    last: Message | None = None
    candidate: Message | None = None
    answered: bool = False
    polled: float | None = None

    @property
    def moves(self) -> tuple[BaselineMove, ...]:
        """What the store has to change."""
        return tuple(one.move for one in self.rows.values() if one.move is not None)

    def settled(self) -> "Box":
        """This box once the store has taken its moves."""
        return replace(self, rows={tag: one.settled() for tag, one in self.rows.items()})


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What a snapshot says of a mailbox: `again` asks for a second reading that agrees."""

    box: Box
    pieces: tuple[Pieces, ...] = ()
    notes: tuple[Note, ...] = ()
    again: bool = False


class Postbox:
    """Takes the messages of one work center; does nothing where it has no mailbox."""

    def __init__(self, settings: WorkCenterSettings, jobs: JobBook) -> None:
        self._id, self._tags, self._jobs = settings.id, settings.tags, jobs
        self._modulus = settings.mailbox_modulus
        self._payload = {role: self._tags[role] for role in PAYLOAD if role in self._tags}

    def opened(self, rows: Iterable[Baseline]) -> Box:
        """The box as the store keeps it."""
        if SEQUENCE not in self._tags:
            return Box()
        wanted = {*self._payload.values(), *(self._field(name) for name in FIELDS)}
        mine = {row.tag: row for row in rows if row.equipment_id == self._id and row.tag in wanted}
        kept_rows = {tag: kept(row, Marks()) for tag, row in mine.items()}
        return Box(rows=kept_rows, last=self._last(mine))

    def take(self, box: Box, seen: Seen) -> Mail:
        """What a snapshot adds."""
        shown = self._shown(seen)
        if shown is None:
            return Mail(box=box)
        acknowledged = seen.values.get(ACKNOWLEDGE)
        verdict = judge(box.last, shown, acknowledged, self._modulus, answered=box.answered)
        calm = replace(box, polled=seen.polled, candidate=None)
        if verdict.act in (Act.NOTHING, Act.ACKNOWLEDGE):
            taken = shown == box.last and acknowledged == shown.sequence
            return Mail(box=replace(calm, answered=box.answered or taken))
        if box.candidate != shown:  # torn, or on its way: two readings have to agree
            return Mail(box=replace(calm, candidate=shown), again=box.candidate is None)
        if verdict.act is Act.RECORD:
            return self._recorded(calm, box, shown, seen)
        held = self._held(calm, shown, seen, verdict.reason) if verdict.reason else Mail(box=calm)
        return replace(held, box=self._moved(held.box, shown, seen))

    def due(self, box: Box, seen: Seen) -> Mapping[str, int]:
        """The acknowledgement to write, by tag, once `box` is committed; empty for none."""
        shown = self._shown(seen)
        if shown is None or shown != box.last or ACKNOWLEDGE not in self._tags:
            return {}
        if seen.values.get(ACKNOWLEDGE) == shown.sequence:
            return {}
        return {self._tags[ACKNOWLEDGE]: shown.sequence}

    def _field(self, name: str) -> str:
        """Where a field of the last message lies; no tag of a device has such a name."""
        return f"{self._tags[SEQUENCE]}#{name}"

    def _last(self, rows: Mapping[str, Baseline]) -> Message | None:
        kept_fields = [rows.get(self._field(name)) for name in FIELDS]
        raws = [row.raw for row in kept_fields if row is not None]
        if len(raws) < len(FIELDS):
            return None
        sequence, good, reject, order = raws
        return Message(
            sequence=sequence, good=good, reject=reject, order=None if order == NO_ORDER else order
        )

    def _shown(self, seen: Seen) -> Message | None:
        """The message that a snapshot shows; None unless all of it is good."""
        if SEQUENCE not in self._tags:
            return None
        roles = [role for role in (SEQUENCE, *PAYLOAD, ORDER) if role in self._tags]
        values = {role: seen.values.get(role, NO_ORDER) for role in roles}
        if SEQUENCE not in values or any(value < 0 for value in values.values()):
            return None
        return Message(
            sequence=values[SEQUENCE],
            good=values.get("mailbox_good", 0),
            reject=values.get("mailbox_reject", 0),
            order=values.get(ORDER),
        )

    def _moved(self, box: Box, shown: Message, seen: Seen) -> Box:
        """The box with `shown` as its last message."""
        raws = (shown.sequence, shown.good, shown.reject, shown.order)
        rows = dict(box.rows)
        for name, raw in zip(FIELDS, raws, strict=True):
            value = NO_ORDER if raw is None else raw
            rows |= self._row(rows, self._field(name), 0, value, seen)
        return replace(box, rows=rows, last=shown, answered=False)

    def _row(
        self, rows: Mapping[str, Channel], tag: str, epoch: int, raw: int, seen: Seen
    ) -> dict[str, Channel]:
        row = Baseline(equipment_id=self._id, tag=tag, counter_epoch=epoch, raw=raw, at=seen.at)
        before = rows.get(tag)
        if before is None:
            return {tag: Channel(row=row, stored=None, asked_at=seen.asked_at)}
        return {tag: replace(before, row=replace(row, at=max(row.at, before.row.at)))}

    def _recorded(self, calm: Box, box: Box, shown: Message, seen: Seen) -> Mail:
        rows, pieces, notes = dict(calm.rows), list[Pieces](), list[Note]()
        owner, start = self._owner(shown, seen), self._since(box, seen)
        for role, tag, quantity in self._quantities(shown):
            before = rows[tag].row if tag in rows else None
            epoch, raw = (before.counter_epoch, before.raw) if before else (1, 0)
            rows |= self._row(rows, tag, epoch, raw + quantity, seen)
            if before is None:
                notes.append(baseline_note(replace(rows[tag].row, raw=0), "first", ahead=True))
            pieces.append(
                Pieces(
                    role=role,
                    quantity=quantity,
                    steps=quantity,
                    tag=tag,
                    counter_epoch=epoch,
                    raw_from=raw,
                    raw_to=raw + quantity,
                    modulus=None,
                    start=start,
                    end=max(seen.at, start),
                    owner=owner,
                    polled=box.polled,
                )
            )
        after = self._moved(replace(calm, rows=rows), shown, seen)
        return Mail(box=after, pieces=tuple(pieces), notes=tuple(notes))

    def _held(self, calm: Box, shown: Message, seen: Seen, reason: str) -> Mail:
        rows, notes = dict(calm.rows), [self._alarm(calm, shown, reason)]
        start = self._since(calm, seen)
        for role, tag, quantity in self._quantities(shown):
            last = rows[tag].row.counter_epoch if tag in rows else 0
            row = Baseline(
                equipment_id=self._id, tag=tag, counter_epoch=last + 1, raw=0, at=seen.at
            )
            rows |= self._row(rows, tag, last + 2, 0, seen)
            notes += [
                baseline_note(row, "reset" if last else "first", ahead=True),
                Note(
                    kind=FactKind.QUARANTINE,
                    body={
                        "tag": tag,
                        "role": role,
                        "counter_epoch": last + 1,
                        "raw_from": 0,
                        "raw_to": quantity,
                        "reason": reason,
                        "from": start,
                        "to": max(seen.at, start),
                        "modulus": None,
                        "limit": quantity,
                    },
                ),
                baseline_note(rows[tag].row, "released"),
            ]
        return Mail(box=replace(calm, rows=rows), notes=tuple(notes))

    def _quantities(self, shown: Message) -> Iterator[tuple[str, str, int]]:
        """Role in facts, tag, and pieces (above 0) of a message."""
        found = {"mailbox_good": shown.good, "mailbox_reject": shown.reject}
        for role, tag in self._payload.items():
            if found[role]:
                yield PAYLOAD[role], tag, found[role]

    def _alarm(self, box: Box, shown: Message, reason: str) -> Note:
        last = None if box.last is None else box.last.sequence
        detail = {"tag": self._tags[SEQUENCE], "last": last, "shown": shown.sequence}
        return Note(
            kind=FactKind.AUDIT,
            body={"action": "mailbox_held", "detail": {**detail, "why": reason}},
        )

    def _since(self, box: Box, seen: Seen) -> int:
        row = box.rows.get(self._field("sequence"))
        return seen.at if row is None else min(row.row.at, seen.at)

    def _owner(self, shown: Message, seen: Seen) -> Owner:
        """The job of the number that came with the message, else of that which is shown."""
        named = ORDER if ORDER in self._tags else "order"
        number = shown.order if ORDER in self._tags else seen.values.get("order")
        if named in self._tags:
            job = self._jobs.by_number(self._id, number) if number else None
        else:
            job = self._jobs.running(self._id)
            job = None if job and job.others else job
        return Owner(job=job, flags=() if job else (Flag.UNASSIGNED,))
