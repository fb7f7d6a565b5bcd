"""A form of fields: what it asks is a table (asking.py), not a class of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from terminal_ui.asking import LONGEST, Answers, Field, Kind, Wrong, answer
from terminal_ui.texts import Texts
from terminal_ui.widgets.choices import ChoiceList


@dataclass(frozen=True, kw_only=True)
class Answered:
    answers: Answers


class AskScreen(ModalScreen[Answered | None]):
    """One page; it answers only with what is right, field by field; Escape is None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
    ]

    def __init__(
        self, title: str, fields: Sequence[Field], labels: Mapping[str, str], texts: Texts
    ) -> None:
        super().__init__()
        self._title, self._fields, self._labels, self._texts = title, fields, labels, texts

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="form asking", can_focus=False):
            yield Label(self._title, classes="form-title", markup=False)
            for field in self._fields:
                yield Label(self._labels[field.name], markup=False)
                yield self._widget(field)
            yield Static("", id="fault", markup=False)
            with Horizontal(classes="form-buttons"):
                yield Button(self._texts.t("form.ok"), id="ok", compact=True)
                yield Button(self._texts.t("form.cancel"), id="cancel", compact=True)

    def _widget(self, field: Field) -> Input | ChoiceList:
        if field.kind is Kind.CHOICE:
            return ChoiceList(field.choices, field.default, id=_id(field))
        secret = field.kind is Kind.SECRET
        return Input(
            field.default, id=_id(field), password=secret, max_length=LONGEST, compact=True
        )

    def on_mount(self) -> None:
        empty = [field for field in self._fields if not field.default]
        self._focus((empty or list(self._fields))[0])

    def take_scan(self, prefix: str, value: str) -> bool:
        """Put a scanned value into the field that waits for it; False if none does."""
        waiting = [
            field for field in self._fields if field.kind is Kind.SCAN and field.prefix == prefix
        ]
        if not waiting:
            return False
        self.query_one(f"#{_id(waiting[0])}", Input).value = value
        self._after(waiting[0])
        return True

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._after(self._by_id(event.input.id))

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        self._after(self._by_id(event.list_id))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "ok":
            self._finish()
        else:
            self.dismiss(None)

    def _after(self, field: Field) -> None:
        """Go on to the next field if this one is right; after the last one answer."""
        try:
            self._read(field)
        except Wrong as wrong:
            self._wrong(field, wrong)
            return
        self.query_one("#fault", Static).update("")
        place = self._fields.index(field)
        if place + 1 < len(self._fields):
            self._focus(self._fields[place + 1])
        else:
            self._finish()

    def _finish(self) -> None:
        answers: dict[str, object] = {}
        for field in self._fields:
            try:
                said = self._read(field)
            except Wrong as wrong:
                self._wrong(field, wrong)
                return
            if said is not None:
                answers[field.name] = said
        self.dismiss(Answered(answers=answers))

    def _read(self, field: Field) -> object | None:
        widget = self.query_one(f"#{_id(field)}")
        entered = widget.value if isinstance(widget, Input) else _chosen(widget)
        return answer(field, entered, self._texts)

    def _wrong(self, field: Field, wrong: Wrong) -> None:
        told = f"{self._labels[field.name]}: {wrong}"
        self.query_one("#fault", Static).update(told)
        self._focus(field)

    def _focus(self, field: Field) -> None:
        self.query_one(f"#{_id(field)}").focus()

    def _by_id(self, id_: str | None) -> Field:
        return next(field for field in self._fields if _id(field) == id_)


def _id(field: Field) -> str:
    return f"field-{field.name.replace('_', '-')}"


def _chosen(widget: object) -> str:
    return widget.chosen() if isinstance(widget, ChoiceList) else ""
