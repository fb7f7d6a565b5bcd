"""The drawing of a chart as SVG: one unit to the right is one second, so that bars are exact.

Bars stand in an inner drawing whose view box is the plan's span in seconds; the page
stretches it. Texts are outside of it, so that nothing distorts them. Every text that came
from elsewhere is escaped; the drawing is well-formed XML.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from edge.domain.clock import MICROS
from edge.domain.hours import next_hour
from edge.domain.intervals import Interval
from edge.planning.views.bars import Bar
from edge.planning.views.chart import Chart, OrderSaid, Row, midnight
from edge.planning.views.colours import colours_of
from edge.planning.views.escaping import escape
from edge.planning.views.words import Words, hours_of

LANE, TALL, FEW = 30, 46, 8  # height of a lane where there are many, and where there are few
MARGIN = 8
AXIS = 36  # height of days and hours above the rows
LEAST_LABELS, MOST_LABELS = 60, 180  # width of the names at the left of a stand-alone drawing
LEGEND = 26
LONGEST_NAME = 20
STRIPES = 400  # of hatching, in the length of a drawing
STYLE = (Path(__file__).parent / "drawing.css").read_text("utf-8")


class Drawing:
    """Parts of the drawing of one chart."""

    def __init__(self, chart: Chart, words: Words) -> None:
        self.chart, self.words = chart, words
        lanes = sum(row.lanes for row in chart.rows)
        self.lane = LANE if lanes > FEW else TALL  # of a lane; a row has a margin besides
        self.colours = colours_of(chart.families)
        self.stripe = max((chart.end - chart.begin) // STRIPES, 1)
        self.tops = dict(zip((row.id for row in chart.rows), self._tops(), strict=True))
        self.height = sum(self.row_height(row) for row in chart.rows)

    @property
    def seconds(self) -> str:
        """Length of the drawing, in its own units."""
        return exact(self.chart.end - self.chart.begin)

    def row_height(self, row: Row) -> int:
        return row.lanes * self.lane + MARGIN

    def _tops(self) -> Iterator[int]:
        top = 0
        for row in self.chart.rows:
            yield top
            top += self.row_height(row)

    def x(self, at: int) -> str:
        """Where a moment stands: seconds from the drawing's begin."""
        return exact(at - self.chart.begin)

    def days(self) -> Iterator[int]:
        """Midnights of the site's clock in the drawing, the first one too."""
        at = self.chart.begin
        while at < self.chart.end:
            yield at
            at = midnight(at, self.chart.zone, days=1)

    def hours(self) -> Iterator[int]:
        """Full hours of the site's clock between midnights."""
        zone = self.chart.zone
        for day in self.days():
            end = min(midnight(day, zone, days=1), self.chart.end)
            at = next_hour(day, zone)
            while at < end:
                yield at
                at = next_hour(at, zone)

    def inner(self, attributes: str) -> str:
        """Rows, closed time, bars and lines, in seconds; `attributes` place it."""
        box = f'viewBox="0 0 {self.seconds} {self.height}" preserveAspectRatio="none"'
        parts = [
            f'<svg {attributes} {box}><g id="plan">',
            *self._rows(),
            self._grid("hours", self.hours()),
            self._grid("days", self.days()),
            *self._frozen(),
            *(self._bar(bar) for bar in self.chart.bars),
            *self._idle(),
            *self._now(),
            "</g></svg>",
        ]
        return "\n".join(part for part in parts if part)

    def _rows(self) -> Iterator[str]:
        for number, row in enumerate(self.chart.rows):
            top, height = self.tops[row.id], self.row_height(row)
            even = " even" if number % 2 else ""
            yield rect(f"row{even}", "0", top, self.seconds, height)
            for one in row.closed or ():
                yield self._span("closed", one, top, height)

    def _idle(self) -> Iterator[str]:
        """Over bars that last through closed time: nothing is made then."""
        for row in self.chart.rows:
            top, height = self.tops[row.id], self.row_height(row)
            yield from (self._span("idle", one, top, height) for one in row.closed or ())

    def _span(self, kind: str, one: Interval, top: int, height: int) -> str:
        return rect(kind, self.x(one.start), top, exact(one.length), height)

    def _grid(self, kind: str, moments: Iterator[int]) -> str:
        path = "".join(f"M{self.x(at)} 0V{self.height}" for at in moments)
        return f'<path class="grid {kind}" d="{path}"/>' if path else ""

    def _frozen(self) -> Iterator[str]:
        until = self.chart.frozen_until
        if until is None or not self.chart.begin < until <= self.chart.end:
            return
        begin = self.chart.begin if self.chart.now is None else self.chart.now
        if begin < until:
            yield self._span("frozen", Interval(begin, until), 0, self.height)
        yield self._line("fence", until)

    def _now(self) -> Iterator[str]:
        now = self.chart.now
        if now is not None and self.chart.begin <= now <= self.chart.end:
            yield self._line("now", now)

    def _line(self, kind: str, at: int) -> str:
        x = self.x(at)
        return f'<line class="{kind}" x1="{x}" y1="0" x2="{x}" y2="{self.height}"/>'

    def _bar(self, bar: Bar) -> str:
        """A bar with what is known of it; of a late order a red foot, beneath what it is of."""
        said = self.chart.orders.get(bar.order) or OrderSaid(id=bar.order)
        top = self.tops[bar.work_center] + MARGIN // 2 + bar.lane * self.lane
        begin = self.chart.begin
        start, end = max(bar.start, begin), min(bar.end, self.chart.end)
        colour, x = self.colours[self.chart.family(bar.order)], self.x(start)
        width, high = exact(end - start), self.lane - 2
        name, marks = f"{bar.order}.{bar.seq}", _marks(bar)
        shape = (
            f'<rect class="bar {bar.kind}{marks}" x="{x}" y="{top + 1}" width="{width}"'
            f' height="{high}" fill="{colour}"/>'
        )
        if bar.unchecked:
            shape += hatched(start - begin, end - begin, top + 1, high, self.stripe)
        foot = rect("lateness", x, top + self.lane - 6, width, 5) if said.late_s else ""
        return (
            f'<g data-order="{escape(bar.order)}" data-name="{escape(name)}">{shape}{foot}'
            f"<title>{escape(self.told(bar, said))}</title></g>"
        )

    def told(self, bar: Bar, said: OrderSaid) -> str:
        """What is shown where the pointer stands on a bar."""
        chart, words = self.chart, self.words
        times = " - ".join(words.when(chart.local(at)) for at in (bar.start, bar.end))
        known = bar.kind == "run" and (bar.quantity or not bar.frozen)
        pieces = f" × {bar.quantity}" if known else ""
        lines = [
            f"{bar.order}.{bar.seq} {said.product}{pieces}",
            f"{words(bar.kind)}: {bar.work_center or words('outside')}, {times}",
        ]
        if bar.frozen:
            lines.append(words("frozen"))
        if bar.unchecked:
            lines.append(words("unchecked_long"))
        if said.family:
            lines.append(f"{words('family')}: {said.family}")
        if said.due is not None:
            lines.append(f"{words('due')}: {words.when(chart.local(said.due))}")
        if said.completion is not None:
            lines.append(f"{words('done')}: {words.when(chart.local(said.completion))}")
        if said.late_s:
            lines.append(f"{words('late_by')}: {hours_of(said.late_s)}")
            lines += words.whys(said.reasons[:2], said.why)
        return "\n".join(lines)


