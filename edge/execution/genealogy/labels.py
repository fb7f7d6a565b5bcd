"""Labels of lots and pallets: made from a template, sent to a printer, and each copy recorded."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.domain.clock import to_datetime
from edge.domain.facts import FactKind
from edge.domain.genealogy import HOLDERS, Lot, LotKind
from edge.domain.labels import BUILT_IN, rendered
from edge.domain.orders import JobOrder
from edge.domain.sentences import say
from edge.execution.desk import Asked
from edge.execution.errors import InvalidAction, PrinterUnreachable, UnknownObject
from edge.execution.genealogy.judging import Judge
from edge.execution.genealogy.stand import Bench

PORT = 9100
LAST_PORT = 65535
DUMB = say("word.dumb", "it does not answer")
SECONDS_TO_PRINT = 5.0
LARGEST_COPIES = 50


class Label(Protocol):
    """A label as it is configured; its size in millimetres, `template` in ZPL."""

    @property
    def id(self) -> str: ...
    @property
    def of(self) -> str: ...
    @property
    def customer(self) -> str: ...
    @property
    def template(self) -> str: ...
    @property
    def dpi(self) -> int: ...
    @property
    def width_mm(self) -> int: ...
    @property
    def height_mm(self) -> int: ...
    @property
    def printer(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class BuiltIn:
    """The label of a plant that has none of its own."""

    of: str
    id: str = "built-in"
    customer: str = ""
    dpi: int = 203
    width_mm: int = 100
    height_mm: int = 60
    printer: str = ""

    @property
    def template(self) -> str:
        return BUILT_IN[self.of]


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What became of a label: its fact, number of the copy, the ZPL, and where it was sent."""

    seq: int
    copy: int
    zpl: str
    printer: str


