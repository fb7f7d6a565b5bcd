"""From a key to a recorded fact: asks what an action needs, sends it, says what came of it."""

from collections.abc import Callable, Mapping

from textual.app import App

from edge.domain.clock import Clock
from terminal_ui import commands
from terminal_ui.client import EdgeClient
from terminal_ui.commands import Command
from terminal_ui.errors import AccessDenied, AnswerInvalid, AsksBack, OutOfDate, Refused
from terminal_ui.feed import TROUBLE, Feed
from terminal_ui.formatting import site_time
from terminal_ui.items import Outcome
from terminal_ui.model import Board, Reason
from terminal_ui.screens.board import BoardScreen
from terminal_ui.screens.confirm import ConfirmScreen
from terminal_ui.screens.judge import Judgement, JudgeScreen
from terminal_ui.screens.quantities import Quantities, QuantitiesScreen
from terminal_ui.screens.scrap import Scrap, ScrapScreen
from terminal_ui.screens.stop_reason import StopReason, StopScreen
from terminal_ui.sentences import problem_detail, trouble_text
from terminal_ui.texts import Texts

# What became of a command that was not recorded -> message and severity; the first that fits.
OUTCOMES: Mapping[type[Exception], tuple[str, str]] = {
    OutOfDate: ("message.out_of_date", "warning"),
    AccessDenied: ("message.denied", "error"),
    Refused: ("message.refused", "error"),
    AnswerInvalid: ("message.unconfirmed", "error"),
    commands.Unconfirmed: ("message.unconfirmed", "error"),
}


Done = Callable[[Mapping[str, object]], Outcome]


def _nothing_more(_answer: Mapping[str, object]) -> Outcome:
    return Outcome()


