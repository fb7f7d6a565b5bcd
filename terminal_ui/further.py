"""Runs what the rooms add: the menu, their forms and tables, and what a scanner reads."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from textual.app import App

from terminal_ui.asking import Answers, Field
from terminal_ui.client import EdgeClient
from terminal_ui.commands import Command
from terminal_ui.feed import TROUBLE, Feed
from terminal_ui.items import Item, Nothing, Outcome, Room, Sight, Table
from terminal_ui.operations import Operations
from terminal_ui.registry import Scanned, load_rooms, scanned
from terminal_ui.screens.ask import Answered, AskScreen
from terminal_ui.screens.board import BoardScreen
from terminal_ui.screens.more import Chosen, MoreScreen
from terminal_ui.screens.table import TableScreen
from terminal_ui.sentences import trouble_text
from terminal_ui.texts import Texts


class Further:
    """One item at a time; what it sends goes the way of every other action (Operations)."""

    def __init__(
        self,
        app: App[None],
        screen: BoardScreen,
        feed: Feed,
        client: EdgeClient,
        operations: Operations,
        become: Callable[[str], None],
    ) -> None:
        self._app, self._screen, self._feed, self._client = app, screen, feed, client
        self._operations, self._become = operations, become
        self.rooms = load_rooms()

    def menu(self, actor: str, texts: Texts) -> None:
        """Open the menu, and do what is chosen there."""
        sight = self._sight(actor, texts)
        if sight is None:
            return

        def answered(chosen: Chosen | None) -> None:
            if chosen is not None:
                self._begin(chosen.room, chosen.item, sight, {})

        self._app.push_screen(MoreScreen(self.rooms, sight, texts), answered)

    def knows(self, code: str) -> bool:
        """Whether a code begins with a prefix of some room."""
        return scanned(code, self.rooms) is not None

    def scan(self, code: str, actor: str, texts: Texts) -> None:
        """Do what a code that a room knows stands for."""
        found = scanned(code, self.rooms)
        screen = self._app.screen
        if found is None:
            return
        if isinstance(screen, AskScreen) and screen.take_scan(found.scan.prefix, found.value):
            return
        if not isinstance(screen, BoardScreen):
            self._screen.say(texts.t("scan.form_open", code=code), "warning")
        elif (sight := self._sight(actor, texts)) is not None:
            self._scanned(found, sight)

    def _scanned(self, found: Scanned, sight: Sight) -> None:
        if found.item.possible(sight):
            self._begin(found.room, found.item, sight, {found.scan.field: found.value})
        else:
            key = f"{found.room.name}.cannot.{found.item.name}"
            self._screen.say(sight.texts.t(key), "warning")

    def _sight(self, actor: str, texts: Texts) -> Sight | None:
        view = self._feed.view
        if view.board is None:
            self._screen.say(texts.t("message.no_board"), "warning")
            return None
        get = self._client.get
        return Sight(board=view.board, reasons=view.reasons, actor=actor, texts=texts, get=get)

    def _begin(self, room: Room, item: Item, sight: Sight, answers: Answers) -> None:
        self._work(self._page(room, item, sight, answers, 0), room, item, sight)

    def _work(self, work: Coroutine[Any, Any, None], room: Room, item: Item, sight: Sight) -> None:
        async def told() -> None:
            try:
                await work
            except Nothing as nothing:
                self._screen.say(str(nothing), "warning")
            except TROUBLE as error:
                action = sight.texts.t(f"{room.name}.item.{item.name}")
                why = trouble_text(error, sight.texts)
                text = sight.texts.t("message.refused", action=action, problem=why)
                self._screen.say(text, "error")

        self._app.run_worker(told(), name="further", group="further", exit_on_error=False)

    async def _page(
        self, room: Room, item: Item, sight: Sight, answers: Answers, number: int
    ) -> None:
        """Ask page `number`, unless all of it is answered; after the last one send or show."""
        if number == len(item.asks):
            await self._finish(room, item, sight, answers)
            return
        fields = await item.asks[number](sight, answers)
        open_ = [field for field in fields if field.name not in answers]
        if not open_:
            await self._page(room, item, sight, answers, number + 1)
            return

        def answered(said: Answered | None) -> None:
            if said is not None:
                more = {**answers, **said.answers}
                self._work(self._page(room, item, sight, more, number + 1), room, item, sight)

        title = sight.texts.t(f"{room.name}.item.{item.name}")
        labels = _labels(room, open_, sight.texts)
        self._app.push_screen(AskScreen(title, open_, labels, sight.texts), answered)

    async def _finish(self, room: Room, item: Item, sight: Sight, answers: Answers) -> None:
        if item.show is not None:
            self._show(room, item, await item.show(sight, answers), sight.texts)
        if item.send is None:
            return
        call = item.send(sight, answers)

        def done(answer: Mapping[str, object]) -> Outcome:
            outcome = item.then(sight, answers, answer)
            if outcome.actor:
                self._become(outcome.actor)
            return outcome

        body = {"actor": sight.actor, **call.body}
        self._operations.submit(
            Command(f"{room.name}.item.{item.name}", call.path, body), sight.texts, done
        )

    def _show(self, room: Room, item: Item, table: Table, texts: Texts) -> None:
        title = texts.t(f"{room.name}.item.{item.name}")
        headings = [texts.t(f"{room.name}.column.{name}") for name in table.columns]
        self._app.push_screen(TableScreen(title, table, headings, texts))


def _labels(room: Room, fields: Sequence[Field], texts: Texts) -> dict[str, str]:
    return {
        field.name: field.text or texts.t(f"{room.name}.field.{field.name}") for field in fields
    }
