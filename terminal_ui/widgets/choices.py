"""A list to choose from, flat or as a tree; a digit chooses what stands under it."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from terminal_ui.asking import Choice

DIGITS = range(1, 10)


class ChoiceList(OptionList):
    """Shows one level of the tree at a time: Enter or a digit goes down or chooses, Backspace
    goes up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace,left", "up_a_level", show=False),
        Binding("right", "select", show=False),
        *(Binding(str(n), f"number({n})", show=False) for n in DIGITS),
    ]

    class Chosen(Message):
        """An end of the tree was chosen."""

        def __init__(self, list_id: str | None) -> None:
            super().__init__()
            self.list_id = list_id

    def __init__(self, choices: Sequence[Choice], default: str, id: str) -> None:  # noqa: A002
        super().__init__(id=id, compact=True, markup=False)
        self._choices = {choice.code: choice for choice in choices}
        self._parents = {choice.parent for choice in choices if choice.parent in self._choices}
        known = self._choices.get(default)
        self._level = known.parent if known is not None and known.parent in self._parents else ""
        self._default = default

    def on_mount(self) -> None:
        self._fill(self._default)

    def chosen(self) -> str:
        """The code under the cursor; empty where there is none."""
        option = self.highlighted_option
        return option.id or "" if option is not None else ""

    def _fill(self, at: str = "") -> None:
        self.clear_options()
        here = self._here()
        for number, choice in enumerate(here, 1):
            opens = choice.code in self._parents and choice.code != self._level
            digit = str(number) if number in DIGITS else " "
            self.add_option(Option(f"{digit} {choice.text}{' ›' if opens else ''}", id=choice.code))
        codes = [choice.code for choice in here]
        if codes:
            self.highlighted = codes.index(at) if at in codes else 0

    def _here(self) -> list[Choice]:
        """The open level: its parent first, to be chosen itself."""
        if self._level:
            own = [self._choices[self._level]]
            return own + [one for one in self._choices.values() if one.parent == self._level]
        return [one for one in self._choices.values() if one.parent not in self._choices]

    def action_up_a_level(self) -> None:
        if self._level:
            left = self._level
            parent = self._choices[left].parent
            self._level = parent if parent in self._choices else ""
            self._fill(left)

    def action_number(self, number: int) -> None:
        if number <= self.option_count:
            self.highlighted = number - 1
            self.action_select()

    def action_select(self) -> None:
        """At once, not by a message: the next key must meet the level that this one opens."""
        self._choose(self.chosen())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click."""
        event.stop()
        self._choose(event.option_id or "")

    def _choose(self, code: str) -> None:
        if not code:
            return
        if code in self._parents and code != self._level:
            self._level = code
            self._fill()
        else:
            self.post_message(self.Chosen(self.id))
