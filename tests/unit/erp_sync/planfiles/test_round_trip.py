"""A plan that is written and read again is the same plan, in each style and language."""

from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import MICROS, parse_time, to_datetime
from erp_sync.masterdata.documents import OrderDocument
from erp_sync.masterdata.schedules import Known
from erp_sync.planfiles.headers import COLUMNS
from erp_sync.planfiles.options import CHOICES
from erp_sync.planfiles.taking import CSV, KINDS, schedule_of
from erp_sync.planfiles.writing import Language, Style, csv_of, xlsx_of
from tests.unit.erp_sync.planfiles.books import XLSX, judged

pytestmark = pytest.mark.usefixtures("read_here")
ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "Asia/Shanghai", "Asia/Kolkata", "UTC")]
START = parse_time("2026-01-01T00:00:00+00:00")
days = st.integers(0, 400).map(lambda day: day * 86_400)
offsets = st.sampled_from([0, -3_600, -7_200, -8 * 3_600, -19_800])  # midnight of some zone
seconds = st.integers(0, 400 * 86_400) | st.builds(int.__add__, days, offsets)
words = st.text("=+-@\"',; \n\tAé华🙂", max_size=12)


@st.composite
def orders(draw: st.DrawFn) -> list[dict[str, Any]]:
    ids = draw(st.lists(st.from_regex(r"[A-Z0-9][A-Z0-9._-]{0,8}", fullmatch=True), unique=True))
    made = [_order(draw, id_) for id_ in ids]
    taken: set[int] = set()
    for one in made:  # one order takes over a promise
        if one["promise"] in taken:
            one["promise"] = None
        taken.add(one["promise"])
    return made


def _order(draw: st.DrawFn, id_: str) -> dict[str, Any]:
    due = START + draw(seconds) * MICROS + 402 * 86_400 * MICROS
    release, material = draw(st.none() | seconds), draw(st.none() | seconds)
    return {
        "id": id_,
        "number": None,
        "product": draw(st.sampled_from(["HINGE-60", "4711", "1.5"])),
        "product_revision": draw(st.sampled_from(["A", "2", "1.5"])),
        "quantity": draw(st.integers(1, 2**31 - 1)),
        "release": None if release is None else at(START + release * MICROS),
        "due": at(due),
        "material_from": None if material is None else at(START + material * MICROS),
        "customer": draw(words).strip(),
        "promise": draw(st.none() | st.integers(1, 2**63 - 1)),
        "priority": draw(st.integers(1, 10)),
    }


def at(micros: int) -> str:
    return to_datetime(micros).isoformat()


@st.composite
def schedules(draw: st.DrawFn) -> dict[str, Any]:
    begin = START + draw(seconds) * MICROS
    return {
        "id": "2026-06",
        "revision": draw(st.integers(1, 99)),
        "from": at(START),
        "to": at(begin + 2 * 86_400 * MICROS),
        "orders": draw(orders()),
    }


KNOWN = Known({name: ["A", "2", "1.5"] for name in ("HINGE-60", "4711", "1.5")})


def read_again(data: bytes, kind: str, zone: ZoneInfo, **query: str) -> dict[str, Any]:
    sent = schedule_of(KINDS[kind], data, "2026-06", query, zone)
    return judged(sent, KNOWN).model_dump(by_alias=True)


def moments(schedule: dict[str, Any]) -> dict[str, Any]:
    """The schedule with its times as moments: in which offset they are written is no matter."""

    def moment(said: str | None) -> int | None:
        return None if said is None else parse_time(said)

    return {
        "revision": schedule["revision"],
        "from": moment(schedule["from"]),
        "to": moment(schedule["to"]),
        "orders": [
            one | {name: moment(one[name]) for name in ("due", "release", "material_from")}
            for one in schedule["orders"]
        ],
    }


STYLES: list[tuple[Style, dict[str, str]]] = [
    ("iso", {}),
    ("dotted", {}),
    ("chinese", {}),
    ("day-first", {"dates": "day-first"}),
    ("month-first", {"dates": "month-first"}),
]


@pytest.mark.parametrize(("style", "query"), STYLES)
@pytest.mark.parametrize("language", ["en", "zh"])
@settings(max_examples=8, deadline=None)
@given(
    schedule=schedules(),
    zone=st.sampled_from(ZONES),
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(CHOICES["encoding"][:3]),
)
def test_a_csv_reads_as_it_was_written(
    style: Style,
    query: dict[str, str],
    language: Language,
    schedule: dict[str, Any],
    zone: ZoneInfo,
    separator: str,
    encoding: str,
) -> None:
    text = csv_of(schedule, zone, language=language, style=style, separator=separator)
    said = query | ({"encoding": encoding} if encoding == "gb18030" and language == "en" else {})
    assert moments(read_again(text.encode(encoding), CSV, zone, **said)) == moments(schedule)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("epoch", [1900, 1904])
@settings(max_examples=3, deadline=None)
@given(schedule=schedules(), zone=st.sampled_from(ZONES))
def test_a_workbook_reads_as_it_was_written(
    language: Language, epoch: Literal[1900, 1904], schedule: dict[str, Any], zone: ZoneInfo
) -> None:
    data = xlsx_of(schedule, zone, [("HINGE-60", "A")], language=language, epoch=epoch)
    assert moments(read_again(data, XLSX, zone)) == moments(schedule)


def test_every_field_of_an_order_has_its_column() -> None:
    """A field without one would be lost where a plan is written, edited and sent again."""
    assert {*COLUMNS} == {*OrderDocument.model_fields}


@pytest.mark.parametrize("year", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
@pytest.mark.parametrize("zone", [*ZONES, ZoneInfo("America/Chicago")])
def test_dates_that_were_taken_once_are_written(year: str, zone: ZoneInfo) -> None:
    """Sync takes no such dates any more; a plan that is kept with them can be had and mended."""
    order = {"id": "A1", "product": "HINGE-60", "product_revision": "A", "quantity": 1}
    dated = {"due": year, "release": year, "material_from": year}
    plan = {"id": "2026-06", "revision": 1, "from": year, "to": year, "orders": [order | dated]}
    assert csv_of(plan, zone).count(year[:4]) == 5
    assert xlsx_of(plan, zone)
