"""The hour-by-hour board: plan, actual, scrap, difference, running total and cause."""

from collections.abc import Mapping

from rich.cells import cell_len
from textual.content import Content

from terminal_ui.formatting import NOTHING, count, fit, short_hours, signed
from terminal_ui.model import Board, Hour, Reasons, Required
from terminal_ui.texts import Texts
from terminal_ui.widgets.job import reason_text
from terminal_ui.widgets.panel import Panel

# Column -> width in cells; the cause takes what is left.
COLUMNS: Mapping[str, int] = {
    "plan": 7, "actual": 8, "scrap": 7, "difference": 8, "cumulative": 8,
}  # fmt: skip
MARK = "▶ "
STYLES: Mapping[str, str] = {
    "current": "bold $text on $primary-muted",
    "break": "$text-muted italic",
    "future": "$text-muted",
    "past": "",
}


class HourHeading(Panel):
    """The names of the columns; stands above what scrolls, so that it is always in sight."""

    TITLE = "hours.title"

    def watch_board(self, board: Board | None) -> None:
        self.display = board is not None

    def draw(self, board: Board, width: int) -> Content:
        return _heading(self.texts, _label_width(board, self.texts), width, board.required)


class HourBoard(Panel):
    """One line an hour; the current one is marked by sign and colour."""

    TITLE = "hours.title"
    reasons = Reasons()

    def draw(self, board: Board, width: int) -> Content:
        if not board.hours:
            return Content(self.texts.t("hours.none"))
        label_width = _label_width(board, self.texts)
        return Content("\n").join(
            _line(hour, fit(label, label_width), self.texts, self.reasons, width)
            for hour, label in zip(board.hours, _labels(board), strict=True)
        )

    def current_line(self) -> int:
        """The line of the current hour, 0 where none is."""
        hours = self.board.hours if self.board else ()
        return next((i for i, hour in enumerate(hours) if hour.status == "current"), 0)


def _labels(board: Board) -> list[str]:
    return short_hours([hour.label for hour in board.hours])


def _label_width(board: Board, texts: Texts) -> int:
    """Cells of the first column, the same in the heading and in the lines."""
    return max(cell_len(text) for text in [*_labels(board), texts.t("hours.hour")]) + 1


def _heading(texts: Texts, label_width: int, width: int, required: Required | None) -> Content:
    cells = [fit(texts.t(f"hours.{name}"), size, right=True) for name, size in COLUMNS.items()]
    label = fit(texts.t("hours.hour"), label_width)
    text = f"{' ' * len(MARK)}{label}{''.join(cells)}  {texts.t('hours.cause')}"
    need = _needed(required, texts)
    left = max(width - cell_len(need), cell_len(text) + 2)
    return Content.assemble(
        (fit(text, min(left, width)), "$text-muted bold"),
        (fit(need, max(width - left, 0)), "bold"),
    )


def _needed(required: Required | None, texts: Texts) -> str:
    """What the rest of the shift must bring; nothing where nothing is missing."""
    if required is None or required.pieces <= 0:
        return ""
    if required.per_hour_up is None:
        return texts.t("hours.no_time", pieces=required.pieces)
    return texts.t("hours.needed", rate=required.per_hour_up)


def _line(hour: Hour, label: str, texts: Texts, reasons: Reasons, width: int) -> Content:
    style = STYLES.get(hour.status, "")
    mark = MARK if hour.status == "current" else " " * len(MARK)
    numbers = {"plan": count(hour.plan), "actual": count(hour.actual), "scrap": count(hour.scrap)}
    plain = "".join(fit(text, COLUMNS[name], right=True) for name, text in numbers.items())
    cause = _cause(hour, texts, reasons)
    used = len(MARK) + len(label) + sum(COLUMNS.values()) + 2
    return Content.assemble(
        (f"{mark}{label}{plain}", style),
        _difference(hour.difference, COLUMNS["difference"], style),
        _difference(hour.cumulative, COLUMNS["cumulative"], style),
        (f"  {fit(cause, max(width - used, 0))}", style),
    )


def _cause(hour: Hour, texts: Texts, reasons: Reasons) -> str:
    cause = _said_cause(hour, texts, reasons)
    signs = marks(hour)
    return f"{signs} {cause}".rstrip() if signs else cause


def marks(hour: Hour) -> str:
    """Signs of an hour: `✓` signed, `≠` other figures are known now, `!` asks for its cause, `?`
    something is not known."""
    signed = "" if hour.signature is None else "✓≠" if hour.signature.changed else "✓"
    asks = "!" if hour.asks_cause else ""
    return f"{signed}{asks}{'?' if hour.data_gaps else ''}"


def _said_cause(hour: Hour, texts: Texts, reasons: Reasons) -> str:
    if hour.status == "break":
        return texts.t("hours.break")
    cause = reason_text(hour.cause, texts, reasons)
    if cause == hour.cause and cause.isdecimal():  # no reason yet: the fault's number
        told = texts.of(hour.cause_text)
        cause = texts.t("machine.fault", fault=cause, text=told).rstrip()
    if hour.status == "current":
        return f"{texts.t('hours.now')}  {cause}".rstrip()
    return cause


def _difference(number: int | None, width: int, style: str) -> tuple[str, str]:
    text = fit(signed(number), width, right=True)
    if number is None or number == 0 or signed(number) == NOTHING:
        return text, style
    colour = "$text-success" if number > 0 else "$text-error"
    background = " on $primary-muted" if "on $primary-muted" in style else ""
    return text, f"{colour} bold{background}"
