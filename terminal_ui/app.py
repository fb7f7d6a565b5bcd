"""The terminal's app: keeps the feed running and hands keys to the operations."""

from collections.abc import Callable, Coroutine
from typing import Any

from textual.app import App
from textual.worker import Worker, WorkerState

from edge.domain.clock import Clock
from terminal_ui.client import EdgeClient
from terminal_ui.feed import POLL_S, Feed, View
from terminal_ui.operations import Operations
from terminal_ui.screens.board import BoardScreen
from terminal_ui.screens.help import HelpScreen
from terminal_ui.texts import LANGUAGES, load_texts

RESTART_S = 1.0


class TerminalApp(App[None]):
    """One work center's terminal. `poll_s` is the slow poll; events refresh at once."""

    CSS_PATH = "app.tcss"
    TITLE = "Taktline"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-tall")]  # noqa: RUF012

    def __init__(
        self, client: EdgeClient, clock: Clock, language: str, actor: str, poll_s: float = POLL_S
    ) -> None:
        super().__init__()
        self._client, self._actor = client, actor
        self.texts = load_texts(language)
        self.feed = Feed(client, clock, self._show, poll_s)
        self.board = BoardScreen(clock, self.texts, actor, client.url)
        self._operations = Operations(self, self.board, self.feed, client, clock)

    async def on_mount(self) -> None:
        await self.push_screen(self.board)
        self._run("poll", self.feed.poll)
        self._run("follow", self.feed.follow)

    async def on_unmount(self) -> None:
        await self._client.close()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that fails is told on the screen and started again; the app goes on."""
        if event.state is not WorkerState.ERROR:
            return
        self.log.error(event.worker.error)
        self.board.say(self.texts.t("message.internal", why=repr(event.worker.error)), "error")
        name = event.worker.name
        work = {"poll": self.feed.poll, "follow": self.feed.follow}.get(name)
        if work is None:
            self._operations.failed()
        else:
            self.set_timer(RESTART_S, lambda: self._run(name, work))

    def action_operate(self, name: str) -> None:
        """Do what key or button `name` stands for."""
        simple = {"language": self._switch_language, "help": self._help, "quit": self.exit}
        if name in simple:
            simple[name]()
        else:
            self._operations.begin(name, self._actor, self.texts)

    def action_help_quit(self) -> None:
        """Ctrl-C, which operators press to copy, only tells the key that leaves."""
        self.board.say(self.texts.t("message.leave"))

    def _switch_language(self) -> None:
        other = LANGUAGES[(LANGUAGES.index(self.texts.language) + 1) % len(LANGUAGES)]
        self.texts = load_texts(other)
        self.board.speak(self.texts)

    def _help(self) -> None:
        self.push_screen(HelpScreen(self.texts))

    def _show(self, view: View) -> None:
        self.board.show(view)

    def _run(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.run_worker(work(), name=name, group=name, exit_on_error=False)
