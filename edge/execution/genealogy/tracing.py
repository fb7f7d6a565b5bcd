"""Where a lot went and where it came from, piece by piece, and whom a recall concerns."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from edge.domain.genealogy import HOLDERS, Consumption, Link, Lot, LotKind
from edge.domain.orders import JobOrder
from edge.domain.sentences import say
from edge.execution.errors import UnknownObject
from edge.execution.genealogy.stand import Bench

Json = dict[str, Any]
DIRECTIONS = ("forward", "backward")


@dataclass(frozen=True, kw_only=True)
class Span:
    """Pieces of a job order that something of a lot went into: from the first to the last, as
    they were counted. `raw` is where the counters stood when it was mounted, by tag."""

    job_order_id: str
    output: str
    first: int
    last: int
    quantity: Fraction
    unit: str
    segment: int
    raw: Mapping[str, int]
    certain: bool


class Tracing:
    """Traces over the lots of one edge."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def trace(self, lot: str, direction: str) -> Json:
        """All lots that `lot` is in (forward), or that are in it (backward), with their links.

        `depth` is the least number of links from `lot`. Raises UnknownObject.
        """
        self._check(lot)
        forward = direction == DIRECTIONS[0]
        reached = self._bench.reader.reached(lot, forward=forward)
        links = self._bench.reader.links([lot, *reached])
        depths = _depths(lot, links, forward=forward)
        nodes = [one | {"depth": depths.get(one["lot"], 0)} for one in self._nodes([lot, *reached])]
        nodes.sort(key=lambda node: (node["depth"], node["lot"]))
        return {
            "lot": lot,
            "direction": direction,
            "mounted_on": list(self._bench.reader.mounted_on(lot)),
            "lots": nodes,
            "links": [_link_view(one) for one in links],
            "spans": [_span_view(one) for one in self.spans(lot)],
        }

    def spans(self, lot: str) -> list[Span]:
        """Which pieces something of a lot went into by bill, in the order in which it was made."""
        found: list[Span] = []
        mine = self._bench.reader.consumption(lot=lot)
        for job, material in sorted({(one.job_order_id, one.material) for one in mine}):
            rows = self._bench.reader.consumption(job_order_id=job)
            found += self._spans_of(lot, job, [row for row in rows if row.material == material])
        return found

    def _spans_of(self, lot: str, job: str, rows: Sequence[Consumption]) -> Iterable[Span]:
        made = self._bench.floor.register.jobs.get(job)
        pieces = sum(row.pieces for row in rows)
        before = max(made.good + made.scrap + made.rework - pieces, 0) if made else 0
        for row in rows:
            if row.lot == lot:
                yield Span(
                    job_order_id=job,
                    output=row.output,
                    first=before + 1,
                    last=before + row.pieces,
                    quantity=row.quantity,
                    unit=row.unit,
                    segment=row.segment,
                    raw=self._bench.fact(row.segment).body["raw"],
                    certain=row.certain,
                )
            before += row.pieces

    def recall(self, lot: str) -> Json:
        """Orders, customers, pallets and quantities that contain something of a lot."""
        trace = self.trace(lot, DIRECTIONS[0])
        orders: dict[str, Json] = {}
        holders: dict[str, set[str]] = defaultdict(set)
        for link in trace["links"]:
            if link["how"] == "packed":
                holders[link["from"]].add(link["to"])
        for node in trace["lots"]:
            if job := self._job(node):
                self._add(orders, job, node, holders[node["lot"]])
        held = [node["lot"] for node in trace["lots"] if node["kind"] in HOLDERS]
        rows = sorted(orders.values(), key=lambda row: (row["order"], row["operation"]))
        customers = sorted({str(row["customer"]) for row in rows if row["customer"]})
        return {
            "lot": lot,
            "material": next(self._nodes([lot]))["material"],
            "orders": rows,
            "pallets": [self._pallet(one) for one in held],
            "customers": customers,
            "pieces": sum(row["quantity"] for row in rows if row["last_operation"]),
            "spans": trace["spans"],
        }

    def _add(self, orders: dict[str, Json], job: JobOrder, node: Json, holders: set[str]) -> None:
        row = orders.setdefault(
            job.id,
            {
                "job_order_id": job.id,
                "order": job.order,
                "operation": job.operation,
                "last_operation": self._bench.floor.register.after(job) is None,
                "customer": job.customer,
                "product": job.product,
                "revision": job.revision,
                "work_center": job.work_center,
                "lots": [],
                "quantity": 0,
                "pallets": [],
            },
        )
        row["lots"].append(node["lot"])
        row["quantity"] += int(node["made"])
        row["pallets"] = sorted({*row["pallets"], *holders})

    def _pallet(self, id_: str) -> Json:
        inside = self._bench.reader.contents(id_)
        return {
            "pallet": id_,
            "contents": [{"lot": one.source, "quantity": str(one.quantity)} for one in inside],
        }

    def _job(self, node: Json) -> JobOrder | None:
        """The job order that made a lot of a trace; none for material and pallets."""
        if node["kind"] in HOLDERS or node["kind"] == LotKind.SERIAL:
            return None
        return self._bench.floor.register.jobs.get(node["job_order_id"] or node["lot"])

    def _check(self, lot: str) -> None:
        if self._bench.reader.lot(lot) is None and lot not in self._bench.floor.register.jobs:
            raise UnknownObject(
                say(
                    "lot.not_here",
                    "no lot {lot!r} on this edge",
                    "scan it again, or look at the list of lots",
                    lot=lot,
                )
            )

    def _nodes(self, ids: Sequence[str]) -> Iterator[Json]:
        lots, made = self._bench.reader.lots_by_id(ids), self._bench.reader.good_of(ids)
        for id_ in ids:
            lot = lots.get(id_)
            yield self._job_node(id_, made) if lot is None else _lot_node(lot, made)

    def _job_node(self, id_: str, made: Mapping[str, int]) -> Json:
        """Pieces of a job order that went into no lot of their own."""
        job = self._bench.floor.register.jobs.get(id_)
        return {
            "lot": id_,
            "kind": "job_order" if job else "unknown",
            "material": job.product if job else "",
            "revision": job.revision if job else "",
            "job_order_id": id_ if job else None,
            "made_at": job.started_at if job else None,
            "made": made.get(id_, 0),
            "unit": "pcs",
        }


