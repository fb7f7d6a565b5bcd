"""A chart as one HTML file: drawing, late orders and capacity; it needs no network.

Without JavaScript it is whole and can be printed; with it it can be zoomed and searched.
"""

from collections.abc import Iterator
from pathlib import Path

from edge.domain.intervals import Interval
from edge.planning.views.chart import Chart, OrderSaid
from edge.planning.views.escaping import escape
from edge.planning.views.svg import Drawing, day_name, exact, legend_of, swatch
from edge.planning.views.words import Words, hours_of

PAGE_WIDTH = 1400  # of the drawing where nobody zooms, about that of A3 in print
DAYS_OF_STRIP = 7  # in print
MOST_REASONS = 3
STYLE, SCRIPT = (
    (Path(__file__).parent / name).read_text("utf-8") for name in ("page.css", "page.js")
)


def page_of(chart: Chart, words: Words, title: str) -> str:
    """The whole page."""
    drawing = Drawing(chart, words)
    days, whole = [*drawing.days()], Interval(chart.begin, chart.end)
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{words.language}" xmlns="http://www.w3.org/1999/xhtml"><head>',
        '<meta charset="utf-8"/><meta name="viewport" content="width=device-width"/>',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        f'<p class="figures">{escape(" · ".join(figures(chart, words)))}</p>',
        _tools(words),
        f'<div class="gantt"><div class="names">{_names(drawing)}</div><div class="scroll">',
        f'<div class="sheet" data-days="{len(days)}">',
        f'<div class="axis">{"".join(_axis(drawing, whole))}</div>',
        f'<div class="bars" style="height:{drawing.height}px">',
        drawing.inner(f'xmlns="http://www.w3.org/2000/svg" height="{drawing.height}"'),
        *_labels(drawing, whole),
        "</div></div></div></div>",
        f'<div class="weeks">{"".join(_weeks(drawing))}</div>',
        f'<div class="legend">{"".join(_legend(drawing))}</div>',
        *_late(chart, words),
        *_capacity(chart, words),
        f"<script>//<![CDATA[\n{SCRIPT}//]]></script></body></html>",
    ]
    return "\n".join(parts) + "\n"


def figures(chart: Chart, words: Words) -> list[str]:
    """The plan in a few words."""
    said = []
    if chart.version is not None:
        said.append(words("version", version=chart.version))
    if chart.now is not None:
        said.append(f"{words('now')}: {words.when(chart.local(chart.now))}")
    said.append(words("late_count", count=len(chart.late), all=len(chart.orders)))
    names = {"weighted_tardiness_s": "tardiness", "setup_s": "setup_sum", "makespan_s": "makespan"}
    said += [
        words(word, hours=hours_of(chart.objective[name]))
        for name, word in names.items()
        if name in chart.objective
    ]
    if chart.beyond:
        said.append(words("beyond", count=chart.beyond))
    return said


def _tools(words: Words) -> str:
    buttons = (
        ("fit", words("fit")), ("day", words("zoom_day")), ("hour", words("zoom_hour")),
        ("out", "−"), ("in", "+"),
    )  # fmt: skip
    made = "".join(f'<button id="{id_}">{escape(name)}</button>' for id_, name in buttons)
    found = escape(words("find"))
    return f'<div class="tools">{made}<input id="find" type="search" placeholder="{found}"/></div>'


def _names(drawing: Drawing) -> str:
    return "".join(
        f'<div style="height:{drawing.row_height(row)}px"'
        f' title="{escape(row.name or row.id)}">'
        f"{escape(row.id or drawing.words('outside'))}</div>"
        for row in drawing.chart.rows
    )


def _weeks(drawing: Drawing) -> Iterator[str]:
    """For print: a strip a week, each a window on the same drawing."""
    days = [*drawing.days(), drawing.chart.end]
    for first in range(0, len(days) - 1, DAYS_OF_STRIP):
        last = min(first + DAYS_OF_STRIP, len(days) - 1)
        # The last strip has the scale of the others, and is as much shorter.
        share = (last - first) / min(DAYS_OF_STRIP, len(days) - 1) * 100
        yield _strip(drawing, Interval(days[first], days[last]), share)


def _strip(drawing: Drawing, span: Interval, share: float) -> str:
    height = drawing.height
    window = f"{drawing.x(span.start)} 0 {exact(span.length)} {height}"
    return (
        f'<div class="gantt"><div class="names">{_names(drawing)}</div><div class="scroll">'
        f'<div class="sheet" style="width:{share:.4f}%"><div class="axis">'
        f'{"".join(_axis(drawing, span))}</div><div class="bars" style="height:{height}px">'
        f'<svg xmlns="http://www.w3.org/2000/svg" height="{height}" viewBox="{window}"'
        f' preserveAspectRatio="none"><use href="#plan"/></svg>'
        f"{''.join(_labels(drawing, span))}</div></div></div></div>"
    )


