"""A read-only table over the board."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import DataTable, Label, Static

from terminal_ui.items import Table
from terminal_ui.texts import Texts


class TableScreen(ModalScreen[None]):
    """Rows as they were when it was opened; arrows scroll, Escape or Enter closes."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,enter,q,Q", "dismiss(None)")]

    def __init__(self, title: str, table: Table, headings: Sequence[str], texts: Texts) -> None:
        super().__init__()
        self._title, self._table, self._headings, self._texts = title, table, headings, texts

    def compose(self) -> ComposeResult:
        with Vertical(classes="form table"):
            yield Label(self._title, classes="form-title", markup=False)
            if self._table.note:
                yield Static(self._table.note, markup=False)
            yield DataTable[str](cursor_type="row", zebra_stripes=True)
            yield Static(self._texts.t("help.close"), classes="form-foot", markup=False)

    def on_mount(self) -> None:
        table: DataTable[str] = self.query_one(DataTable)
        table.add_columns(*self._headings)
        table.add_rows(self._table.rows)
        table.focus()

    def on_data_table_row_selected(self) -> None:
        self.dismiss(None)
