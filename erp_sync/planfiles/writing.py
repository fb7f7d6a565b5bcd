"""A month plan as CSV or XLSX, as people would write it; reading it gives the same plan."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import xlsxwriter

from edge.domain.clock import parse_time, to_datetime
from erp_sync.planfiles.csv_text import marked
from erp_sync.planfiles.dates import NotADate, moment
from erp_sync.planfiles.headers import COLUMNS, ENDS, HEAD, REQUIRED
from erp_sync.planfiles.numbers import LARGEST
from erp_sync.planfiles.options import Options

Language = Literal["en", "zh"]
Style = Literal["iso", "dotted", "day-first", "month-first", "chinese"]
LANGUAGES: Mapping[str, int] = {"en": 0, "zh": 1}
STYLES: Mapping[str, str] = {
    "iso": "%Y-%m-%d",
    "dotted": "%d.%m.%Y",
    "day-first": "%d/%m/%Y",
    "month-first": "%m/%d/%Y",
    "chinese": "%Y年%m月%d日",
}
MOMENTS = ("release", "due", "material_from")
WIDTHS: Mapping[str, int] = {
    "id": 16,
    "product": 20,
    "release": 18,
    "due": 18,
    "material_from": 18,
    "customer": 28,
}
NUMBERS = frozenset({"number", "quantity", "priority", "promise"})
SHEET = {"en": "Plan", "zh": "计划"}
HELP_SHEET = {"en": "Help", "zh": "说明"}
PRODUCTS_SHEET = {"en": "Products", "zh": "产品清单"}
HELP: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("id", "The order's id: letters, digits, dots, dashes and underscores. Required."),
        ("number", "What machines show for it: 1 to 4,000,000. May be empty."),
        ("product", "A product that has an operations definition. Required."),
        ("product_revision", "Its revision. Required."),
        ("quantity", "Whole pieces. Required."),
        ("release", "Not before: a date (its beginning) or a date and time. May be empty."),
        ("due", "A date (its end) or a date and time. Required."),
        ("material_from", "When its material is there: a date or a time. May be empty."),
        ("customer", "May be empty."),
        ("promise", "The promise whose place the order takes over. May be empty."),
        ("priority", "1 (low) to 10 (high); empty is 1."),
    ),
    "zh": (
        ("id", "订单号：字母、数字、点、横线和下划线。必填。"),
        ("number", "机台上显示的号码：1 到 4,000,000。可空。"),
        ("product", "已有工序定义的产品。必填。"),
        ("product_revision", "产品版本。必填。"),
        ("quantity", "整数件。必填。"),
        ("release", "最早开工：日期（当天开始）或日期加时间。可空。"),
        ("due", "交货：日期（当天结束）或日期加时间。必填。"),
        ("material_from", "物料到位：日期或日期加时间。可空。"),
        ("customer", "可空。"),
        ("promise", "所兑现的承诺号。可空。"),
        ("priority", "1（低）到 10（高）；空为 1。"),
    ),
}
EMPTY_ROWS = 1000


def csv_of(
    schedule: Mapping[str, Any],
    zone: ZoneInfo,
    *,
    language: Language = "en",
    style: Style = "iso",
    separator: str = ",",
) -> str:
    """A schedule (`{id, revision, from, to, orders}`) as CSV text, its head above the header."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    at = LANGUAGES[language]
    for name, value in _head(schedule):
        rows.writerow([HEAD[name][at], _csv_cell(name, value, zone, style)])
    rows.writerow([])
    rows.writerow([names[at] for names in COLUMNS.values()])
    for order in schedule["orders"]:
        rows.writerow([_csv_cell(name, order.get(name), zone, style) for name in COLUMNS])
    return text.getvalue()


