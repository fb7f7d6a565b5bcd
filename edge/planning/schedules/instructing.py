"""The hours of a schedule become instructions: what, how fast, with what, and from what.

All that an instruction says is resolved here, when a plan is released, from the routings
that it was planned with. A job that was begun keeps the revision that it was begun by.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from edge.domain.instructions import BLANK, SetUp, Sheet
from edge.domain.orders import (
    Alternative,
    HourInstruction,
    JobOrder,
    Operation,
    OperationsDefinition,
    OperationsRequest,
)
from edge.domain.yields import ALL_GOOD, good_between, good_share
from edge.planning.scenario.moments import moment

Key = tuple[str, int]
Row = Mapping[str, Any]
NO_TIME = Fraction(0)  # of an alternative in a definition: the product has no cycle time


@dataclass(frozen=True)
class Standing:
    """What a work center is set up for when the plan begins."""

    family: str = ""
    tool: str = ""


@dataclass(frozen=True, kw_only=True)
class Papers:
    """By what a plan was made: definitions, orders by id, jobs by order and operation."""

    definitions: Mapping[tuple[str, str], OperationsDefinition] = field(default_factory=dict)
    requests: Mapping[str, OperationsRequest] = field(default_factory=dict)
    jobs: Mapping[Key, JobOrder] = field(default_factory=dict)
    _sheets: dict[tuple[str, int, str], Sheet] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _goods: dict[tuple[str, str, int], Fraction] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _plain: dict[tuple[str, str, int, str], Sheet] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def sheet(self, order: str, seq: int, work_center: str) -> Sheet:
        """How an operation of an order is done on a work center; BLANK if nobody knows."""
        place = (order, seq, work_center)
        if place not in self._sheets:  # asked for each set-up, run and hour of it
            self._sheets[place] = self._shared(order, seq, work_center)
        return self._sheets[place]

    def _shared(self, order: str, seq: int, work_center: str) -> Sheet:
        """One sheet for all orders of a revision, but for an operation that was begun."""
        job, request = self.jobs.get((order, seq)), self.requests.get(order)
        if request is None or (job is not None and job.started_at is not None):
            return self._sheet(order, seq, work_center)
        made = (request.product, request.product_revision, seq, work_center)
        if made not in self._plain:
            self._plain[made] = self._sheet(order, seq, work_center)
        return self._plain[made]

    def _sheet(self, order: str, seq: int, work_center: str) -> Sheet:
        found = self._operation(order, seq)
        if found is None:
            return BLANK
        definition, operation = found
        way = _way(operation, work_center)
        job = self.jobs.get((order, seq))
        begun = job if job and job.started_at is not None else None
        needs = begun.needs if begun else operation.needs
        tool = begun.tool if begun and begun.work_center == work_center else way and way.tool
        cycle = way.cycle if way else NO_TIME
        return Sheet(
            product=begun.product if begun else definition.product,
            revision=begun.revision if begun else definition.revision,
            description=f"{definition.description}: {operation.description}".strip(": "),
            bom_revision=needs.bom_revision,
            routing_revision=needs.routing_revision,
            takt_s=str(cycle) if cycle > 0 else "",
            unchecked=cycle <= 0,
            tool=tool.id if tool else "",
            recipe=begun.recipe if begun else operation.recipe,
            program=needs.program,
            documents=needs.documents,
            materials=needs.materials,
        )

    def standing(self, work_center: str) -> Standing:
        """What the job that was begun last on a work center has left there."""
        begun = [
            (job.started_at, job.id, job)
            for job in self.jobs.values()
            if job.work_center == work_center and job.started_at is not None
        ]
        if not begun:
            return Standing()
        *_, job = max(begun)
        definition = self.definitions.get((job.product, job.revision))
        family = definition.family if definition else ""
        return Standing(family, job.tool.id if job.tool else "")

    def set_up(self, order: str, seq: int, work_center: str) -> Standing:
        """What an operation of an order needs a work center to be set up for."""
        request = self.requests.get(order)
        place = (request.product, request.product_revision) if request else ("", "")
        found = self.definitions.get(place)
        sheet = self.sheet(order, seq, work_center)
        return Standing(found.family if found and sheet is not BLANK else "", sheet.tool)

    def share(self, order: str, seq: int) -> Fraction:
        """What of an operation's pieces is planned to come out good."""
        request = self.requests.get(order)
        made = (request.product, request.product_revision, seq) if request else ("", "", seq)
        if made not in self._goods:
            found = self._operation(order, seq)
            self._goods[made] = good_share(found[1]) if found else ALL_GOOD
        return self._goods[made]

    def _operation(self, order: str, seq: int) -> tuple[OperationsDefinition, Operation] | None:
        request = self.requests.get(order)
        if request is None:
            return None
        definition = self.definitions.get((request.product, request.product_revision))
        steps = definition.operations if definition else ()
        operation = next((one for one in steps if one.seq == seq), None)
        return (definition, operation) if definition and operation else None