def _marks(bar: Bar) -> str:
    return " kept" * bar.frozen + " unchecked" * bar.unchecked


def exact(micros: int) -> str:
    """Seconds, to the microsecond."""
    whole, rest = divmod(micros, MICROS)
    return f"{whole}.{rest:06d}".rstrip("0") if rest else str(whole)


def hatched(start: int, end: int, top: int, height: int, stripe: int) -> str:
    """Stripes that slant over a bar, about so long each; in us, as `exact` writes them.

    No pattern: one that is shown elsewhere too, as for print, is lost in some browsers.
    """
    count = max((end - start) // (2 * stripe), 1)
    wide = (end - start) // (2 * count)
    slant, low = exact(wide), top + height
    path = "".join(
        f"M{exact(start + 2 * wide * number)} {low}l{slant} {-height}h{slant}l-{slant} {height}z"
        for number in range(count)
    )
    return f'<path class="hatch" d="{path}"/>'


def swatch(kind: str, colour: str, x: int = 0, y: int = 0) -> str:
    """What a bar, field or mark looks like, 22 by 14 pixels."""
    fill = f' fill="{colour}"' if colour else ""
    shape = f'<rect class="{kind}" x="{x}" y="{y}" width="22" height="14"{fill}/>'
    if kind != "unchecked":
        return shape
    return shape + hatched(x * MICROS, (x + 22) * MICROS, y, 14, 4 * MICROS)


def rect(kind: str, x: str, y: int, width: str, height: int) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}"/>'


