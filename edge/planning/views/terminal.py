"""A chart as text: a row a work center, a column a stretch of time, as wide as the terminal."""

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from edge.domain.intervals import Interval
from edge.planning.views.bars import Bar
from edge.planning.views.chart import Chart, OrderSaid, Row, midnight
from edge.planning.views.escaping import safe
from edge.planning.views.words import Words, hours_of

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SETUP, CLOSED, IDLE, OTHER, UNCHECKED = "░", "·", " ", "#", "~"
LEAST, LONGEST_NAME = 40, 18
NICE_S = (300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400)
MICROS = 1_000_000


def gantt_text(chart: Chart, words: Words, width: int) -> str:
    """The whole plan; each column is what most of its time is."""
    names = [clipped(row.id or words("outside"), LONGEST_NAME) for row in chart.rows]
    left = max([wide(name) for name in names], default=0) + 2
    room = max(width - left, LEAST)
    step = _step(chart, room)
    columns = -(-(chart.end - chart.begin) // step)
    letters = _letters(chart)
    lines = [" " * left + _days(chart, words, step, columns)]
    marks = _marks(chart, step, columns)
    if marks.strip():
        lines.append(" " * left + marks)
    for row, name in zip(chart.rows, names, strict=True):
        drawn = _row(chart, row, letters, step, columns)
        lines.append(name + " " * (left - wide(name)) + drawn)
    lines += _legend(chart, words, letters, width)
    return "\n".join(safe(line.rstrip()) for line in lines)


def wide(text: str) -> int:
    """Columns that a terminal takes for a text."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _step(chart: Chart, room: int) -> int:
    """Time of a column, the smallest round one that fits (us)."""
    least = -(-(chart.end - chart.begin) // room)
    return next((one * MICROS for one in NICE_S if one * MICROS >= least), least)


def _letters(chart: Chart) -> dict[str, str]:
    return {
        family: LETTERS[at] if at < len(LETTERS) else OTHER
        for at, family in enumerate(chart.families)
    }


def _days(chart: Chart, words: Words, step: int, columns: int) -> str:
    """The days above their columns, as much of each name as there is room for."""
    line = ""
    at = chart.begin
    while at < chart.end:
        after = min(midnight(at, chart.zone, days=1), chart.end)
        place = (at - chart.begin) // step
        room = (after - chart.begin) // step - place - 1
        local = chart.local(at)
        long = f"|{words.weekday(local)} {local:%m-%d}"
        name = next((one for one in (long, f"|{local:%d}") if wide(one) <= room + 1), "|")
        if place >= wide(line):
            line += " " * (place - wide(line)) + name
        at = after
    return line[:columns]


def _marks(chart: Chart, step: int, columns: int) -> str:
    """Below the days: now, and the end of the frozen window."""
    line = [" "] * columns
    for at, mark in ((chart.frozen_until, "]"), (chart.now, "v")):
        if at is not None and chart.begin <= at < chart.end:
            line[(at - chart.begin) // step] = mark
    return "".join(line)


def _row(chart: Chart, row: Row, letters: dict[str, str], step: int, columns: int) -> str:
    bars = [bar for bar in chart.bars if bar.work_center == row.id]
    signs = []
    first = 0
    for column in range(columns):
        start = chart.begin + column * step
        end = start + step
        while first < len(bars) and bars[first].end <= start and row.lanes == 1:
            first += 1
        signs.append(_sign(chart, row, bars[first:], letters, Interval(start, end)))
    return "".join(signs)


def _sign(
    chart: Chart, row: Row, bars: Sequence[Bar], letters: dict[str, str], span: Interval
) -> str:
    """What most of a span is: a family's letter, set-up, closed or nothing. What has no cycle
    time has what others leave of it.
    """
    shares: dict[str, int] = {}
    closed = sum(_shared(one, span) for one in row.closed or ())
    for bar in bars:
        if bar.start >= span.end:
            break
        shared = _shared(Interval(bar.start, max(bar.end, bar.start + 1)), span)
        sign = _of_bar(chart, bar, letters)
        shares[sign] = shares.get(sign, 0) + shared
    shares[CLOSED] = closed
    if closed >= span.length:  # breaks and nights are shown, although a bar lies over them
        return CLOSED
    if UNCHECKED in shares:
        others = sum(share for sign, share in shares.items() if sign != UNCHECKED)
        shares[UNCHECKED] = max(min(shares[UNCHECKED], span.length - others), 0)
    busy = sum(shares.values()) - closed
    shares[IDLE] = max(span.length - busy - closed, 0)
    return max(shares, key=lambda sign: (shares[sign], sign))


def _of_bar(chart: Chart, bar: Bar, letters: dict[str, str]) -> str:
    if bar.unchecked:
        return UNCHECKED
    return SETUP if bar.kind == "setup" else letters[chart.family(bar.order)]


def _shared(one: Interval, span: Interval) -> int:
    return max(min(one.end, span.end) - max(one.start, span.start), 0)


def _legend(chart: Chart, words: Words, letters: dict[str, str], width: int) -> Iterator[str]:
    parts = [f"{letter} {family}" for family, letter in letters.items() if letter != OTHER]
    if len(letters) > len(LETTERS):
        parts = [words("by_order")]
    parts += [f"{SETUP} {words('setup')}", f"{CLOSED} {words('closed')}"]
    if any(bar.unchecked for bar in chart.bars):
        parts.append(f"{UNCHECKED} {words('unchecked')}")
    if chart.now is not None:
        parts.append(f"v {words('now')}")
    if chart.frozen_until is not None:
        parts.append(f"] {words('frozen')}")
    yield from wrapped(parts, width)


def wrapped(parts: Sequence[str], width: int, between: str = "   ") -> Iterator[str]:
    """Parts one behind the other, in as many lines as they need."""
    line = ""
    for part in parts:
        if line and wide(line) + len(between) + wide(part) > width:
            yield line
            line = ""
        line = f"{line}{between}{part}" if line else part
    yield line


def late_text(chart: Chart, words: Words, width: int) -> str:
    """Late orders, the latest first, each with its reasons beneath."""
    if not chart.late:
        return words("none_late")
    return "\n".join(safe(line) for one in chart.late for line in _late(chart, words, one, width))


def _late(chart: Chart, words: Words, one: OrderSaid, width: int) -> Iterator[str]:
    due = "" if one.due is None else words.when(chart.local(one.due))
    done = "" if one.completion is None else words.when(chart.local(one.completion))
    product = f" {one.product}" if one.product else ""
    yield clipped(
        f"{one.id}{product}: {words('due')} {due}, {words('done')} {done}, "
        f"{words('late_by')} {hours_of(one.late_s)}",
        width,
    )
    yield from (clipped(f"    {why}", width) for why in words.whys(one.reasons, one.why))


def clipped(text: str, width: int) -> str:
    """As much of a text as a line of the terminal holds."""
    if wide(text) <= width:
        return text
    kept = ""
    for sign in text:
        if wide(kept) + wide(sign) + 1 > width:
            break
        kept += sign
    return f"{kept}…"
