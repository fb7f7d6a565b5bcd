"""How requests name lots: by id or by label, with exact amounts."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from starlette.requests import Request

from edge.api.routes import edge_of
from edge.domain.gs1 import is_label
from edge.execution.genealogy.room import Materials
from edge.execution.genealogy.scanning import ID

LotId = Annotated[str, Field(pattern=rf"^{ID.pattern}$")]
LONGEST_CODE = 200
Name = Annotated[str, Field(min_length=1, max_length=64)]
EXACT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}|/[1-9][0-9]{0,8})?")


def _exact(said: str) -> str:
    if not EXACT.fullmatch(said):
        raise ValueError("write an amount from 0 on, for example 12.5 or 3/16")
    return said


def _code(said: str) -> str:
    if not ID.fullmatch(said) and not is_label(said):
        raise ValueError("is no lot's id (letters, digits, . _ -) and no label of GS1")
    return said


Exact = Annotated[str, AfterValidator(_exact)]
Code = Annotated[str, Field(max_length=LONGEST_CODE), AfterValidator(_code)]
"""A lot by its id, or by its label as scanned."""


def materials_of(request: Request) -> Materials:
    """The materials room of the edge."""
    return edge_of(request).rooms.materials


def lot_of(request: Request) -> str:
    """The lot of the path: by its id, or by its label as scanned."""
    return materials_of(request).scanning.id(request.path_params["lot"])
