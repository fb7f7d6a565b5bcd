"""The buttons, each with its key; a press sends the same message as the key."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Grid
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Button

from terminal_ui.texts import Texts, load_texts

# Action -> key; in the order of the buttons.
KEYS: Mapping[str, str] = {
    "start": "s",
    "interrupt": "i",
    "resume": "r",
    "complete": "c",
    "scrap": "x",
    "quantities": "p",
    "judge": "d",
    "stop_reason": "t",
    "acknowledge": "a",
    "more": "m",
    "language": "l",
    "help": "h",
    "quit": "q",
}
ALWAYS = frozenset({"more", "language", "help", "quit"})


class ActionBar(Grid):
    """Buttons for all actions; those that make no sense now are dimmed."""

    texts: reactive[Texts] = reactive(load_texts("en"))
    possible: reactive[frozenset[str]] = reactive(frozenset)

    class Chosen(Message):
        """A button was pressed."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def compose(self) -> ComposeResult:
        for action in KEYS:
            yield Button(self._label(action), id=f"do-{action.replace('_', '-')}", name=action)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Chosen(event.button.name or ""))

    def watch_texts(self) -> None:
        for button in self.query(Button):
            button.label = self._label(button.name or "")

    def watch_possible(self) -> None:
        for button in self.query(Button):
            button.disabled = button.name not in self.possible | ALWAYS

    def _label(self, action: str) -> str:
        return f"{KEYS[action].upper()} {self.texts.t(f'action.{action}')}"
