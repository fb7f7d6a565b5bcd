"""The first line: where we are, what time it is in the plant, and the link to sync."""

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive

from terminal_ui.formatting import fit, site_time
from terminal_ui.model import Board
from terminal_ui.texts import Texts
from terminal_ui.widgets.panel import Panel

CONNECTED, OFF = "connected", "off"


class HeaderBar(Panel):
    """Work center, plant clock, shift, operator and link; two lines where one is too short."""

    actor: reactive[str] = reactive("", layout=True)

    def __init__(self, actor: str) -> None:
        super().__init__()
        self.set_reactive(HeaderBar.actor, actor)

    def draw(self, board: Board, width: int) -> Content:
        left = where_and_when(board, self.texts)
        link, style = link_state(board, self.texts)
        operator = f"{self.texts.t('header.operator', actor=self.actor)}  "
        for before in (operator, ""):
            gap = width - cell_len(left) - cell_len(before) - cell_len(link)
            if gap >= 2:
                return Content.assemble((left, "bold"), " " * gap, before, (link, style))
        second = fit(link, width - cell_len(operator))
        return Content.assemble((fit(left, width), "bold"), "\n", (second, style), operator)

    def empty(self) -> Content:
        return Content.assemble((self.texts.t("header.title"), "bold"))


def where_and_when(board: Board, texts: Texts) -> str:
    """`L1 Stamping  06:42 Mon 06-08  early 06:00-14:00`."""
    time = site_time(board.label)
    shift = texts.t("header.no_shift")
    if board.shift is not None:
        span = f"{time.clock(board.shift.start)}-{time.clock(board.shift.end)}"
        key = "header.shift" if board.shift.start <= board.plant_now else "header.next_shift"
        shift = texts.t(key, name=board.shift.name, span=span)
    now = f"{time.clock(board.plant_now)} {time.day(board.plant_now, texts)}"
    return f"{board.work_center} {board.name}  {now}  {shift}"


def link_state(board: Board, texts: Texts) -> tuple[str, str]:
    """Text and style of the link to sync."""
    link = board.link
    if link.state == CONNECTED:
        key = "link.waiting_connected" if link.waiting else "link.connected"
        return texts.t(key, waiting=link.waiting), "$text-success"
    if link.state == OFF:
        return texts.t("link.off"), "$text-muted"
    state = texts.find(f"link_state.{link.state}", link.state)
    since = site_time(board.label).clock(link.since)
    return texts.t(
        "link.lost", state=state, waiting=link.waiting, since=since
    ), "$text-warning bold"
