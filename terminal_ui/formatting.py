"""How figures and times are written on the screen; pure, and exact to the cell.

A Chinese character takes two cells, so widths are counted in cells, never in characters.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from rich.cells import cell_len, set_cell_size

from edge.domain.clock import MICROS, to_datetime
from terminal_ui.texts import Texts

NOTHING = "–"
MINUTE = 60 * MICROS
DAY = 24 * 60 * MINUTE
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)$")


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells; what is too long ends in an ellipsis."""
    if cell_len(text) > width:
        return set_cell_size(set_cell_size(text, max(width - 1, 0)).rstrip() + "…", width)
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def count(number: int | None) -> str:
    """Pieces; a dash where there is no figure yet."""
    return NOTHING if number is None else str(number)


def signed(number: int | None) -> str:
    """A difference with its sign, so that colour is never alone; zero is ±0."""
    if number is None:
        return NOTHING
    return "±0" if number == 0 else f"{number:+d}"


def percent(ratio: str | None) -> str:
    """`"0.844444"` as `84.4 %`; a dash where there is no figure."""
    if ratio is None:
        return NOTHING
    value = (Decimal(ratio) * 100).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    return f"{value} %"


def bar(done: int, wanted: int, width: int) -> str:
    """Progress in `width` cells; full only when nothing is left."""
    filled = min(width * max(done, 0) // wanted, width) if wanted > 0 else 0
    return "█" * filled + "░" * (width - filled)


def duration(micros: int, texts: Texts) -> str:
    """Whole minutes, with hours from 60 on."""
    hours, minutes = divmod(max(micros, 0) // MINUTE, 60)
    if hours:
        return texts.t("time.hours", hours=hours, minutes=minutes)
    return texts.t("time.minutes", minutes=minutes)


def short_hours(labels: list[str]) -> list[str]:
    """Hour labels without their offset, unless it changes between them."""
    if len({label[5:] for label in labels}) > 1:
        return labels
    return [label[:5] for label in labels]


@dataclass(frozen=True)
class SiteTime:
    """Local time of the site, by the offset (us) that the board's label carries."""

    offset: int

    def clock(self, micros: int | None) -> str:
        """`06:42`; a dash where there is no time."""
        return NOTHING if micros is None else f"{to_datetime(micros + self.offset):%H:%M}"

    def first_at(self, clock: str, after: int) -> int:
        """The first moment (us) from `after` on at which the site's clocks show `clock`."""
        hours, minutes, seconds = (int(part) for part in f"{clock}:00".split(":")[:3])
        wanted = ((hours * 60 + minutes) * 60 + seconds) * MICROS
        return after + (wanted - (after + self.offset)) % DAY

    def day(self, micros: int, texts: Texts) -> str:
        """`Mon 06-08` in the operator's language."""
        local = to_datetime(micros + self.offset)
        return f"{texts.t(f'weekday.{local.isoweekday()}')} {local:%m-%d}"


def site_time(label: str) -> SiteTime:
    """Of a label that ends in an offset (`2026-06-08T06:42+02:00`); UTC where none stands."""
    match = _OFFSET.search(label)
    if match is None:
        return SiteTime(0)
    minutes = int(match[2]) * 60 + int(match[3])
    return SiteTime(minutes * MINUTE * (-1 if match[1] == "-" else 1))
