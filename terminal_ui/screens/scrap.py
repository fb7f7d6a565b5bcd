"""Scrap: how many pieces, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, OptionList, Static

from terminal_ui.model import Reason
from terminal_ui.screens.form import Form
from terminal_ui.texts import Texts


@dataclass(frozen=True)
class Scrap:
    """Pieces, and the code of the reason."""

    quantity: int
    reason: str


def check_quantity(value: str, most: int, texts: Texts) -> str:
    """What is wrong with a number of pieces, from 1 to `most`; empty if nothing is."""
    if most < 1:
        return texts.t("scrap.nothing_made")
    if not (value.isascii() and value.isdecimal()):
        return texts.t("scrap.not_whole", value=value, most=most)
    if not 1 <= int(value) <= most:
        return texts.t("scrap.out_of_range", value=int(value), most=most)
    return ""


class ScrapScreen(Form[Scrap]):
    """Pieces and a reason; nothing is sent before both are right."""

    def __init__(self, title: str, most: int, reasons: Sequence[Reason], texts: Texts) -> None:
        super().__init__(title, reasons, texts)
        self._most = most

    def compose(self) -> ComposeResult:
        with Vertical(classes="form"):
            yield Label(self._title, classes="form-title", markup=False)
            yield Label(self._texts.t("scrap.quantity"))
            yield Input(id="quantity", max_length=7, compact=True)
            yield Label(self._texts.t("scrap.reason"))
            yield self.reason_list()
            yield Static("", id="fault", markup=False)
            yield from self.buttons()

    def on_input_submitted(self) -> None:
        if self._fault():
            self._show(self._fault())
        else:
            self._show("")
            self.query_one(OptionList).focus()

    def finish(self) -> None:
        if fault := self._fault():
            self._show(fault)
            self.query_one(Input).focus()
        elif (reason := self.chosen()) is None:
            self._show(self._texts.t("scrap.no_reason"))
            self.query_one(OptionList).focus()
        else:
            self.dismiss(Scrap(int(self.query_one(Input).value), reason))

    def _fault(self) -> str:
        return check_quantity(self.query_one(Input).value.strip(), self._most, self._texts)

    def _show(self, fault: str) -> None:
        self.query_one("#fault", Static).update(fault)
