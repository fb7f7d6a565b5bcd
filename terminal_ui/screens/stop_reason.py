"""The reason of a stop, by its tree: a digit goes down or chooses."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label

from terminal_ui.asking import Choice
from terminal_ui.model import Reason
from terminal_ui.screens.form import Form
from terminal_ui.widgets.choices import ChoiceList


@dataclass(frozen=True)
class StopReason:
    """The code of the reason, and a note that may be empty."""

    reason: str
    note: str


class StopScreen(Form[StopReason]):
    """One reason of the tree, and a note if there is something to say."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="form asking"):
            yield Label(self._title, classes="form-title", markup=False)
            yield ChoiceList(choices_of(self._reasons, self._texts.language), "", id="reason")
            yield Label(self._texts.t("stop_form.note"))
            yield Input(id="note", max_length=200, compact=True)
            yield from self.buttons()

    def on_input_submitted(self) -> None:
        self.finish()

    def on_choice_list_chosen(self) -> None:
        self.finish()

    def finish(self) -> None:
        if reason := self.query_one(ChoiceList).chosen():
            self.dismiss(StopReason(reason, self.query_one("#note", Input).value.strip()))


def choices_of(reasons: Sequence[Reason], language: str) -> list[Choice]:
    """Reasons as a tree to choose from, in the operator's language."""
    return [Choice(code=one.code, text=one.text(language), parent=one.parent) for one in reasons]
