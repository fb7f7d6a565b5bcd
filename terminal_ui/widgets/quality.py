"""What quality asks of the operator: inspections that are due, holds, findings, pieces apart."""

from collections.abc import Iterator

from textual.content import Content

from terminal_ui.model import Board, DueInspection, Quality
from terminal_ui.sentences import detail_of, said, whole
from terminal_ui.texts import Texts
from terminal_ui.widgets.panel import Panel, titled

SHOWN = 3  # of each kind; the More menu has all


class QualityPanel(Panel):
    """Not there while nothing is due, held or found."""

    TITLE = "quality_panel.title"

    def watch_board(self, board: Board | None) -> None:
        self.display = board is not None and board.quality != Quality()

    def draw(self, board: Board, width: int) -> Content:
        parts = list(_parts(board.quality, self.texts))
        style = "$text-error bold" if _urgent(board.quality) else "$text-warning bold"
        return titled(self.texts.t(self.TITLE), ("  ".join(parts), style))


def _urgent(quality: Quality) -> bool:
    return bool(quality.holds) or any(one.overdue for one in quality.due)


def _parts(quality: Quality, texts: Texts) -> Iterator[str]:
    for one in quality.due[:SHOWN]:
        yield due_text(one, texts)
    for hold in quality.holds[:SHOWN]:
        scope = texts.t(f"quality.scope.{hold.scope}")
        why = detail_of(hold.reason_coded, texts) if hold.reason_coded else hold.reason
        yield texts.t("quality_panel.hold", scope=scope, target=hold.target, reason=why)
    yield from said(quality.findings, quality.findings_coded, texts)[-SHOWN:]
    if quality.held or quality.waiting:
        yield texts.t("quality_panel.apart", held=quality.held, waiting=quality.waiting)


def due_text(one: DueInspection, texts: Texts) -> str:
    """An inspection with how late it is."""
    name = one.zh if texts.language == "zh" else one.en
    key = "quality_panel.overdue" if one.overdue else "quality_panel.due"
    unit = texts.t(f"quality_panel.{one.unit}")
    told = texts.t(key, name=name, inspection=one.inspection, late=one.late, unit=unit)
    if not one.not_taken:
        return told
    why = [text for of in one.not_taken_coded for text in whole(of, texts)] or [one.not_taken]
    return f"{told} ({texts.t('sentence.next').join(why)})"
