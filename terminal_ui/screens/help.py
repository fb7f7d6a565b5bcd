"""The keys."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from terminal_ui.texts import Texts
from terminal_ui.widgets.actions import KEYS


class HelpScreen(ModalScreen[None]):
    """All keys and what they do."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,enter,h,H,q,Q,f1", "dismiss(None)")]

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts

    def compose(self) -> ComposeResult:
        lines = [f" {key.upper()}  {self._texts.t(f'help.{name}')}" for name, key in KEYS.items()]
        with Vertical(classes="form wide"):
            yield Label(self._texts.t("help.title"), classes="form-title", markup=False)
            yield Static("\n".join([*lines, "", self._texts.t("help.close")]), markup=False)
