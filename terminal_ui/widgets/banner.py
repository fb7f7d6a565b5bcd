"""What is wrong between terminal and edge, and how old the data is; and the edge's own alarms."""

from textual.content import Content
from textual.reactive import reactive

from terminal_ui.errors import EdgeBusy, EdgeUnreachable
from terminal_ui.feed import View
from terminal_ui.formatting import site_time
from terminal_ui.model import Board
from terminal_ui.sentences import trouble_text
from terminal_ui.texts import Texts
from terminal_ui.widgets.panel import Panel


class Banner(Panel):
    """Shown while data is missing or old; `view` and `age` (whole seconds) come from the screen."""

    view: reactive[View] = reactive(View(), layout=True)
    age: reactive[int] = reactive(0)

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def render(self) -> Content:
        return Content(banner_text(self.view, self.age, self._url, self.texts))


def banner_text(view: View, age: int, url: str, texts: Texts) -> str:
    """Empty while the data is fresh."""
    if view.trouble is None:
        return "" if view.board else texts.t("banner.connecting", url=url)
    values: dict[str, object] = {
        "why": trouble_text(view.trouble, texts),
        "attempt": view.attempt,
        "url": url,
    }
    if not isinstance(view.trouble, EdgeUnreachable | EdgeBusy):
        return texts.t("banner.refused", **values)
    if view.board is None:
        return texts.t("banner.no_data", **values)
    time = site_time(view.board.label).clock(view.board.plant_now)
    return texts.t("banner.stale", time=time, age=age, **values)


class AlarmBanner(Panel):
    """What the edge itself needs from a person: shown while there is any alarm."""

    def watch_board(self, board: Board | None) -> None:
        """Takes no line while nothing is wrong."""
        self.display = bool(board and board.alarms)

    def render(self) -> Content:
        return Content(alarm_text(self.board, self.texts))


def alarm_text(board: Board | None, texts: Texts) -> str:
    """A line for each alarm; of a code without a text of its own what the edge says."""
    return "\n".join(
        texts.t("banner.alarm", what=texts.find(f"alarm.{one.code}", f"{one.detail} {one.mend}"))
        for one in (board.alarms if board else ())
    )
