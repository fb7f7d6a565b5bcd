"""Readings that are not believed: how many pieces they were, by the word of a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from terminal_ui.model import Held
from terminal_ui.screens.form import Form
from terminal_ui.texts import Texts


@dataclass(frozen=True)
class Judgement:
    """Pieces of a quarantine, 0 to discard it, and why."""

    id: int
    quantity: int
    note: str


class JudgeScreen(Form[Judgement]):
    """One of the quarantines, pieces and a note; nothing is sent before they are right."""

    def __init__(self, held: Sequence[Held], texts: Texts) -> None:
        super().__init__(texts.t("judge.title"), (), texts)
        self._held = {str(one.id): one for one in held}

    def compose(self) -> ComposeResult:
        options = [Option(held_text(one, self._texts), id=id_) for id_, one in self._held.items()]
        with Vertical(classes="form wide"):
            yield Label(self._title, classes="form-title", markup=False)
            yield OptionList(*options, compact=True, markup=False)
            yield Label(self._texts.t("judge.pieces"))
            yield Input(id="pieces", max_length=9, compact=True)
            yield Label(self._texts.t("judge.note"))
            yield Input(id="note", max_length=200, compact=True)
            yield Static("", id="fault", markup=False)
            yield from self.buttons()

    def selected(self, _list: OptionList) -> None:
        self.query_one("#pieces", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "pieces":
            self.query_one("#note", Input).focus()
        else:
            self.finish()

    def finish(self) -> None:
        id_ = self.chosen()
        if id_ is None:
            return
        pieces = self.query_one("#pieces", Input).value.strip()
        note = self.query_one("#note", Input).value.strip()
        if fault := check_judgement(self._held[id_], pieces, note, self._texts):
            self.query_one("#fault", Static).update(fault)
        else:
            self.dismiss(Judgement(int(id_), int(pieces), note))


def held_text(held: Held, texts: Texts) -> str:
    """When, which values, and what they can mean in pieces."""
    means = texts.t("judge.or").join(
        texts.t("judge.meaning", pieces=one.pieces, how=texts.find(f"judge_how.{one.how}", one.how))
        for one in held.meanings
    )
    text = texts.t(
        "judge.held",
        hour=held.label[11:16],
        tag=held.tag,
        raw_from=held.raw_from,
        raw_to=held.raw_to,
        means=means,
        job=held.job_order_id or texts.t("judge.no_job"),
    )
    return text if held.limit is None else text + texts.t("judge.limit", limit=held.limit)


def check_judgement(held: Held, pieces: str, note: str, texts: Texts) -> str:
    """What is wrong with a judgement; empty if nothing is."""
    whole = pieces.isascii() and pieces.isdecimal()
    if not whole or int(pieces) > held.most:
        return texts.t("judge.out_of_range", value=pieces, most=held.most)
    return "" if note else texts.t("judge.no_note")