def _axis(drawing: Drawing, span: Interval) -> Iterator[str]:
    """Days in three lengths, of which the page shows the one that fits; hours if there is room."""
    days = [at for at in drawing.days() if span.start <= at < span.end]
    room = PAGE_WIDTH / max(len(days), 1)
    for at in days:
        long, middle, short = (day_name(drawing, at, wide) for wide in (100, 50, 0))
        shown = escape(day_name(drawing, at, room))
        yield (
            f'<span class="d" style="left:{percent(at, span)}" data-long="{escape(long)}"'
            f' data-middle="{middle}" data-short="{short}">{shown}</span>'
        )
    for at in drawing.hours():
        if span.start <= at < span.end:
            local = drawing.chart.local(at)
            six = " six" if local.hour % 6 == 0 and not local.minute else ""
            name = f"{local:%H:%M}" if local.minute else f"{local:%H}"
            yield f'<span class="h{six}" style="left:{percent(at, span)}">{name}</span>'


def _labels(drawing: Drawing, span: Interval) -> Iterator[str]:
    """Names on bars; a bar that is too short for its own hides it."""
    for bar in drawing.chart.bars:
        start, end = max(bar.start, span.start), min(bar.end, span.end)
        if bar.kind != "run" or start >= end:
            continue
        share = (end - start) / span.length * 100
        name = f"{bar.order}.{bar.seq}"
        small = " small" if share * PAGE_WIDTH / 100 < 6.3 * len(name) + 4 else ""
        top = drawing.tops[bar.work_center] + bar.lane * drawing.lane + drawing.lane // 2 - 5
        yield (
            f'<span class="b{small}" style="left:{percent(start, span)};width:{share:.4f}%;'
            f'top:{top}px" data-w="{share:.4f}" data-find="{escape(name)}">'
            f"{escape(name)}</span>"
        )


def percent(at: int, span: Interval) -> str:
    """Where a moment stands in a span, for texts beside the drawing."""
    return f"{(at - span.start) / span.length * 100:.4f}%"


def _legend(drawing: Drawing) -> Iterator[str]:
    for kind, colour, name in legend_of(drawing):
        yield (
            f'<span><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 14">'
            f"{swatch(kind, colour)}</svg>{escape(name)}</span>"
        )


def _late(chart: Chart, words: Words) -> Iterator[str]:
    yield f"<h2>{escape(words('late_orders'))}</h2>"
    if not chart.late:
        yield f"<p>{escape(words('none_late'))}</p>"
        return
    heads = ("order", "product", "due", "done", "late_by", "late_pieces", "why")
    yield "<table><thead><tr>" + "".join(f"<th>{escape(words(one))}</th>" for one in heads)
    yield "</tr></thead><tbody>"
    yield from (_late_row(chart, words, one) for one in chart.late)
    yield "</tbody></table>"


def _late_row(chart: Chart, words: Words, one: OrderSaid) -> str:
    times = [
        "" if at is None else escape(words.when(chart.local(at)))
        for at in (one.due, one.completion)
    ]
    told = [escape(why) for why in words.whys(one.reasons[:MOST_REASONS], one.why)]
    more = [f"+{len(one.reasons) - MOST_REASONS}"] if len(one.reasons) > MOST_REASONS else []
    why = "<br/>".join([*told, *more])
    return (
        f'<tr class="pick" data-order="{escape(one.id)}"><td>{escape(one.id)}</td>'
        f"<td>{escape(one.product)}</td><td>{times[0]}</td><td>{times[1]}</td>"
        f'<td class="n bad">{hours_of(one.late_s)}</td><td class="n">{one.late_quantity}</td>'
        f"<td>{why}</td></tr>"
    )


def _capacity(chart: Chart, words: Words) -> Iterator[str]:
    if not chart.capacity:
        return
    heads = ("work_center", "needed", "available", "load", "short")
    yield f"<h2>{escape(words('capacity'))}</h2><table><thead><tr>"
    yield "".join(f"<th>{escape(words(one))}</th>" for one in heads) + "</tr></thead><tbody>"
    for row in chart.capacity:
        needed, available = row["required_s"], row["available_s"]
        load = f"{needed / available * 100:.0f} %" if available else "–"
        bad = " bad" if row["short_s"] else ""
        yield (
            f'<tr><td>{escape(row["work_center"])}</td><td class="n">{hours_of(needed)}</td>'
            f'<td class="n">{hours_of(available)}</td><td class="n{bad}">{load}</td>'
            f'<td class="n{bad}">{hours_of(row["short_s"]) if row["short_s"] else ""}</td></tr>'
        )
    yield "</tbody></table>"
