"""What is wrong between terminal and edge, and how old the data is."""

from textual.content import Content
from textual.reactive import reactive

from terminal_ui.errors import EdgeBusy, EdgeUnreachable
from terminal_ui.feed import View
from terminal_ui.formatting import site_time
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
    values: dict[str, object] = {"why": str(view.trouble), "attempt": view.attempt, "url": url}
    if not isinstance(view.trouble, EdgeUnreachable | EdgeBusy):
        return texts.t("banner.refused", **values)
    if view.board is None:
        return texts.t("banner.no_data", **values)
    time = site_time(view.board.label).clock(view.board.plant_now)
    return texts.t("banner.stale", time=time, age=age, **values)