def _head(schedule: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "schedule", schedule["id"]
    yield "revision", schedule["revision"]
    if "based_on" in schedule:
        yield "based_on", schedule["based_on"]
    yield "from", schedule["from"]
    yield "to", schedule["to"]


def _shown(name: str, iso: str, zone: ZoneInfo) -> date | datetime | str:
    """A moment as people write it: a day where one begins or, of what ends, has ended there.

    It is ISO 8601 with its offset where the site's clock alone does not tell it: parts of a
    second, what comes twice on a day of a clock change, and years that no calendar has there.
    """
    try:
        at = to_datetime(parse_time(iso)).astimezone(zone)
        naive, options = at.replace(tzinfo=None), Options(zone=zone)
        day = naive.date() - timedelta(days=int(name in ENDS))
    except OverflowError:  # the last hours of 9999, or the first days of year 1
        return iso
    for said in ((day,) if naive.time() == time() else ()) + (
        (naive,) if not at.microsecond else ()
    ):
        try:
            if parse_time(moment(said, options, None, ends=name in ENDS)) == parse_time(iso):
                return said
        except NotADate:
            continue
    return at.isoformat()


def _csv_cell(name: str, value: Any, zone: ZoneInfo, style: Style) -> Any:
    if isinstance(value, str) and name not in (*MOMENTS, "from", "to"):
        return marked(value)
    if value in (None, "") or name not in (*MOMENTS, "from", "to"):
        return "" if value is None else value
    said = _shown(name, value, zone)
    if isinstance(said, str):
        return said
    day = said.strftime(STYLES[style])
    return f"{day} {said:%H:%M:%S}".removesuffix(":00") if isinstance(said, datetime) else day


def xlsx_of(
    schedule: Mapping[str, Any],
    zone: ZoneInfo,
    products: Sequence[tuple[str, str]] = (),
    *,
    language: Language = "en",
    epoch: Literal[1900, 1904] = 1900,
) -> bytes:
    """A schedule as a workbook with real dates; with no orders it is a template.

    `products` (product, revision) are listed on a sheet of their own, to choose from.
    """
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "date_1904": epoch == 1904,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        # Its own time would make each file another one.
        book.set_properties({"created": datetime.fromisoformat("2000-01-01")})
        writer = _Writer(book, zone, language)
        writer.plan(schedule, len(products))
        writer.products(products)
        writer.help()
    return file.getvalue()


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, zone: ZoneInfo, language: Language) -> None:
        self._book, self._zone, self._language = book, zone, language
        self._at = LANGUAGES[language]
        self._bold = book.add_format({"bold": True})
        self._header = book.add_format({"bold": True, "bg_color": "#D9E2EC", "bottom": 1})
        self._required = book.add_format({"bold": True, "bg_color": "#9FB3C8", "bottom": 1})
        self._formats = {
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "seconds": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "number": book.add_format({"num_format": "0"}),
            "quantity": book.add_format({"num_format": "#,##0"}),
            "text": book.add_format({"num_format": "@"}),
        }

    def plan(self, schedule: Mapping[str, Any], products: int) -> None:
        sheet = self._book.add_worksheet(SHEET[self._language])
        head = [*_head(schedule)]
        for row, (name, value) in enumerate(head):
            sheet.write_string(row, 0, HEAD[name][self._at], self._bold)
            if name in ("from", "to") and value:
                self._moment(sheet, row, 1, name, value)
            else:
                self._put(sheet, row, 1, value)
        top = len(head) + 1
        for column, (name, names) in enumerate(COLUMNS.items()):
            style = self._required if name in REQUIRED else self._header
            sheet.write_string(top, column, names[self._at], style)
            sheet.set_column(column, column, WIDTHS.get(name, 12), self._formats[_format(name)])
        for row, order in enumerate(schedule["orders"], start=top + 1):
            for column, name in enumerate(COLUMNS):
                self._order_cell(sheet, row, column, name, order.get(name))
        sheet.freeze_panes(top + 1, 1)
        last = top + max(len(schedule["orders"]), EMPTY_ROWS)
        sheet.autofilter(top, 0, last, len(COLUMNS) - 1)
        self._rules(sheet, top + 1, last, products)

    def _order_cell(self, sheet: Any, row: int, column: int, name: str, value: Any) -> None:
        if value in (None, ""):
            return
        if name in MOMENTS:
            self._moment(sheet, row, column, name, value)
        else:
            self._put(sheet, row, column, value, self._formats[_format(name)])

    def _moment(self, sheet: Any, row: int, column: int, name: str, iso: str) -> None:
        said = _shown(name, iso, self._zone)
        if isinstance(said, str):
            sheet.write_string(row, column, said)
        elif isinstance(said, datetime):
            style = self._formats["seconds" if said.second else "moment"]
            sheet.write_datetime(row, column, said, style)
        else:
            sheet.write_datetime(row, column, said, self._formats["day"])

    def _put(self, sheet: Any, row: int, column: int, value: Any, style: Any = None) -> None:
        """Texts as texts, whatever they begin with: `=cmd` is a customer's name."""
        if isinstance(value, int) and value < LARGEST:  # a number keeps 15 digits
            sheet.write_number(row, column, value, style)
        else:
            sheet.write_string(row, column, str(value), style)

    def _rules(self, sheet: Any, first: int, last: int, products: int) -> None:
        """Whoever types something else is told so at once; pasting goes round it."""
        columns = {name: at for at, name in enumerate(COLUMNS)}
        rules: dict[str, dict[str, Any]] = {
            "quantity": {"validate": "integer", "criteria": ">=", "value": 1},
            "priority": {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": 10},
        }
        if products:
            source = f"='{PRODUCTS_SHEET[self._language]}'!$A$2:$A${products + 1}"
            rules["product"] = {"validate": "list", "source": source}
        for name, rule in rules.items():
            sheet.data_validation(first, columns[name], last, columns[name], rule)

    def products(self, products: Sequence[tuple[str, str]]) -> None:
        if not products:
            return
        sheet = self._book.add_worksheet(PRODUCTS_SHEET[self._language])
        titles = {"en": ("Known product", "Known revision"), "zh": ("已有产品", "已有版本")}
        for column, title in enumerate(titles[self._language]):
            sheet.write_string(0, column, title, self._header)
        for row, (product, revision) in enumerate(products, start=1):
            sheet.write_string(row, 0, product)
            sheet.write_string(row, 1, revision)
        sheet.set_column(0, 1, 24)
        sheet.freeze_panes(1, 0)

    def help(self) -> None:
        """What each column wants: field by field, so that no row of it looks like a header."""
        sheet = self._book.add_worksheet(HELP_SHEET[self._language])
        for row, (name, text) in enumerate(HELP[self._language]):
            sheet.write_string(row, 0, COLUMNS[name][self._at], self._bold)
            sheet.write_string(row, 1, text)
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 90)


def _format(name: str) -> str:
    if name in MOMENTS:
        return "moment"
    if name == "quantity":
        return "quantity"
    return "number" if name in NUMBERS else "text"
