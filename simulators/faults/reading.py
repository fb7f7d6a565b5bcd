"""Reads faults: `[[machine.fault]]` of a scenario, and the words of a command."""

from collections.abc import Sequence
from typing import Any

from simulators.clock import MICROS, parse_time
from simulators.errors import Fault, ScenarioInvalid
from simulators.faults.kinds import KINDS, Kind
from simulators.faults.parameters import from_word
from simulators.faults.trouble import Trouble
from simulators.toml_reader import Table

YEAR_S = "31536000"
COMMAND_FORM = "fault MACHINE KIND [for=SECONDS] [PARAMETER=VALUE ...]"


def read_script(table: Table, scheme: str) -> tuple[Trouble, ...]:
    """The faults of a machine's table, in the order of the file."""
    troubles = [_scripted(each, scheme) for each in table.tables("fault")]
    return tuple(trouble for trouble in troubles if trouble)


def read_command(words: Sequence[str], scheme: str) -> Trouble:
    """The fault of a command's words after the machine, begun at once.

    Raises ScenarioInvalid with all that is wrong.
    """
    faults: list[Fault] = []
    kind, pairs = KINDS.get(words[0] if words else ""), list(words[1:])
    parameters = {each.name: each for each in kind.parameters} if kind else {}
    content: dict[str, Any] = {"kind": words[0] if words else ""}
    for pair in pairs:
        key, mark, value = pair.partition("=")
        if not mark:
            faults.append(Fault(place=pair, value="", message="has no =", mend=COMMAND_FORM))
        content[key] = value if key == "for" else from_word(parameters.get(key), value)
    trouble = _read(Table(content, "fault", faults), scheme)
    if faults or trouble is None:
        raise ScenarioInvalid("command", faults)
    return trouble


def _scripted(table: Table, scheme: str) -> Trouble | None:
    at = table.text("at", "0")
    begins, after_start = read_begin(table, at)
    trouble = _read(table, scheme)
    if trouble is None:
        return None
    return Trouble(
        kind=trouble.kind,
        values=trouble.values,
        begins=begins,
        after_start=after_start,
        lasts=trouble.lasts,
    )


def read_begin(table: Table, text: str) -> tuple[int, bool]:
    """The moment of `at`, in microseconds, and whether it counts from the start."""
    if "T" not in text:
        return round(table.fraction("at", "0", YEAR_S, "0") * MICROS), True
    try:
        return parse_time(text), False
    except ValueError as error:
        table.refuse("at", str(error), 'seconds after the start ("120") or a time with offset')
        return 0, True


def _read(table: Table, scheme: str) -> Trouble | None:
    """Kind, parameters and length; None if the kind is not known, which is noted then."""
    kind = KINDS.get(table.text("kind"))
    if kind is None:
        table.refuse("kind", "is no kind of fault", f"one of {', '.join(KINDS)}")
        return None
    if scheme not in kind.schemes:
        table.refuse("kind", f"is not possible on {scheme}", f"one of {', '.join(_on(scheme))}")
    lasts = _length(table, kind)
    values = {each.name: each.read(table) for each in kind.parameters}
    table.close()
    return Trouble(kind=kind, values=values, lasts=lasts)


def _on(scheme: str) -> list[str]:
    return [kind.name for kind in KINDS.values() if scheme in kind.schemes]


def _length(table: Table, kind: Kind) -> int | None:
    """Plant microseconds; None until it is cleared."""
    if table.peek("for") is None:
        table.skip("for")
        return None
    if kind.instant:
        table.refuse("for", f"{kind.name} is done at once", "take the key away")
    return round(table.fraction("for", "0", YEAR_S) * MICROS)
