"""What the machine measures beside pieces: speed, energy, weight."""

from textual.content import Content

from terminal_ui.formatting import duration
from terminal_ui.model import Board, Measure
from terminal_ui.texts import Texts
from terminal_ui.widgets.panel import Panel, titled

OLD_US = 10_000_000  # a value that was not read for so long is told with its age


class MeasuresPanel(Panel):
    """One line; away where nothing is measured."""

    TITLE = "measures.title"

    def watch_board(self, board: Board | None) -> None:
        self.display = board is not None and bool(board.measures)

    def draw(self, board: Board, width: int) -> Content:
        told = "   ".join(measure_text(one, board.plant_now, self.texts) for one in board.measures)
        return titled(self.texts.t(self.TITLE), told)


def measure_text(measure: Measure, now: int, texts: Texts) -> str:
    """Its name, value and unit; how old, if it is, or that there is none."""
    name = texts.find(f"measures.{measure.role}", measure.tag)
    if measure.value is None or measure.quality != "good":
        return f"{name} {texts.t('measures.none')}"
    shown = f"{name} {measure.value} {measure.unit}".rstrip()
    age = now - (measure.edge_time or 0)
    if age <= OLD_US:
        return shown
    return f"{shown} ({texts.t('measures.ago', age=duration(age, texts))})"
