"""The machine's state, with its fault and since when."""

from collections.abc import Mapping

from textual.content import Content

from edge.domain.vocabulary import MachineMode, MachineState, TimeClass
from terminal_ui.formatting import duration, site_time
from terminal_ui.model import Board, State
from terminal_ui.texts import Texts
from terminal_ui.widgets.panel import Panel, titled

# A sign beside the colour, so that the state is read without colour too.
SIGNS: Mapping[str, tuple[str, str]] = {
    TimeClass.APT: ("▶", "$text-success"),
    TimeClass.APT_OUTSIDE: ("▶", "$text-success"),
    TimeClass.ASUT: ("◆", "$text-accent"),
    TimeClass.ADET: ("■", "$text-error"),
    TimeClass.ADOT: ("□", "$text-warning"),
    TimeClass.UNKNOWN: ("?", "$text-error"),
}
OTHER = ("·", "$text-muted")
GOOD, BY_HAND = "good", "by_hand"


class MachinePanel(Panel):
    """One line: sign, state, fault, what the time counts as, since when."""

    TITLE = "machine.title"

    def draw(self, board: Board, width: int) -> Content:
        sign, style = SIGNS.get(board.state.time_class or "", OTHER)
        return titled(
            self.texts.t(self.TITLE), (f"{sign} ", style), *_parts(board, self.texts, style)
        )


def _parts(board: Board, texts: Texts, style: str) -> list[str | tuple[str, str]]:
    state, time = board.state, site_time(board.label)
    parts: list[str | tuple[str, str]] = [(state_name(state, texts), f"{style} bold")]
    if state.fault:
        told = texts.of(state.fault_text)
        text = texts.t("machine.fault", fault=state.fault, text=told).rstrip()
        parts += ["  ", (text, "$text-error bold")]
    if state.mode not in {None, MachineMode.PRODUCTION}:
        parts.append(f"  {mode_name(state.mode, texts)}")
    if state.time_class and (state.state, state.time_class) != (None, TimeClass.UNKNOWN):
        parts.append(f"  {texts.find(f'time_class.{state.time_class}', state.time_class)}")
    if state.since is not None:
        lasted = duration(board.plant_now - state.since, texts)
        since = texts.t("machine.since", since=time.clock(state.since), duration=lasted)
        parts.append(f"  {since}")
    if state.quality and state.quality != GOOD and state.state is not None:
        parts += ["  ", quality_text(state.quality, texts)]
    return parts


def quality_text(quality: str, texts: Texts) -> tuple[str, str]:
    """What the state rests on, in words; only what is not as it should be is a warning."""
    otherwise = texts.t("machine.quality", quality=quality)
    style = "$text-muted" if quality == BY_HAND else "$text-warning"
    return texts.find(f"signal.{quality}", otherwise), style


def mode_name(mode: int | None, texts: Texts) -> str:
    """Maintenance or manual in the operator's language; the builder's own modes by number."""
    return texts.find(f"mode.{mode}", texts.t("machine.mode", mode=mode))


def state_name(state: State, texts: Texts) -> str:
    """The state in the operator's language; the plant's own name where PackML has none."""
    if state.state is None:
        return texts.t("machine.not_reported" if state.quality == BY_HAND else "machine.no_signal")
    try:
        name = MachineState(state.state).name
    except ValueError:
        return state.name or str(state.state)
    return texts.t(f"state.{name}")