class Labels:
    """The labels of one edge; `follow` takes over what plant.toml says."""

    def __init__(self, bench: Bench, judge: Judge) -> None:
        self._bench, self._judge = bench, judge
        self.labels: Sequence[Label] = ()

    async def print(
        self, id_: str, asked: Asked, *, label: str = "", printer: str | None = None
    ) -> Printed:
        """Make a label and send it; `printer` None is that of the label, empty sends nothing.

        Each copy is a fact, a reprint too. Raises UnknownObject, InvalidAction,
        PrinterUnreachable (nothing is recorded or queued then: print again), RequestConflict.
        """
        bench = self._bench
        lot = self._judge.known(id_)
        job = self._job(lot)
        chosen = self._chosen(lot, job, label)
        to = chosen.printer if printer is None else printer
        async with bench.floor.lock("labels"):
            if again := bench.desk.answered(asked):
                copy = int(bench.fact(again.seq).body["detail"]["copy"])
                zpl = self._zpl(lot, job, chosen, copy)
                return Printed(seq=again.seq, copy=copy, zpl=zpl, printer=to)
            copy = bench.reader.copies(lot.lot) + 1
            zpl = self._zpl(lot, job, chosen, copy)
            if to:
                await send(to, zpl)
            detail = {
                "lot": lot.lot,
                "label": chosen.id,
                "copy": copy,
                "printer": to,
                "sent": bool(to),
            }
            body = {"action": "label_printed", "detail": detail}
            place = lot.equipment_id or bench.floor.site
            draft = bench.desk.draft(FactKind.AUDIT, place, asked, body, job.id if job else None)
            recorded = await bench.desk.record(asked, draft)
        return Printed(seq=recorded.first_seq, copy=copy, zpl=zpl, printer=to)

    def _chosen(self, lot: Lot, job: JobOrder | None, name: str) -> Label:
        """The label that is named, else that of the customer, else that for all, else ours."""
        of = _of(lot)
        if name:
            found = [one for one in self.labels if one.id == name]
            if not found:
                known = ", ".join(one.id for one in self.labels) or "none"
                raise UnknownObject(
                    say(
                        "label.unknown",
                        "no label {label!r} in plant.toml; there are: {known}",
                        "choose one of these, or add [[label]] to plant.toml",
                        label=name,
                        known=known,
                    )
                )
            return found[0]
        customer = job.customer if job else ""
        fits = [one for one in self.labels if one.of == of and one.customer in {"", customer}]
        fits.sort(key=lambda one: one.customer == "")
        return fits[0] if fits else BuiltIn(of=of)

    def _zpl(self, lot: Lot, job: JobOrder | None, label: Label, copy: int) -> str:
        return rendered(
            label.template,
            self._values(lot, job, copy),
            dpi=label.dpi,
            width_mm=label.width_mm,
            height_mm=label.height_mm,
        )

    def _values(self, lot: Lot, job: JobOrder | None, copy: int) -> Mapping[str, str]:
        bench, left = self._bench, self._bench.reader.balance(lot.lot).left
        inside = bench.reader.contents(lot.lot)
        now = bench.floor.clock.now()
        return {
            "lot": lot.lot,
            "kind": lot.kind,
            "material": lot.material,
            "description": job.description if job else "",
            "revision": lot.revision,
            "quantity": "" if left is None else str(left),
            "unit": lot.unit,
            "expires": self._local(lot.expires)[:10],
            "supplier_lot": lot.supplier_lot,
            "job_order": lot.job_order_id,
            "order": job.order if job else "",
            "customer": job.customer if job else self._customers(lot),
            "work_center": lot.equipment_id,
            "site": bench.floor.site,
            "made": self._local(lot.made_at),
            "printed": self._local(now),
            "sscc": f"00{lot.lot}" if len(lot.lot) == 18 and lot.lot.isdecimal() else lot.lot,
            "contents": ", ".join(f"{one.source}: {one.quantity}" for one in inside),
            "copy": str(copy),
        }

    def _customers(self, lot: Lot) -> str:
        """Of a pallet: whose orders are on it."""
        jobs = self._bench.floor.register.jobs
        found = set()
        for one in self._bench.reader.contents(lot.lot):
            inside = self._bench.reader.lot(one.source)
            job = jobs.get(inside.job_order_id if inside else one.source)
            found |= {job.customer} if job and job.customer else set()
        return ", ".join(sorted(found))

    def _local(self, at: int | None) -> str:
        if at is None:
            return ""
        return to_datetime(at).astimezone(self._bench.floor.zone).strftime("%Y-%m-%d %H:%M")

    def _job(self, lot: Lot) -> JobOrder | None:
        return self._bench.floor.register.jobs.get(lot.job_order_id)


def _of(lot: Lot) -> str:
    if lot.kind in HOLDERS:
        return "pallet"
    return "serial" if lot.kind == LotKind.SERIAL else "lot"


async def send(printer: str, zpl: str) -> None:
    """Send ZPL to a printer's raw port; raises PrinterUnreachable, InvalidAction."""
    host, _, port = printer.partition(":")
    if not host or (port and not (port.isdecimal() and 0 < int(port) <= LAST_PORT)):
        raise InvalidAction(
            say(
                "printer.address",
                "printer {printer!r}: it is no HOST or HOST:PORT (1 to {last})",
                "write for example zebra1:9100",
                printer=printer,
                last=LAST_PORT,
            )
        )
    try:
        async with asyncio.timeout(SECONDS_TO_PRINT):
            _, writer = await asyncio.open_connection(host, int(port or PORT))
            try:
                writer.write(zpl.encode())
                await writer.drain()
                writer.write_eof()
            finally:
                writer.close()
                await writer.wait_closed()
    except (OSError, TimeoutError) as error:
        why = str(error) or DUMB
        raise PrinterUnreachable(
            say(
                "printer.silent",
                "printer {printer}: {why}; nothing was printed or queued",
                "see that it is on, then print again",
                printer=f"{host}:{port or PORT}",
                why=why,
            )
        ) from error
