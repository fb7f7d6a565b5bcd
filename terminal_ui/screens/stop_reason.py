"""The reason of a stop."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label

from terminal_ui.screens.form import Form


@dataclass(frozen=True)
class StopReason:
    """The code of the reason, and a note that may be empty."""

    reason: str
    note: str


class StopScreen(Form[StopReason]):
    """One reason of the list, and a note if there is something to say."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="form"):
            yield Label(self._title, classes="form-title", markup=False)
            yield self.reason_list()
            yield Label(self._texts.t("stop_form.note"))
            yield Input(id="note", max_length=200, compact=True)
            yield from self.buttons()

    def on_input_submitted(self) -> None:
        self.finish()

    def finish(self) -> None:
        if (reason := self.chosen()) is not None:
            self.dismiss(StopReason(reason, self.query_one(Input).value.strip()))