def text(kind: str, x: str, y: float, said: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(said)}</text>'


def svg_of(chart: Chart, words: Words, width: int = 1600) -> str:
    """A drawing that stands alone: names at the left, days above, what colours mean beneath."""
    drawing = Drawing(chart, words)
    labels = _room_for_names(drawing)
    inside, height = width - labels, AXIS + drawing.height
    legend = [*_legend(drawing, labels, width)]
    whole = height + LEGEND * (1 + max((row for row, _ in legend), default=0)) + MARGIN
    place = f'x="{labels}" y="{AXIS}" width="{inside}" height="{drawing.height}"'
    size = f'width="{width}" height="{whole}" viewBox="0 0 {width} {whole}"'
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{whole}" fill="#fff"/>',
        drawing.inner(place),
        *_names(drawing),
        *_days(drawing, labels, inside),
        *(part for _, part in legend),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _room_for_names(drawing: Drawing) -> int:
    longest = max([_wide(_name(drawing, row)) for row in drawing.chart.rows], default=0)
    return min(max(longest + 16, LEAST_LABELS), MOST_LABELS)


def _name(drawing: Drawing, row: Row) -> str:
    return (row.id or drawing.words("outside"))[:LONGEST_NAME]


def _wide(said: str) -> int:
    """About as many pixels as a text takes."""
    return sum(14 if ord(sign) > 0x2E80 else 8 for sign in said)


def _names(drawing: Drawing) -> Iterator[str]:
    for row in drawing.chart.rows:
        middle = AXIS + drawing.tops[row.id] + drawing.row_height(row) / 2
        yield text("name", "6", middle + 4, _name(drawing, row))


def _days(drawing: Drawing, left: int, inside: int) -> Iterator[str]:
    """Days above the rows; their names grow shorter where there is less room."""
    chart = drawing.chart
    days = [*drawing.days()]
    room = inside / max(len(days), 1)
    for at in days:
        x = left + (at - chart.begin) / (chart.end - chart.begin) * inside
        yield text("day", f"{x + 3:.2f}", AXIS - 18, day_name(drawing, at, room))
    if room >= 120:
        for at in drawing.hours():
            local = chart.local(at)
            if local.minute == 0 and local.hour % 6 == 0:
                x = left + (at - chart.begin) / (chart.end - chart.begin) * inside
                yield text("tick", f"{x + 2:.2f}", AXIS - 4, f"{local:%H}")


def day_name(drawing: Drawing, at: int, room: float) -> str:
    """A day as it fits into so many pixels."""
    local = drawing.chart.local(at)
    if room >= 75:
        return f"{drawing.words.weekday(local)} {local:%m-%d}"
    return f"{local:%m-%d}" if room >= 42 else f"{local:%d}"


def _legend(drawing: Drawing, left: int, width: int) -> Iterator[tuple[int, str]]:
    """(line, part) of what colours mean."""
    x, line = left, 0
    for kind, colour, name in legend_of(drawing):
        wide = 40 + _wide(name)
        if x + wide > width and x > left:
            x, line = left, line + 1
        y = AXIS + drawing.height + MARGIN + line * LEGEND
        yield line, swatch(kind, colour, x, y)
        yield line, text("legend", str(x + 28), y + 12, name)
        x += wide


def legend_of(drawing: Drawing) -> Sequence[tuple[str, str, str]]:
    """(class, colour, name) of what is drawn; of many orders only that they are coloured so."""
    words, chart = drawing.words, drawing.chart
    found = [("", colour, name) for name, colour in drawing.colours.items()]
    if not any(one.family or one.product for one in chart.orders.values()):
        found = [("", "#8c6d4f", words("by_order"))]
    if any(bar.kind == "setup" for bar in chart.bars):
        found.append(("setup", "#555555", words("setup")))
    if any(bar.unchecked for bar in chart.bars):
        found.append(("unchecked", "#555555", words("unchecked_long")))
    if any(row.closed for row in chart.rows):
        found.append(("closed", "", words("closed")))
    if chart.late:
        found.append(("lateness", "", words("late")))
    if chart.frozen_until is not None:
        found.append(("frozen", "", words("frozen")))
    return found