def _lot_node(lot: Lot, made: Mapping[str, int]) -> Json:
    return {
        "lot": lot.lot,
        "kind": lot.kind,
        "material": lot.material,
        "revision": lot.revision,
        "job_order_id": lot.job_order_id or None,
        "made_at": lot.made_at,
        "made": made.get(lot.lot, 0) if lot.job_order_id else 0,
        "unit": lot.unit,
    }


def _depths(start: str, links: Iterable[Link], *, forward: bool) -> dict[str, int]:
    """The least number of links from the start to each lot."""
    onward: dict[str, list[str]] = defaultdict(list)
    for one in links:
        ends = (one.source, one.target) if forward else (one.target, one.source)
        onward[ends[0]].append(ends[1])
    depths, edge = {start: 0}, [start]
    while edge:
        reached = {far for near in edge for far in onward[near]} - set(depths)
        depth = depths[edge[0]] + 1
        depths |= dict.fromkeys(reached, depth)
        edge = sorted(reached)
    return depths


def _link_view(one: Link) -> Json:
    return {
        "from": one.source,
        "to": one.target,
        "how": one.how,
        "quantity": None if one.quantity is None else str(one.quantity),
        "unit": one.unit or None,
        "pieces": one.pieces,
        "certain": one.certain,
    }


def _span_view(one: Span) -> Json:
    return {**vars(one), "quantity": str(one.quantity), "raw": dict(one.raw)}
