"""Damaged, hostile and senseless files: faults with a mend, and the service lives on."""

import io
import random
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erp_sync.errors import Problem
from erp_sync.planfiles import apart
from erp_sync.planfiles.taking import KINDS
from tests.unit.erp_sync.planfiles.books import HEADER, XLSX, book, judged, taken

SOUND = book([HEADER, ("WO1", "HINGE-60", "A", 800, "2026-06-10")])
ODS = "application/vnd.oasis.opendocument.spreadsheet"
XLS = "application/vnd.ms-excel"


def is_judged(data: bytes, kind: str) -> bool:
    """It is taken, or refused with faults that each have a place and a mend."""
    try:
        judged(taken(data, kind))
    except Problem as refused:
        problem = refused
    else:
        return True
    assert problem.status == 422
    assert problem.errors
    return all(one.place and one.message and one.mend for one in problem.errors)


def far(_made: Any, sheet: Any) -> None:
    sheet.write(1_048_575, 16_383, "x")


def test_a_cell_at_the_far_corner_ends_its_reader_and_not_the_service() -> None:
    [fault] = taken(book([HEADER], then=far), XLSX).faults
    assert fault.place == "file"
    assert "new workbook" in fault.mend


def test_cells_that_are_only_formatted_or_hold_a_space_are_no_rows() -> None:
    def decorated(made: Any, sheet: Any) -> None:
        sheet.write_blank(1_048_575, 16_383, None, made.add_format({"bold": True}))
        sheet.write_string(120_000, 3, " ")

    rows = [HEADER, ("WO1", "HINGE-60", "A", 800, "2026-06-10")]
    sent = taken(book(rows, then=decorated), XLSX)
    assert not sent.faults
    assert len(sent.orders) == 1


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * (apart.LARGEST_UNPACKED + 1))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", XLSX),
        (b"PK", XLSX),
        (SOUND[:-100], XLSX),
        (b"id,product\n", XLSX),
        (b"\xd0\xcf\x11\xe0" + bytes(600), XLS),
        (SOUND, ODS),
        (SOUND, XLS),
        (b"%PDF-1.7", ODS),
        (book([]), XLSX),
        (book([HEADER]), XLSX),
        (book([["a", "b"]]), XLSX),
    ],
)
def test_a_file_of_another_kind_is_judged(data: bytes, kind: str) -> None:
    assert is_judged(data, kind)


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    [fault] = taken(bomb(), XLSX).faults
    assert "too large" in fault.message


def test_damaged_workbooks_are_judged() -> None:
    """Bytes changed, lost and doubled; the parts of a sound file rewritten at random."""
    chance = random.Random(5)
    for _ in range(6):
        data = bytearray(SOUND)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert is_judged(bytes(data), XLSX)


PARTS = ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PARTS), st.integers(0, 4000), st.binary(max_size=12), st.integers(0, 40))
def test_rewritten_parts_of_a_workbook_are_read_or_refused(
    part: str, at: int, new: bytes, lost: int
) -> None:
    """In this process, so that many can be tried: the worker's own code never breaks."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SOUND)) as old, zipfile.ZipFile(file, "w") as packed:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                content = content[:at] + new + content[at + lost :]
            packed.writestr(name, content)
    try:
        assert apart.read(file.getvalue())["sheets"] is not None
    except apart.Unreadable as why:
        assert why.message  # noqa: PT017 - both ends are right


cells = st.none() | st.booleans() | st.integers(-9, 10**17) | st.text(max_size=6) | st.floats(-9, 9)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(cells, max_size=7), max_size=6), st.booleans())
def test_any_table_of_cells_is_judged(rows: list[list[Any]], with_header: bool) -> None:
    from erp_sync.planfiles.cells import File, Grid
    from erp_sync.planfiles.taking import schedule_of
    from tests.unit.erp_sync.planfiles.books import BERLIN

    grid = Grid(name="P", rows=[[*HEADER], *rows] if with_header else rows, epoch=1900)
    sent = schedule_of(lambda *_: File(grids=[grid]), b"", "2026-06", {"revision": "1"}, BERLIN)
    try:
        judged(sent)
    except Problem as refused:
        assert all(one.place and one.mend for one in refused.errors)  # noqa: PT017


def test_every_kind_of_file_has_a_reader() -> None:
    assert {XLSX, XLS, ODS, "text/csv"} <= {*KINDS}
