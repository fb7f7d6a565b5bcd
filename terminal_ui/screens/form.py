"""The base of the pages over the board: a frame with OK and Cancel; Escape is Cancel."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from terminal_ui.model import Reason
from terminal_ui.texts import Texts

Answer = TypeVar("Answer")


class Form(ModalScreen[Answer | None], Generic[Answer]):
    """A page that answers with what was entered, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)")]

    def __init__(self, title: str, reasons: Sequence[Reason], texts: Texts) -> None:
        super().__init__()
        self._title, self._reasons, self._texts = title, reasons, texts

    def finish(self) -> None:
        """Answer, or show what is wrong."""
        raise TypeError(f"{type(self).__name__} has no answer")

    def selected(self, _list: OptionList) -> None:
        """An option was chosen; on a page with one list that is the answer."""
        self.finish()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.selected(event.option_list)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "ok":
            self.finish()
        else:
            self.dismiss(None)

    def reason_list(self) -> OptionList:
        """The reasons in the operator's language."""
        options = [
            Option(reason.text(self._texts.language), id=reason.code) for reason in self._reasons
        ]
        return OptionList(*options, compact=True, markup=False)

    def chosen(self) -> str | None:
        """The code of the reason under the cursor."""
        option = self.query_one(OptionList).highlighted_option
        return option.id if option else None

    def buttons(self) -> ComposeResult:
        with Horizontal(classes="form-buttons"):
            yield Button(self._texts.t("form.ok"), id="ok", compact=True)
            yield Button(self._texts.t("form.cancel"), id="cancel", compact=True)
