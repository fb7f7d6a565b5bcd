"""Companion models that are recognised by their types and names: PackML and Machinery."""

import re
from dataclasses import dataclass

PACKML_URI = "http://opcfoundation.org/UA/PackML/"
MACHINERY_URI = "http://opcfoundation.org/UA/Machinery/"
MACHINERY_STATE = "machinery"
PACKML_STATE = "packml"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A variable as it was browsed: `path` of browse names from the Objects folder, and the
    namespace uris that its own name and its parents' types are of."""

    path: tuple[str, ...]
    uris: frozenset[str]
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recognised:
    """The role that a model gives a node, the model in words, and what its states are."""

    role: str
    model: str
    states: str = ""


# The end of a path, as OPC 30050 (PackML) and the OMAC tag names have it -> role.
_PACKML = {
    r"StateCurrent": "state",
    r"UnitModeCurrent": "mode",
    r"CurMachSpeed": "speed",
    r"Prod\w*Processed\w*Count.*\bAccCount": "total",
    r"Prod\w*Defective\w*Count.*\bAccCount": "reject",
}


def recognise(node: Node) -> Recognised | None:
    """What a companion model says of the node; None if none does."""
    path = "/".join(node.path)
    if node.path[-2:] == ("CurrentState", "Number") and _is_machinery(node):
        words = "state of a machinery item (OPC 40001-1, MachineryItemState)"
        return Recognised("state", words, MACHINERY_STATE)
    by_type = PACKML_URI in node.uris
    for pattern, role in _PACKML.items():
        if re.search(rf"(^|[/.]){pattern}$", path):
            words = "type of PackML (OPC 30050)" if by_type else "its name is one of PackML's"
            return Recognised(role, words, PACKML_STATE if role == "state" else "")
    return None


def _is_machinery(node: Node) -> bool:
    named = any("MachineryItemState" in each for each in (*node.path, *node.types))
    return MACHINERY_URI in node.uris or named
