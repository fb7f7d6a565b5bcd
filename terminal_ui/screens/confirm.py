"""A question before something that cannot be taken back."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from terminal_ui.texts import Texts


class ConfirmScreen(ModalScreen[bool]):
    """A question with yes and no; Escape is no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,n,N", "dismiss(False)"),
        ("y,Y", "dismiss(True)"),
    ]

    def __init__(self, question: str, texts: Texts) -> None:
        super().__init__()
        self._question, self._texts = question, texts

    def compose(self) -> ComposeResult:
        with Vertical(classes="form"):
            yield Static(self._question, classes="form-title", markup=False)
            with Horizontal(classes="form-buttons"):
                yield Button(f"N {self._texts.t('form.no')}", id="cancel", compact=True)
                yield Button(f"Y {self._texts.t('form.yes')}", id="ok", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "ok")