class Operations:
    """The operator's actions on one work center, one at a time."""

    def __init__(
        self, app: App[None], screen: BoardScreen, feed: Feed, client: EdgeClient, clock: Clock
    ) -> None:
        self._app, self._screen, self._feed = app, screen, feed
        self._client, self._clock = client, clock
        self._sending: Command | None = None

    def begin(self, name: str, actor: str, texts: Texts) -> None:
        """Do action `name`, after asking what it needs; or say why it makes no sense now."""
        board = self._feed.view.board
        if board is None:
            self._screen.say(texts.t("message.no_board"), "warning")
        elif name not in commands.possible(board):
            self._screen.say(texts.t(f"message.cannot_{name}"), "warning")
        elif self._sending is not None:
            self._busy(self._sending, texts)
        else:
            ask = {
                "scrap": self._scrap,
                "stop_reason": self._stop,
                "complete": self._complete,
                "quantities": self._quantities,
                "judge": self._judge,
            }
            ask.get(name, self._at_once)(name, board, actor, texts)

    def submit(self, command: Command, texts: Texts, done: Done) -> None:
        """Send what another page has asked for, unless something is still being sent. `done`
        hears the edge's answer, and what it answers is said."""
        if self._sending is not None:
            self._busy(self._sending, texts)
        else:
            self._submit(command, texts, done)

    def failed(self) -> None:
        """The sending ended in an error of our own: let the operator act again."""
        self._sending = None

    def _at_once(self, name: str, board: Board, actor: str, texts: Texts) -> None:
        if name == "acknowledge" and (now := board.instruction):
            self._submit(commands.acknowledge_command(board, now.plan, now.hour, actor), texts)
        elif name in commands.JOB_ACTIONS and (job := commands.job_for(name, board)):
            self._submit(commands.job_command(name, job, actor), texts)

    def _complete(self, name: str, board: Board, actor: str, texts: Texts) -> None:
        job = commands.job_for(name, board)
        if job is None or job.left <= 0:
            self._at_once(name, board, actor, texts)
            return
        forgot = board.counting == commands.MANUAL and job.good <= 0
        more = {"confirm": True} if forgot else {}

        def answered(yes: bool | None) -> None:
            if yes:
                self._submit(commands.job_command(name, job, actor, **more), texts)

        question = texts.t(
            "confirm.nothing_reported" if forgot else "confirm.complete",
            left=job.left,
            order=job.order,
            operation=job.operation,
        )
        self._app.push_screen(ConfirmScreen(question, texts), answered)

    def _scrap(self, name: str, board: Board, actor: str, texts: Texts) -> None:
        job, reasons = commands.job_for(name, board), self._feed.view.reasons.scrap
        if job is None or not self._has(reasons, texts):
            return

        def answered(scrap: Scrap | None) -> None:
            if scrap is not None:
                more = {"quantity": scrap.quantity, "reason": scrap.reason}
                self._submit(commands.job_command(name, job, actor, **more), texts)

        title = texts.t("scrap.title", order=job.order, operation=job.operation)
        self._app.push_screen(ScrapScreen(title, job.good + job.scrap, reasons, texts), answered)

    def _stop(self, _name: str, board: Board, actor: str, texts: Texts) -> None:
        stop, reasons = commands.stop_for(board), self._feed.view.reasons.stop
        if stop is None or not self._has(reasons, texts):
            return

        def answered(answer: StopReason | None) -> None:
            if answer is not None:
                command = commands.stop_command(stop.id, actor, answer.reason, answer.note)
                self._submit(command, texts)

        since = site_time(board.label).clock(stop.from_)
        title = texts.t("stop_form.title", since=since)
        self._app.push_screen(StopScreen(title, reasons, texts), answered)

    def _quantities(self, _name: str, board: Board, actor: str, texts: Texts) -> None:
        job, reasons = commands.job_for("complete", board), self._feed.view.reasons.scrap
        if job is None:
            return

        def answered(said: Quantities | None) -> None:
            if said is not None:
                figures = (said.hour, said.good, said.scrap, said.reason)
                self._submit(commands.quantities_command(job, actor, *figures), texts)

        title = texts.t("quantities.title", order=job.order, operation=job.operation)
        hours = commands.hours_so_far(board)
        self._app.push_screen(QuantitiesScreen(title, hours, reasons, texts), answered)

    def _judge(self, _name: str, _board: Board, actor: str, texts: Texts) -> None:
        work = self._ask_judgement(actor, texts)
        self._app.run_worker(work, name="judge", group="judge", exit_on_error=False)

    async def _ask_judgement(self, actor: str, texts: Texts) -> None:
        """What waits is asked for when it is wanted: it is rare, and not on the board."""
        try:
            held = await self._client.held()
        except TROUBLE as error:
            action, why = texts.t("action.judge"), trouble_text(error, texts)
            self._screen.say(texts.t("message.refused", action=action, problem=why), "error")
            return

        def answered(said: Judgement | None) -> None:
            if said is not None:
                command = commands.judge_command(said.id, actor, said.quantity, said.note)
                self._submit(command, texts)

        if held:
            self._app.push_screen(JudgeScreen(held, texts), answered)
        else:
            self._screen.say(texts.t("message.cannot_judge"), "warning")

    def _busy(self, sending: Command, texts: Texts) -> None:
        told = texts.t("message.busy", action=_action(sending, texts))
        self._screen.say(told, "warning")

    def _ask_back(self, command: Command, error: AsksBack, texts: Texts, done: Done) -> None:
        """Ask whoever said it whether it is so, and send it again if it is."""

        def answered(yes: bool | None) -> None:
            if yes:
                self._submit(commands.confirmed(command), texts, done)
            else:
                self._screen.say(texts.t("message.not_sent"), "warning")

        question = texts.t("confirm.so", detail=problem_detail(error.problem, texts))
        self._app.push_screen(ConfirmScreen(question, texts), answered)

    def _has(self, reasons: tuple[Reason, ...], texts: Texts) -> bool:
        if not reasons:
            trouble = self._feed.view.trouble
            why = trouble_text(trouble, texts) if trouble else ""
            self._screen.say(texts.t("message.no_reasons", why=why), "warning")
        return bool(reasons)

    def _submit(self, command: Command, texts: Texts, done: Done = _nothing_more) -> None:
        self._sending = command
        work = self._send(command, texts, done)
        self._app.run_worker(work, name="send", group="send", exit_on_error=False)

    async def _send(self, command: Command, texts: Texts, done: Done) -> None:
        action = _action(command, texts)
        self._screen.say(texts.t("message.sending", action=action))

        def waiting(error: Exception) -> None:
            why = trouble_text(error, texts)
            self._screen.say(texts.t("message.again", action=action, why=why), "warning")

        try:
            answer = await commands.deliver(command, self._client, self._clock, waiting)
        except AsksBack as error:
            self._sending = None
            self._ask_back(command, error, texts, done)
        except tuple(OUTCOMES) as error:
            key, severity = next(told for kind, told in OUTCOMES.items() if isinstance(error, kind))
            why = trouble_text(error, texts)
            self._screen.say(texts.t(key, action=action, problem=why, why=why), severity)
        else:
            told = texts.t("message.done", action=action, seq=answer["seq"])
            self._screen.say(done(answer).message or told, "success")
        self._sending = None
        self._feed.wake()


def _action(command: Command, texts: Texts) -> str:
    """The name of an action: of the board's own, or of an item that a room added."""
    return texts.find(f"action.{command.action}", "") or texts.t(command.action)
