"""The More menu: the rooms, and behind each its items; the key before each chooses it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from terminal_ui.items import Item, Room, Sight
from terminal_ui.texts import Texts

KEYS = "1234567890abcdefghij"  # of the rows of a menu, from the first


@dataclass(frozen=True, kw_only=True)
class Chosen:
    room: Room
    item: Item


class MoreScreen(ModalScreen[Chosen | None]):
    """Two levels: rooms, then the items of one. What makes no sense now says why."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,backspace,left", "back"),
        *(Binding(key, f"number({n})", show=False) for n, key in enumerate(KEYS, 1)),
    ]

    def __init__(self, rooms: Sequence[Room], sight: Sight, texts: Texts) -> None:
        super().__init__()
        self._rooms, self._sight, self._texts = rooms, sight, texts
        self._room: Room | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="form"):
            yield Label("", id="title", classes="form-title", markup=False)
            yield OptionList(id="menu", compact=True, markup=False)
            yield Static("", id="fault", markup=False)

    def on_mount(self) -> None:
        self._fill()

    def _fill(self) -> None:
        room, texts = self._room, self._texts
        if room is None:
            title = texts.t("more.title")
            names = [texts.t(f"{one.name}.title") for one in self._rooms]
        else:
            title = texts.t(f"{room.name}.title")
            names = [texts.t(f"{room.name}.item.{item.name}") for item in room.items]
        self.query_one("#title", Label).update(title)
        menu = self.query_one("#menu", OptionList)
        menu.clear_options()
        for number, name in enumerate(names, 1):
            menu.add_option(Option(f"{KEYS[number - 1]} {name}"))
        menu.highlighted = 0 if names else None
        self._say("")
        menu.focus()

    def action_back(self) -> None:
        if self._room is None:
            self.dismiss(None)
        else:
            self._room = None
            self._fill()

    def action_number(self, number: int) -> None:
        self._choose(number - 1)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option_index)

    def _choose(self, index: int) -> None:
        if self._room is None:
            if index < len(self._rooms):
                self._room = self._rooms[index]
                self._fill()
            return
        if index >= len(self._room.items):
            return
        item = self._room.items[index]
        if item.possible(self._sight):
            self.dismiss(Chosen(room=self._room, item=item))
        else:
            self._say(self._texts.t(f"{self._room.name}.cannot.{item.name}"))

    def _say(self, fault: str) -> None:
        self.query_one("#fault", Static).update(fault)