NO_PAPERS = Papers()
NOT_KNOWN = SetUp()


def _way(operation: Operation, work_center: str) -> Alternative | None:
    ways = (one for one in operation.alternatives if one.work_center == work_center)
    return next(ways, None)


def instructions(
    schedule: Mapping[str, Any], plan: int, papers: Papers = NO_PAPERS
) -> tuple[HourInstruction, ...]:
    """The hours of a schedule (JSON) as instructions of a plan version; kept hours first."""
    begun = _begun(schedule)
    changes = _changes(schedule, papers)
    lost = _Lost(papers)
    sheets: dict[tuple[str, int, str], Sheet] = {}
    found = []
    for index, row in enumerate(schedule["hours"]):
        order, seq, center = place = (row["order"], row["seq"], row["work_center"])
        if place not in sheets:
            sheets[place] = papers.sheet(order, seq, center)
        hour = moment(row["hour"])
        found.append(
            HourInstruction(
                plan=plan,
                work_center=center,
                hour=hour,
                label=row["label"],
                order=order,
                operation=seq,
                quantity=row["quantity"],
                setup_s=row["setup_s"],
                begun=begun[index],
                scrap=lost.of(place, row),
                change=_change(changes.get(place, ()), hour) if row["setup_s"] else None,
                sheet=sheets[place],
            )
        )
    return tuple(found)


class _Lost:
    """Planned scrap of each hour, so that the good pieces of a run's hours add up to its own."""

    def __init__(self, papers: Papers) -> None:
        self._papers = papers
        self._shares: dict[Key, Fraction | None] = {}  # None: all good
        self._before: dict[Key, int] = defaultdict(int)

    def of(self, place: tuple[str, int, str], row: Row) -> int:
        """Pieces of an hour that are planned to be lost; kept hours have theirs already."""
        order, seq, _ = place
        key, pieces = (order, seq), row["quantity"]
        if key not in self._shares:
            known = self._papers.share(order, seq)
            self._shares[key] = None if known == ALL_GOOD else known
        share = self._shares[key]
        if share is None or row["frozen"]:
            return 0
        before = self._before[key]
        self._before[key] = before + pieces
        return int(pieces - good_between(before, pieces, share))


def _begun(schedule: Mapping[str, Any]) -> list[int]:
    """Pieces of the operation that come before each hour's own.

    New hours count on from what the run says was taken before it; kept ones lie before that.
    """
    used: dict[Key, int] = {}
    for block in schedule["blocks"]:
        if block["kind"] == "run":
            key = (block["order"], block["seq"])
            used[key] = min(used.get(key, block["used"]), block["used"])
    rows = schedule["hours"]
    kept: dict[Key, int] = defaultdict(int)
    for row in rows:
        if row["frozen"]:
            kept[row["order"], row["seq"]] += row["quantity"]
    count = {key: max(used.get(key, 0) - kept[key], 0) for key in {*used, *kept}}
    new = set[Key]()
    found = []
    for row in rows:
        key = (row["order"], row["seq"])
        if not row["frozen"] and key not in new:
            new.add(key)
            count[key] = used.get(key, count.get(key, 0))
        found.append(count[key])
        count[key] += row["quantity"]
    return found


def _changes(
    schedule: Mapping[str, Any], papers: Papers
) -> Mapping[tuple[str, int, str], list[tuple[int, SetUp]]]:
    """Each set-up by operation and work center: when it begins, from what, to what."""
    centers: dict[str, list[Row]] = defaultdict(list)
    for block in schedule["blocks"]:
        if block["work_center"] is not None:
            centers[block["work_center"]].append(block)
    found: dict[tuple[str, int, str], list[tuple[int, SetUp]]] = defaultdict(list)
    wanted: dict[tuple[str, int, str], Standing] = {}
    for center, blocks in centers.items():
        stands = papers.standing(center)
        for start, block in sorted(_by_time(blocks), key=lambda one: one[0]):
            place = (block["order"], block["seq"], center)
            wants = wanted.get(place)
            if wants is None:
                wants = wanted[place] = papers.set_up(*place)
            if block["kind"] == "setup":
                change = SetUp(
                    from_family=stands.family,
                    to_family=wants.family,
                    from_tool=stands.tool,
                    to_tool=wants.tool,
                )
                if change != NOT_KNOWN:
                    found[place].append((start, change))
            else:
                stands = wants
    return found


def _by_time(blocks: Iterable[Row]) -> Iterable[tuple[int, Row]]:
    return ((moment(block["start"]), block) for block in blocks)


def _change(changes: Iterable[tuple[int, SetUp]], hour: int) -> SetUp | None:
    """The set-up that an hour works on: the last one that began before the hour's end."""
    last = None
    for start, change in changes:
        if last is None or start < hour + 3_600_000_000:
            last = change
    return last
