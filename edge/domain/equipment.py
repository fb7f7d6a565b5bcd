"""The machines as execution sees them, and the job of a machine as collection sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from edge.domain.sentences import Sentence, Told, say


@dataclass(frozen=True, kw_only=True)
class JobContext:
    """What a count or a state of a work center belongs to.

    `pieces_per_stroke`: what its tool makes at once, None where its definition names no tool;
    `also` what the same strokes make beside it; `others` the jobs that are on in parallel;
    `tool` its id; `setup_pieces` what its product's pieces of set-up count as (empty: as the
    work center says).
    """

    job_order_id: str
    number: int
    run_time_per_item: str
    phase: str
    interrupted: bool = False
    pieces_per_stroke: Fraction | None = None
    also: tuple["Beside", ...] = ()
    others: tuple[str, ...] = ()
    tool: str = ""
    setup_pieces: str = ""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a tool makes beside its job's product, by its side of the tool; `job` None: there
    is no job order of that product."""

    side: str
    pieces_per_stroke: Fraction
    job: JobContext | None = None


class JobBook(Protocol):
    """Which job a work center is on; kept by execution, asked by collection."""

    def running(self, work_center: str) -> JobContext | None:
        """The job that was started here and has not ended."""
        ...

    def by_number(self, work_center: str, number: int) -> JobContext | None:
        """The job that a machine names by its order number, whatever its state."""
        ...


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What a machine showed in one snapshot, after its counts were committed.

    `at` is edge time (us), `polled` the monotonic second. Fields are None where
    the machine has no such tag or its value is not good. `raws` are the counters'
    raw values by tag; `target` is the good pieces that the machine was last told to make,
    `limit` all pieces (0 for any number). `values` is all that it shows, by role.
    """

    work_center: str
    at: int
    polled: float
    state: int | None
    mode: int | None
    fault: int | None
    order: int | None
    recipe: int | None
    command: int | None
    raws: Mapping[str, int]
    target: int | None = None
    limit: int | None = None
    values: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TagShown:
    """What a tag shows: its exact value as a text, None where it shows none that is good, which
    `why` then says.

    `at` is when it was read (us, edge), `device_at` the device's own time, None where it has none.
    """

    tag: str
    value: str | None = None
    why: str | Sentence = ""
    at: int | None = None
    device_at: int | None = None


def no_device(work_center: str) -> Sentence:
    """Why nothing is shown of a work center."""
    return say("device.none", "{work_center} has no device", work_center=work_center)


class EquipmentUnreachable(Told):
    """The machine cannot be reached or refuses now: tell the caller, try again later."""


class NoSuchTag(Told):
    """There is no such device or tag: look at the list of devices."""


class WriteRefused(EquipmentUnreachable):
    """The machine is not written to now: `reasons` says why by tag; show it, or try again later."""

    def __init__(self, reasons: Mapping[str, Sentence]) -> None:
        self.reasons = {tag: str(why) for tag, why in reasons.items()}
        why = [
            say("write.refused", "{tag} {why}", tag=tag, why=why) for tag, why in reasons.items()
        ]
        super().__init__(say("machine.write", "{why}", why=why))


@dataclass(frozen=True, kw_only=True)
class Written:
    """A value that was written: the seq of its audit fact, and what was read back.

    `read_back` is as in the fact, decimals as texts; `confirmed` whether it is what was
    written, None if it was not read back.
    """

    seq: int
    read_back: int | bool | str | None
    confirmed: bool | None


class Equipment(Protocol):
    """The machines, as execution sees them."""

    def observation(self, work_center: str) -> Observation | None:
        """The last snapshot; None while the machine is silent."""
        ...

    async def force_reading(self, work_center: str) -> Observation:
        """Read now and commit what was counted; raises EquipmentUnreachable."""
        ...

    async def write(self, work_center: str, values: Mapping[str, int], *, actor: str) -> None:
        """Write by role, in the order given, read back and audited.

        Raises EquipmentUnreachable (WriteRefused where limits, the state or the mode forbid it),
        or PermissionError where writing is off.
        """
        ...

    async def reclassify(self, work_center: str) -> None:
        """Judge the time class anew, because the job has changed."""
        ...
