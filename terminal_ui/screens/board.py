"""The one screen of the terminal: it shows views of the board, and buttons and keys."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from edge.domain.clock import Clock
from terminal_ui.commands import possible
from terminal_ui.feed import View
from terminal_ui.texts import Texts
from terminal_ui.widgets.actions import KEYS, ActionBar
from terminal_ui.widgets.banner import Banner
from terminal_ui.widgets.header import HeaderBar
from terminal_ui.widgets.hours import HourBoard
from terminal_ui.widgets.job import InstructionPanel, JobPanel, NextPanel, StopPanel
from terminal_ui.widgets.kpis import KpiStrip
from terminal_ui.widgets.machine import MachinePanel
from terminal_ui.widgets.panel import Panel


class BoardScreen(Screen[None]):
    """Gets views and texts; every action goes to the app as `app.operate(name)`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"app.operate('{name}')", show=False) for name, key in KEYS.items()),
        Binding("f1,question_mark", "app.operate('help')", show=False),
    ]
    AUTO_FOCUS = ""

    def __init__(self, clock: Clock, texts: Texts, actor: str, url: str) -> None:
        super().__init__()
        self._clock, self._texts, self._actor, self._url = clock, texts, actor, url
        self._view = View()

    def compose(self) -> ComposeResult:
        yield HeaderBar()
        yield Banner()
        with Vertical(id="now"):
            yield MachinePanel()
            yield InstructionPanel()
            yield JobPanel()
            yield StopPanel()
        with Container(id="body"):
            with VerticalScroll(id="hours", can_focus=False):
                yield HourBoard()
            with Vertical(id="side"):
                yield KpiStrip()
                yield NextPanel()
        yield ActionBar()
        yield Static(self._texts.t("message.ready"), id="message", markup=False)

    def on_mount(self) -> None:
        self.query_one(HeaderBar).actor = self._actor
        self.query_one(Banner).url = self._url
        self.set_interval(1, self._tell_age)
        self.speak(self._texts)

    def speak(self, texts: Texts) -> None:
        """Show everything in the language of `texts`."""
        self._texts = texts
        for panel in self.query(Panel):
            panel.texts = texts
        self.query_one(ActionBar).texts = texts
        self.query_one("#hours").border_title = texts.t("hours.title")
        self.query_one("#side").border_title = texts.t("kpi.title")
        self.say("")
        self.show(self._view)

    def show(self, view: View) -> None:
        """Show a view; with trouble the last board stays, greyed, under a banner."""
        self._view = view
        self.set_class(view.trouble is not None, "-stale")
        self.query_one(StopPanel).reasons = view.reasons
        self.query_one(HourBoard).reasons = view.reasons
        for panel in self.query(Panel):
            panel.board = view.board
        self.query_one(Banner).view = view
        self.query_one(ActionBar).possible = possible(view.board)
        self._tell_age()
        self.call_after_refresh(self._show_current_hour)

    def say(self, message: str, severity: str = "information") -> None:
        """The line at the bottom: what came of the last action; empty is ready."""
        line = self.query_one("#message", Static)
        line.update(message or self._texts.t("message.ready"))
        line.set_classes(f"-{severity}")

    def _tell_age(self) -> None:
        banner = self.query_one(Banner)
        banner.age = round(self._clock.monotonic() - self._view.fresh_at)
        banner.display = self._view.trouble is not None or self._view.board is None

    def _show_current_hour(self) -> None:
        hours = self.query_one("#hours", VerticalScroll)
        line = self.query_one(HourBoard).current_line()
        hours.scroll_to(y=max(line - hours.size.height + 2, 0), animate=False)

    def on_action_bar_chosen(self, event: ActionBar.Chosen) -> None:
        self.call_later(self.run_action, f"app.operate('{event.action}')")
