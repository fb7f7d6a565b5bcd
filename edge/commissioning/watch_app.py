"""The screen of `taktline watch`: devices above, their tags below, looked at each second."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Input, Static

from edge.commissioning.watch_rows import (
    DEVICE_COLUMNS,
    SORTS,
    TAG_COLUMNS,
    Json,
    device_rows,
    tag_rows,
    unreached,
)
from edge.commissioning.watch_source import Source, SourceLost
from edge.commissioning.watch_texts import LANGUAGES, text

KEYS = (("F", "filter"), ("P", "pause"), ("S", "sort"), ("L", "language"), ("Q", "quit"))
WORDS = {"devices": DEVICE_COLUMNS.index("state"), "tags": TAG_COLUMNS.index("quality")}
STYLES = {
    "connected": "green",
    "silent": "bold red",
    "resting": "bold red",
    "bad": "bold red",
    "uncertain": "yellow",
}


class WatchApp(App[None]):
    """Looks at `source` every `every_s` seconds until it is quit."""

    TITLE = "Taktline"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #head { height: 1; padding: 0 1; background: $panel; color: $text; }
    #devices { height: auto; max-height: 40%; }
    #tags { height: 1fr; }
    DataTable { scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }
    #why { height: auto; max-height: 3; padding: 0 1; color: $text-error; display: none; }
    #filter { display: none; height: 1; border: none; padding: 0 1; }
    #keys { height: 1; padding: 0 1; background: $panel; color: $text; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("f,slash", "filter", ""),
        ("p,space", "pause", ""),
        ("s", "sort", ""),
        ("l", "language", ""),
        ("q", "quit", ""),
        ("escape", "clear", ""),
    ]

    def __init__(self, source: Source, language: str, every_s: float) -> None:
        super().__init__()
        self._source, self._language, self._every_s = source, language, every_s
        self._seen: Json = {"plant_now": 0, "items": []}
        self._lost, self._paused, self._filter, self._sort = "", False, "", SORTS[0]
        self._shown: dict[str, list[tuple[str, ...]]] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="head")
        yield DataTable(id="devices", cursor_type="none", zebra_stripes=True)
        yield Static(id="why")
        yield DataTable(id="tags", cursor_type="row", zebra_stripes=True)
        yield Input(id="filter", compact=True)
        yield Static(id="keys")

    async def on_mount(self) -> None:
        self._speak()
        self.query_one("#tags").focus()
        self.set_interval(self._every_s, self._look)
        await self._look()

    async def _look(self) -> None:
        if self._paused:
            return
        try:
            self._seen, self._lost = await self._source.look(), ""
        except SourceLost as error:
            self._lost = str(error)
        self._show()

    def _t(self, key: str) -> str:
        return text(key, self._language)

    def _speak(self) -> None:
        """Put up all texts that stand still, in the language of now."""
        for id_, columns in (("devices", DEVICE_COLUMNS), ("tags", TAG_COLUMNS)):
            table = self.query_one(f"#{id_}", DataTable)
            table.clear(columns=True)
            for column in columns:
                table.add_column(self._t(column), key=column)
        self._shown.clear()
        self.query_one(Input).placeholder = self._t("filter_hint")
        words = "   ".join(f"{key} {self._t(name)}" for key, name in KEYS)
        self.query_one("#keys", Static).update(words)

    def _show(self) -> None:
        tags = tag_rows(self._seen, self._filter, self._sort)
        self._fill("devices", [row.cells for row in device_rows(self._seen)])
        self._fill("tags", [row.cells for row in tags])
        self._head(bool(tags))
        why = [self._lost] if self._lost else unreached(self._seen)
        place = self.query_one("#why", Static)
        place.display = bool(why)
        place.update(Text("\n".join(why)))

    def _head(self, any_tags: bool) -> None:
        state = "lost" if self._lost else "paused" if self._paused else "live"
        parts = [f"Taktline  {self._source.name}", self._t(state)]
        parts.append(f"{self._t('sorted_by')} {self._t(self._sort)}")
        if self._filter:
            parts.append(f"{self._t('filter')}: {self._filter}")
        if self._filter and not any_tags:
            parts.append(self._t("no_tags"))
        self.query_one("#head", Static).update(Text("  ".join(parts)))

    def _fill(self, id_: str, rows: Sequence[tuple[str, ...]]) -> None:
        """Change what has changed; only where other rows stand, or elsewhere, all is put anew."""
        table, before = self.query_one(f"#{id_}", DataTable), self._shown.get(id_, [])
        if [row[0] for row in before] != [row[0] for row in rows]:
            at = table.scroll_offset
            table.clear()
            for row in rows:
                table.add_row(*self._cells(id_, row), key=row[0])
            table.scroll_to(at.x, at.y, animate=False)
        else:
            for old, new in zip(before, rows, strict=True):
                if old != new:
                    cells = self._cells(id_, new)
                    for column, cell in zip(table.columns, cells, strict=True):
                        table.update_cell(new[0], column, cell, update_width=True)
        self._shown[id_] = list(rows)

    def _cells(self, id_: str, row: tuple[str, ...]) -> list[Text]:
        """Cells with colour; what colour says stands there in words too."""
        at = WORDS[id_]
        word = Text(self._t(row[at]), style=STYLES.get(row[at], ""))
        return [word if index == at else Text(one) for index, one in enumerate(row)]

    def action_pause(self) -> None:
        """Hold the picture, or go on."""
        self._paused = not self._paused
        self._show()

    def action_sort(self) -> None:
        """The next way to sort tags."""
        self._sort = SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]
        self._show()

    def action_language(self) -> None:
        """The other language."""
        self._language = LANGUAGES[(LANGUAGES.index(self._language) + 1) % len(LANGUAGES)]
        self._speak()
        self._show()

    def action_filter(self) -> None:
        """Ask for a part of a name, role or quality."""
        box = self.query_one(Input)
        box.display, box.value = True, self._filter
        box.focus()

    def action_clear(self) -> None:
        """Show all tags again."""
        self._filter = ""
        self._close_filter()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._filter = event.value
        self._show()

    def on_input_submitted(self) -> None:
        self._close_filter()

    def _close_filter(self) -> None:
        self.query_one(Input).display = False
        self.query_one("#tags").focus()
        self._show()
