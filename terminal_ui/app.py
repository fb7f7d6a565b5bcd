"""The terminal's app: keeps the feed running and hands keys to the operations."""

from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.message import Message
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from edge.domain.clock import Clock
from edge.domain.gs1 import GS
from terminal_ui.client import EdgeClient
from terminal_ui.feed import POLL_S, Feed, View
from terminal_ui.further import Further
from terminal_ui.operations import Operations
from terminal_ui.scanner import Burst, Twice
from terminal_ui.screens.board import BoardScreen
from terminal_ui.screens.help import HelpScreen
from terminal_ui.texts import LANGUAGES, load_texts

if TYPE_CHECKING:
    from textual.timer import Timer

RESTART_S = 1.0
# A burst of so many keys that nobody knows is a foreign label, not an operator.
FOREIGN_CODE = 6


class Waited(Message):
    """No key came in time after the `number`-th that was held."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class TerminalApp(App[None]):
    """One work center's terminal. `poll_s` is the slow poll; events refresh at once.

    `scan_start`: the character that scanners send before a code; without one a scan is told by
    its speed alone.
    """

    CSS_PATH = "app.tcss"
    TITLE = "Taktline"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-tall")]  # noqa: RUF012

    def __init__(
        self,
        client: EdgeClient,
        clock: Clock,
        language: str,
        actor: str,
        poll_s: float = POLL_S,
        scan_start: str = "",
    ) -> None:
        super().__init__()
        self._client, self._actor = client, actor
        self.texts = load_texts(language)
        self.feed = Feed(client, clock, self._show, poll_s)
        self.board = BoardScreen(clock, self.texts, actor, client.url)
        self._operations = Operations(self, self.board, self.feed, client, clock)
        self._further = Further(self, self.board, self.feed, client, self._operations, self.become)
        self._burst, self._twice = Burst[events.Key](start=scan_start), Twice()
        self._held: Timer | None = None
        self._waits = 0

    async def on_mount(self) -> None:
        await self.push_screen(self.board)
        self._run("poll", self.feed.poll)
        self._run("follow", self.feed.follow)

    async def on_unmount(self) -> None:
        await self._client.close()

    async def on_event(self, event: events.Event) -> None:
        """Keys are held for a moment, wherever the focus is: they may be a scanner's."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._key(event)
        else:
            await super().on_event(event)

    async def _key(self, event: events.Key) -> None:
        burst = self._burst
        if burst.too_late(event.time):
            await self._release()
        if burst.begins(event.character):
            await self._release()
            burst.begin(event.time)
            self._wait()
        elif event.character and (event.is_printable or self._within(event)):
            burst.hold(event, event.character, event.time)
            self._wait()
        elif event.key == "enter" and burst.is_scan(event.time) and self._scanned(event.time):
            burst.release()
        else:
            await self._release(ended=event.key == "enter")
            await super().on_event(event)

    def _within(self, event: events.Key) -> bool:
        """Whether a control character is one of a code that has begun."""
        begun = self._burst.begun and event.key not in {"enter", "escape"}
        return begun or (event.character == GS and bool(self._burst.keys))

    def _wait(self) -> None:
        """For the next key.

        The end of the wait takes its place behind the keys that came before it: a timer's own
        call would go ahead of those that wait while the screen is drawn.
        """
        if self._held is not None:
            self._held.stop()
        self._waits += 1
        ends = Waited(self._waits)
        self._held = self.set_timer(self._burst.patience_s, lambda: self.post_message(ends))

    async def on_waited(self, message: Waited) -> None:
        """The held keys are a person's, unless another came before this."""
        if message.number == self._waits:
            await self._release()

    async def _release(self, *, ended: bool = False) -> None:
        """The held keys are a person's: let them have their effect.

        Those of a code that began and did not end are told, and have none.
        """
        broken, code = self._burst.begun and not ended, self._burst.text
        keys = self._burst.release()
        if broken:
            self.board.say(self.texts.t("scan.broken", code=code), "warning")
            return
        for key in keys:
            await super().on_event(key)

    def _scanned(self, now: float) -> bool:
        """Whether the burst was a code for us; one that nobody knows must not press keys."""
        code = self._burst.text
        if self._further.knows(code):
            if not self._twice.again(code, now):
                self._further.scan(code, self._actor, self.texts)
            return True
        certain = self._burst.begun or len(code) >= FOREIGN_CODE
        if isinstance(self.focused, Input) or not certain:
            return False
        self.board.say(self.texts.t("scan.unknown", code=code), "warning")
        return True

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that fails is told on the screen and started again; the app goes on."""
        if event.state is not WorkerState.ERROR:
            return
        self.log.error(event.worker.error)
        self.board.say(self.texts.t("message.internal", why=repr(event.worker.error)), "error")
        name = event.worker.name
        work = {"poll": self.feed.poll, "follow": self.feed.follow}.get(name)
        if work is not None:
            self.set_timer(RESTART_S, lambda: self._run(name, work))
        elif name == "send":
            self._operations.failed()

    def action_operate(self, name: str) -> None:
        """Do what key or button `name` stands for."""
        simple: Mapping[str, Callable[[], None]] = {
            "language": self._switch_language,
            "help": self._help,
            "quit": self.exit,
            "more": self._more,
        }
        if name in simple:
            simple[name]()
        else:
            self._operations.begin(name, self._actor, self.texts)

    def action_help_quit(self) -> None:
        """Ctrl-C, which operators press to copy, only tells the key that leaves."""
        self.board.say(self.texts.t("message.leave"))

    def become(self, actor: str) -> None:
        """Record `actor` with each action from now on."""
        self._actor = actor
        self.board.signed_on(actor)

    def _switch_language(self) -> None:
        other = LANGUAGES[(LANGUAGES.index(self.texts.language) + 1) % len(LANGUAGES)]
        self.texts = load_texts(other)
        self.board.speak(self.texts)

    def _more(self) -> None:
        self._further.menu(self._actor, self.texts)

    def _help(self) -> None:
        self.push_screen(HelpScreen(self.texts))

    def _show(self, view: View) -> None:
        self.board.show(view)

    def _run(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.run_worker(work(), name=name, group=name, exit_on_error=False)
