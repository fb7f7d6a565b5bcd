"""What a machine's state means in PackML: a pure mapper, by the standard's table or the plant's.

What no row fits is not known; no state is ever invented. PackML: ISA-TR88.00.02. Item states:
OPC 40001-1, 12.2; they say less than PackML, so each stands for the one that claims least.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from edge.domain.sentences import Sentence, say
from edge.domain.vocabulary import MachineMode, MachineState
from plc_drivers.reading import Value

Model = Literal["packml", "machinery", "table"]
MACHINERY: Mapping[str, MachineState] = {
    "NotAvailable": MachineState.STOPPED,  # switched off, saving energy
    "OutOfService": MachineState.ABORTED,  # not functional: nobody may give it an order
    "NotExecuting": MachineState.IDLE,
    "Executing": MachineState.EXECUTE,
}
MACHINERY_NUMBERS = ("NotAvailable", "OutOfService", "NotExecuting", "Executing")
"""By `StateNumber`, from 0: `CurrentState/Number`."""
MACHINERY_NODES: Mapping[int, str] = {
    5005: "NotAvailable",
    5004: "OutOfService",
    5007: "NotExecuting",
    5006: "Executing",
}
"""By the identifier of the state's node in the standard's namespace: `CurrentState/Id`."""
NODE_ID = re.compile(r"(?:(?:ns=\d+|nsu=[^;]+);)?i=(\d+)")
MODES: Mapping[str, MachineMode] = {
    "production": MachineMode.PRODUCTION,
    "maintenance": MachineMode.MAINTENANCE,
    "manual": MachineMode.MANUAL,
}


@dataclass(frozen=True, kw_only=True)
class StateRow:
    """A state of a machine's own: a number, of which only the bits of `mask` count, or a text."""

    packml: int
    raw: int | None = None
    text: str | None = None
    mask: int | None = None

    def fits(self, value: int | str) -> bool:
        """Whether this is the state that `value` shows."""
        if isinstance(value, str):
            return self.text is not None and value.strip() == self.text
        return self.raw is not None and self.raw == (
            value if self.mask is None else value & self.mask
        )


@dataclass(frozen=True, kw_only=True)
class StateTable:
    """What a state tag's values mean; with model "table" the first of `rows` that fits."""

    model: Model = "packml"
    rows: tuple[StateRow, ...] = ()

    def state(self, value: Value) -> int | None:
        """The PackML state that a good value means; None if that is not known."""
        if not isinstance(value, (int, str)):
            return None
        if self.model == "table":
            return next((row.packml for row in self.rows if row.fits(value)), None)
        known = _machinery(value) if self.model == "machinery" else _packml(value)
        return None if known is None else int(known)

    def doubt(self, tag: str, value: Value) -> Sentence:
        """Why a value that means no state means none."""
        shown = str(value)
        if self.model == "table":
            return say(
                "device.no_row",
                "{tag}: no row of [[device.state]] fits {value}",
                tag=tag,
                value=shown,
            )
        named = "PackML" if self.model == "packml" else "OPC 40001-1"
        return say(
            "device.no_state",
            "{tag}: {value} is no state of {model}",
            tag=tag,
            value=shown,
            model=named,
        )


@dataclass(frozen=True, kw_only=True)
class ModeTable:
    """What a machine builder's own modes count as; without a row they are as PackML says."""

    rows: Mapping[int, int] = field(default_factory=dict)

    def counts_as(self, mode: int | None) -> int | None:
        """The PackML mode that a mode counts as; itself if nothing is said."""
        return mode if mode is None else self.rows.get(mode, mode)


PACKML = StateTable()
PLAIN_MODES = ModeTable()


def _packml(value: int | str) -> MachineState | None:
    return MachineState(value) if value in set(MachineState) else None


def _machinery(value: int | str) -> MachineState | None:
    """By number, by name, or by the id of the node of the state."""
    if isinstance(value, int):
        numbered = 0 <= value < len(MACHINERY_NUMBERS)
        return MACHINERY[MACHINERY_NUMBERS[value]] if numbered else None
    text = value.strip()
    node = NODE_ID.fullmatch(text)
    name = MACHINERY_NODES.get(int(node[1]), "") if node else text
    return MACHINERY.get(name)
