"""The base of all parts of the screen: attributes come down, text is drawn from them."""

from typing import ClassVar

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from terminal_ui.formatting import NOTHING, fit
from terminal_ui.model import Board
from terminal_ui.texts import Texts, load_texts

TITLE_WIDTH = 10


class Panel(Widget):
    """Draws its part of a board; without a board it says so and is never blank."""

    board: reactive[Board | None] = reactive(None, layout=True)
    texts: reactive[Texts] = reactive(load_texts("en"), layout=True)

    TITLE: ClassVar[str] = ""  # key of the title's text

    def draw(self, board: Board, width: int) -> Content:
        """The panel's text for `width` cells."""
        raise TypeError(f"{type(self).__name__} draws nothing")

    def render(self) -> Content:
        if self.board is None:
            return self.empty()
        return self.draw(self.board, self.content_size.width or self.app.size.width)

    def empty(self) -> Content:
        """What stands there before the first answer of the edge."""
        return titled(self.texts.t(self.TITLE), NOTHING)


def titled(title: str, *parts: str | tuple[str, str]) -> Content:
    """A line that begins with its title in a column of its own."""
    return Content.assemble((fit(title, TITLE_WIDTH), "$text-muted bold"), *parts)
