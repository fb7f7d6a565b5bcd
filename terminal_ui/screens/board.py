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
from terminal_ui.widgets.banner import AlarmBanner, Banner
from terminal_ui.widgets.header import HeaderBar
from terminal_ui.widgets.hours import HourBoard, HourHeading
from terminal_ui.widgets.job import (
    AsksPanel,
    CallPanel,
    ChangeoverPanel,
    HeldPanel,
    InstructionPanel,
    JobPanel,
    NextPanel,
    StopPanel,
)
from terminal_ui.widgets.kpis import KpiStrip
from terminal_ui.widgets.machine import MachinePanel
from terminal_ui.widgets.measures import MeasuresPanel
from terminal_ui.widgets.panel import Panel
from terminal_ui.widgets.quality import QualityPanel


class BoardScreen(Screen[None]):
    """Gets views and texts; every action goes to the app as `app.operate(name)`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(f"{key},{key.upper()}", f"app.operate('{name}')", show=False)
            for name, key in KEYS.items()
        ),
        Binding("f1,question_mark", "app.operate('help')", show=False),
    ]
    AUTO_FOCUS = ""

    def __init__(self, clock: Clock, texts: Texts, actor: str, url: str) -> None:
        super().__init__()
        self._clock, self._texts = clock, texts
        self._view = View()
        # Held here and not looked up: a view may come before the first or after the last frame.
        self._header, self._banner = HeaderBar(actor), Banner(url)
        self._alarms = AlarmBanner()
        self._machine, self._instruction = MachinePanel(), InstructionPanel()
        self._measures = MeasuresPanel()
        self._job, self._stop, self._next = JobPanel(), StopPanel(), NextPanel()
        self._held, self._quality = HeldPanel(), QualityPanel()
        self._calls, self._asks = CallPanel(), AsksPanel()
        self._changeover = ChangeoverPanel()
        self._hours, self._kpis = HourBoard(), KpiStrip()
        self._heading = HourHeading()
        self._scroll = VerticalScroll(self._hours, id="hours-scroll", can_focus=False)
        self._by_hour = Vertical(self._heading, self._scroll, id="hours")
        self._side = Vertical(self._kpis, self._next, id="side")
        self._actions, self._message = ActionBar(), Static(id="message", markup=False)

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._banner
        yield self._alarms
        now: tuple[Panel, ...] = (self._machine, self._measures, self._instruction, self._job)
        now = (
            *now,
            self._changeover,
            self._stop,
            self._held,
            self._quality,
            self._calls,
            self._asks,
        )
        yield Vertical(*now, id="now")
        yield Container(self._by_hour, self._side, id="body")
        yield self._actions
        yield self._message

    def on_mount(self) -> None:
        self.set_interval(1, self._tell_age)
        self.speak(self._texts)

    def speak(self, texts: Texts) -> None:
        """Show everything in the language of `texts`."""
        self._texts = texts
        for panel in self._panels():
            panel.texts = texts
        self._actions.texts = texts
        self._by_hour.border_title = texts.t("hours.title")
        self._side.border_title = texts.t("kpi.title")
        self.say("")
        self.show(self._view)

    def show(self, view: View) -> None:
        """Show a view; with trouble the last board stays, greyed, under a banner."""
        self._view = view
        self.set_class(view.trouble is not None, "-stale")
        self._stop.reasons = self._hours.reasons = view.reasons
        for panel in self._panels():
            panel.board = view.board
        self._banner.view = view
        self._actions.possible = possible(view.board)
        self._tell_age()
        self.call_after_refresh(self._show_current_hour)

    def say(self, message: str, severity: str = "information") -> None:
        """The line at the bottom: what came of the last action; empty is ready."""
        self._message.update(message or self._texts.t("message.ready"))
        self._message.set_classes(f"-{severity}")

    def signed_on(self, actor: str) -> None:
        """Who acts from now on."""
        self._header.actor = actor

    def _panels(self) -> tuple[Panel, ...]:
        now = (self._header, self._banner, self._machine, self._instruction, self._job)
        hours = (self._heading, self._hours)
        asked = (self._changeover, self._stop, self._held, self._quality, self._calls, self._asks)
        return (*now, self._alarms, self._measures, *asked, *hours, self._kpis, self._next)

    def _tell_age(self) -> None:
        self._banner.age = round(self._clock.monotonic() - self._view.fresh_at)
        self._banner.display = self._view.trouble is not None or self._view.board is None

    def _show_current_hour(self) -> None:
        line = self._hours.current_line()
        above = max(self._scroll.size.height - 2, 0)  # the hour after it is in sight too
        self._scroll.scroll_to(y=max(line - above, 0), animate=False)

    def on_action_bar_chosen(self, event: ActionBar.Chosen) -> None:
        self.call_later(self.run_action, f"app.operate('{event.action}')")
