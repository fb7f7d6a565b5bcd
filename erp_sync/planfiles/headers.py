"""Headers of a month plan, in English and Chinese, in any order."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from edge.domain.faults import Fault
from erp_sync.planfiles.cells import Cell, Grid, as_shown, is_blank
from erp_sync.planfiles.options import Options

# Field -> (English header, Chinese header, further words for it), the first two as exported.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "id", "订单号", "order", "order id", "order no", "order number", "order nr", "work order",
        "work order no", "production order", "wo", "mo", "订单", "订单编号", "工单", "工单号",
        "工单编号", "生产订单", "生产订单号", "制令单号", "任务单号",
    ),
    "number": (
        "number", "机台号码", "machine number",
        "order number on the machine", "机台显示号", "显示号码",
    ),
    "product": (
        "product", "产品", "item", "item no", "item number", "material", "material number", "part",
        "part no", "part number", "product id", "sku", "article",
        "产品编号", "产品编码", "产品代码",
        "物料", "物料号", "物料编码", "物料编号", "料号", "品号", "图号",
    ),
    "product_revision": (
        "product revision", "产品版本", "revision", "rev", "version", "版本", "版次",
        "part revision", "item revision", "product rev",
        "物料版本", "图纸版本", "产品版次",
    ),
    "quantity": (
        "quantity", "数量", "qty", "pieces", "pcs", "amount", "order quantity", "order qty",
        "planned quantity", "计划数量", "订单数量", "生产数量", "件数", "计划数",
    ),
    "release": (
        "release", "投放日期", "release date", "released", "earliest start", "start date",
        "not before", "最早开工", "开工日期", "计划开工", "计划开工日期", "下达日期", "投产日期",
    ),
    "due": (
        "due", "交货日期", "due date", "delivery date", "deadline", "required date", "finish date",
        "need date", "交期", "交货期", "交付日期", "完工日期", "计划完工", "计划完工日期",
        "要求完成日期",
    ),
    "material_from": (
        "material from", "物料到位日期", "material date", "material available", "material there",
        "物料到料日期", "到料日期", "齐套日期",
    ),
    "customer": (
        "customer", "客户", "customer name", "client", "sold to", "客户名称", "客户简称",
    ),
    "promise": ("promise", "承诺号", "promise number", "promise id", "预约号"),
    "priority": (
        "priority", "优先级", "weight", "prio", "urgency", "优先", "优先度", "紧急程度",
    ),
}  # fmt: skip
# What stands above the table: a word, and its value in the next cell.
HEAD: Mapping[str, tuple[str, ...]] = {
    "schedule": ("schedule", "计划号", "plan", "plan id", "schedule id", "计划编号"),
    "revision": ("revision", "计划版本", "plan revision", "schedule revision", "版本", "修订"),
    "based_on": ("changes revision", "修改自版本", "based on", "based on revision", "基于版本"),
    "from": ("from", "开始日期", "start", "begin", "开始", "自", "起始日期"),
    "to": ("to", "结束日期", "until", "end", "结束", "至", "截止日期"),
}
REQUIRED = ("id", "product", "product_revision", "quantity", "due")
ENDS = frozenset({"due", "to"})  # a day there is meant to its end
LOOKED_AT = 50  # rows in which a header may stand
ENOUGH = 2  # known names that make a row a header
UNIT = re.compile(r"\s*[\[(（【][^\])）】]*[\])）】]\s*$")


def plain(text: str) -> str:
    """A name without case, width, marks and unit: `Due_Date [d]` -> `due date`."""
    said = unicodedata.normalize("NFKC", text).replace("﻿", "")
    said = UNIT.sub("", said).casefold()
    return " ".join(re.sub(r"[\s_\-.:*#/]+", " ", said).split())


def _by_name(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {plain(name): field for field, names in table.items() for name in (field, *names)}


FIELDS, HEAD_FIELDS = _by_name(COLUMNS), _by_name(HEAD)


@dataclass(frozen=True, kw_only=True)
class Header:
    """Where the header of a sheet stands, the column of each field, and what is left aside."""

    row: int
    columns: Mapping[str, int]
    ignored: Sequence[str] = ()
    faults: Sequence[Fault] = ()


def header_row(grid: Grid) -> int | None:
    """The row, from 0, that has most known names; None if no row has enough."""
    counts = [len({*_known(row)}) for row in grid.rows[:LOOKED_AT]]
    best = max(counts, default=0)
    return counts.index(best) if best >= ENOUGH else None


def _known(row: Sequence[Cell]) -> Iterator[str]:
    return (
        FIELDS[name] for cell in row if isinstance(cell, str) and (name := plain(cell)) in FIELDS
    )


def read_header(grid: Grid, row: int, options: Options) -> Header:
    """The header in a row; every unknown, doubled and missing column is a fault."""
    columns: dict[str, int] = {}
    ignored: list[str] = []
    faults: list[Fault] = []
    for column, cell in enumerate(grid.rows[row]):
        if is_blank(cell):
            faults += _nameless(grid, row, column)
            continue
        said = as_shown(cell).strip()
        field = FIELDS.get(plain(said))
        if _is_ignored(said, field, options):
            ignored.append(said)
        elif field is None:
            faults.append(Fault(grid.place(row, column), said, "unknown column", _meant(said)))
        elif field in columns:
            first = grid.place(row, columns[field])
            message = f"the column {field} is there twice, first in {first}"
            faults.append(Fault(grid.place(row, column), said, message, "keep one of them"))
        else:
            columns[field] = column
    faults += [
        Fault(
            grid.place(row), field, "the column is missing",
            f"add a column {COLUMNS[field][0]} or {COLUMNS[field][1]}",
        )
        for field in REQUIRED
        if field not in columns
    ]  # fmt: skip
    return Header(row=row, columns=columns, ignored=ignored, faults=faults)


def _is_ignored(said: str, field: str | None, options: Options) -> bool:
    if field is None and "*" in options.ignore:
        return True
    return plain(said) in {plain(one) for one in options.ignore}


def _nameless(grid: Grid, row: int, column: int) -> list[Fault]:
    """A column without a name, if something stands in it."""
    for below in range(row + 1, len(grid.rows)):
        cells = grid.rows[below]
        if column < len(cells) and not is_blank(cells[column]):
            message = f"the column has no name, and {grid.place(below, column)} has a value"
            return [Fault(grid.place(row, column), "", message, "name the column, or empty it")]
    return []


def _meant(said: str) -> str:
    near = get_close_matches(plain(said), FIELDS, n=1, cutoff=0.75)
    names = ", ".join(names[0] for names in COLUMNS.values())
    known = f"{COLUMNS[FIELDS[near[0]]][0]}" if near else f"one of {names}"
    return f"write {known}, or leave it aside with ignore={said} (--ignore)"
