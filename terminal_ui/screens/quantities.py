"""What a job made in an hour, where people count: hour, good pieces, scrap and its reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from terminal_ui.formatting import count, short_hours
from terminal_ui.model import Hour, Reason
from terminal_ui.screens.form import Form
from terminal_ui.texts import Texts

WHOLE = re.compile(r"[+-]?[0-9]{1,7}")


@dataclass(frozen=True)
class Quantities:
    """Pieces to add to an hour (us), below 0 to take back; `reason` is empty without scrap."""

    hour: int
    good: int
    scrap: int
    reason: str


def pieces(value: str) -> int | None:
    """The whole number that was entered, nothing is 0; None if it is none."""
    if not value:
        return 0
    return int(value) if WHOLE.fullmatch(value) else None


class QuantitiesScreen(Form[Quantities]):
    """The hours so far with what was reported, the last one chosen; nothing is sent before
    the figures are right."""

    def __init__(
        self, title: str, hours: Sequence[Hour], reasons: Sequence[Reason], texts: Texts
    ) -> None:
        super().__init__(title, reasons, texts)
        self._hours = hours

    def compose(self) -> ComposeResult:
        with Vertical(classes="form pair"):
            yield Label(self._title, classes="form-title", markup=False)
            yield OptionList(*self._options(), id="hour", compact=True, markup=False)
            yield Label(self._texts.t("quantities.good"))
            yield Input(id="good", max_length=8, compact=True)
            yield Label(self._texts.t("quantities.scrap"))
            yield Input(id="scrap", max_length=8, compact=True)
            yield Label(self._texts.t("scrap.reason"))
            yield self.reason_list()
            yield Static("", id="fault", markup=False)
            yield from self.buttons()

    def on_mount(self) -> None:
        self.query_one("#hour", OptionList).highlighted = len(self._hours) - 1
        self.query_one("#good", Input).focus()

    def _options(self) -> list[Option]:
        labels = short_hours([hour.label for hour in self._hours])
        return [
            Option(
                self._texts.t(
                    "quantities.hour", hour=label, good=count(one.actual), scrap=count(one.scrap)
                ),
                id=str(one.hour),
            )
            for label, one in zip(labels, self._hours, strict=True)
        ]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "good":
            self.query_one("#scrap", Input).focus()
        elif pieces(event.value.strip()):
            self.query(OptionList).last().focus()
        else:
            self.finish()

    def selected(self, list_: OptionList) -> None:
        if list_.id == "hour":
            self.query_one("#good", Input).focus()
        else:
            self.finish()

    def finish(self) -> None:
        entered = [self.query_one(f"#{name}", Input).value.strip() for name in ("good", "scrap")]
        good, scrap = map(pieces, entered)
        hour = self.query_one("#hour", OptionList).highlighted_option
        reason = self.query(OptionList).last().highlighted_option if self._reasons else None
        if good is None or scrap is None:
            wrong = entered[0] if good is None else entered[1]
            self._show(self._texts.t("quantities.not_whole", value=wrong))
        elif not good and not scrap:
            self._show(self._texts.t("quantities.nothing"))
        elif hour is not None and hour.id is not None:
            why = str(reason.id) if reason is not None and scrap > 0 else ""
            self.dismiss(Quantities(int(hour.id), good, scrap, why))

    def _show(self, fault: str) -> None:
        self.query_one("#fault", Static).update(fault)
