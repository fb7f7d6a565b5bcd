"""The shift's figures: availability, effectiveness, quality, OEE and coverage."""

from decimal import Decimal

from rich.cells import cell_len
from textual.content import Content

from terminal_ui.formatting import fit, percent
from terminal_ui.model import Board, Kpis
from terminal_ui.widgets.panel import Panel

COLUMN = 16
NAMES = ("availability", "effectiveness", "quality_ratio", "oee", "coverage")

# Before a shift's first moment there is nothing to compute.
NO_FIGURES = Kpis(
    availability=None, effectiveness=None, quality_ratio=None, oee=None, coverage=None
)


class KpiStrip(Panel):
    """One line, with short names if need be, or one figure a line where it is too narrow."""

    TITLE = "kpi.title"

    def draw(self, board: Board, width: int) -> Content:
        kpis = board.kpis or NO_FIGURES
        for table in ("kpi", "kpi_short"):
            line = Content("  ").join(self._figures(table, kpis))
            if cell_len(line.plain) <= width:
                return line
        return Content("\n").join(self._figures("kpi", kpis, COLUMN))

    def _figures(self, table: str, kpis: Kpis, column: int = 0) -> list[Content]:
        names = {name: self.texts.t(f"{table}.{name}") for name in NAMES}
        return [
            Content.assemble(
                (fit(text, max(column, cell_len(text))), "$text-muted"),
                (f" {figure(name, kpis)}", "bold"),
            )
            for name, text in names.items()
        ]


def figure(name: str, kpis: Kpis) -> str:
    """A percentage; above 100 % it is marked, never capped: it tells of bad master data."""
    ratio: str | None = getattr(kpis, name)
    mark = " !" if ratio is not None and Decimal(ratio) > 1 else ""
    return percent(ratio) + mark
