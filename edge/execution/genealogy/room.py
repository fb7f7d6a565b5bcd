"""The materials room: lots in and out, revisions, traces."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge.domain.genealogy import MaterialReader
from edge.domain.orders import JobOrder
from edge.domain.sentences import say
from edge.execution.desk import Desk
from edge.execution.floor import Floor
from edge.execution.gates import Block
from edge.execution.genealogy.flowing import Flows
from edge.execution.genealogy.judging import Empty, Held, Judge
from edge.execution.genealogy.labels import Label, Labels
from edge.execution.genealogy.loading import Loading, Unscanned
from edge.execution.genealogy.mounting import Mounting
from edge.execution.genealogy.producing import Producing
from edge.execution.genealogy.scanning import Scanning
from edge.execution.genealogy.stand import Bench
from edge.execution.genealogy.tending import Tending
from edge.execution.genealogy.tracing import Tracing
from edge.execution.genealogy.using import Using


class Materials:
    """What the API and the daemon ask of materials; its gates stand on the floor."""

    def __init__(self, floor: Floor, reader: MaterialReader, held: Held) -> None:
        bench = Bench(floor, reader, Desk(floor))
        self.reader = reader
        self.judge = Judge(floor=floor, reader=reader, held=held)
        self.scanning = Scanning(self.judge)
        self.mounting = Mounting(bench, self.judge, self.scanning)
        self.producing = Producing(bench, self.judge)
        self.using = Using(bench, self.judge, self.scanning)
        self.flows = Flows(bench, self.judge, self.scanning)
        self.loading = Loading(bench)
        self.tracing = Tracing(bench)
        self.labels = Labels(bench, self.judge)
        self.tending = Tending(bench)
        self.mounting.restated = self.tending.again
        floor.gates.gates += [MountedGate(self), self.loading]

    def follow(self, rules: "Rules") -> None:
        """Go by these rules from now on."""
        self.judge.empty = rules.empty
        self.loading.unscanned = rules.documents
        self.labels.labels = rules.labels
        self.producing.gs1_prefix = rules.gs1_prefix
        self.tending.pieces_per_lot = rules.pieces_per_lot
        self.tending.lot_per_shift = rules.lot_per_shift


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What plant.toml says of materials."""

    empty: Empty = "ask"
    documents: Unscanned = "off"
    gs1_prefix: str = ""
    pieces_per_lot: int = 0
    lot_per_shift: bool = False
    labels: Sequence[Label] = ()


class MountedGate:
    """A start needs a lot of each tracked material, and one that may be used."""

    def __init__(self, room: Materials) -> None:
        self._room = room

    def blocks(self, job: JobOrder, actor: str | None) -> Iterator[Block]:
        tracked = [one for one in job.needs.materials if one.is_tracked]
        if not tracked:
            return
        for material in self._room.mounting.missing(job):
            yield Block(
                said=say(
                    "material.missing",
                    "no lot of {material} is mounted on {work_center}",
                    "scan the lot of {material} that goes in",
                    material=material,
                    work_center=job.work_center,
                )
            )
        setting = self._room.reader.setting(job.work_center)
        for need in tracked:
            mounted = setting.of(need.id)
            lot = self._room.reader.lot(mounted.lot) if mounted else None
            if lot is not None:
                yield from self._room.judge.blocks(lot, need, job)
