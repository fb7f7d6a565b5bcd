"""What a sound file becomes, and that no file, however wrong, breaks the reader."""

import hashlib
import tomllib
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import SETPOINT_ROLES, ConfigFaults, load
from edge.configuration.build import (
    build_plant,
    is_loopback,
    parse_exception,
    parse_listen,
)
from edge.configuration.build_device import default_modulus
from edge.configuration.faults import Finder
from edge.configuration.fields import check_fields
from edge.configuration.rows import Row
from edge.configuration.rules import cross_faults
from edge.configuration.shape import PlantShape
from edge.domain.calendars import WorkCalendar
from edge.domain.clock import MICROS, parse_time
from edge.domain.intervals import Interval

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "examples" / "hardware_plant" / "plant.toml"
SAMPLE = ROOT / "plc_drivers" / "opcua" / "sample.toml"
ZONE = WorkCalendar("any", "Europe/Berlin").zone


def test_the_demo_plant_is_the_one_that_was_agreed() -> None:
    plant = load(DEMO)
    assert plant.sha256 == hashlib.sha256(DEMO.read_bytes()).hexdigest()
    assert [center.id for center in plant.work_centers] == ["L1", "L2", "L3"]
    assert {center.dispatch for center in plant.work_centers} == {"automatic"}
    drivers = [plant.device(center.device).connection.driver for center in plant.work_centers]
    assert drivers == ["opcua", "modbus", "opcua"]
    for device in plant.devices:
        for role in SETPOINT_ROLES:
            tag = device.tag(role)
            assert tag is not None
            assert tag.write
    good = plant.device(plant.work_centers[1].device).tag("good")
    assert good is not None
    assert (good.type, good.order, good.modulus) == ("uint32", "CDAB", 2**32)


def test_defaults_are_those_of_the_page(tmp_path: Path) -> None:
    file = tmp_path / "plant.toml"
    file.write_text(SAMPLE.read_text())
    plant = load(file)
    assert plant.edge.store == tmp_path / "edge.sqlite"
    assert (plant.api.host, plant.api.port, plant.api.token_env) == ("127.0.0.1", 8811, None)
    assert plant.sync is None
    (center,) = plant.work_centers
    assert (center.line, center.dispatch, center.unknown_after_us) == ("L1", "operator", 5 * MICROS)
    assert plant.calendar("two_shift").timezone == "Europe/Berlin"
    reject = plant.device("press1").tag("reject")
    assert reject is not None
    assert (reject.modulus, reject.max_rate_per_s) == (65_536, Fraction(3))


@pytest.mark.parametrize(
    ("role", "kind", "modulus"),
    [
        ("good", "uint16", 65_536),
        ("total", "uint32", 2**32),
        ("good", "int16", None),
        ("good", "bits", None),
        ("state", "uint16", None),
    ],
)
def test_a_modulus_is_taken_only_from_an_unsigned_type(
    role: str, kind: str, modulus: int | None
) -> None:
    assert default_modulus(role, kind) == modulus


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-06-19", "2026-06-19T00:00+02:00", "2026-06-20T00:00+02:00"),
        ("2026-03-29", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"),
        ("2026-12-24/2027-01-01", "2026-12-24T00:00+01:00", "2027-01-02T00:00+01:00"),
        ("2026-06-19T06:00Z/2026-06-19T09:30+02:00", "2026-06-19T06:00Z", "2026-06-19T07:30Z"),
    ],
)
def test_exceptions_are_days_or_moments(text: str, start: str, end: str) -> None:
    assert parse_exception(text, ZONE) == Interval(parse_time(start), parse_time(end))


@pytest.mark.parametrize("text", ["2026-02-30", "2026-06-20/2026-06-18", "2026-06-19T25:00Z/x"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_exception(text, ZONE)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("127.0.0.1:0", "127.0.0.1", 0), ("[::1]:8811", "::1", 8811), ("edge.lan:80", "edge.lan", 80)],
)
def test_where_to_listen(text: str, host: str, port: int) -> None:
    assert parse_listen(text) == (host, port)


@pytest.mark.parametrize("text", ["8811", ":8811", "::1:8811", "127.0.0.1:x", "127.0.0.1:70000"])
def test_where_nobody_can_listen(text: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        parse_listen(text)


def test_loopback_is_what_only_this_machine_reaches() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost")] == [True] * 3
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "edge.lan")] == [False] * 4


def test_a_file_may_begin_with_the_mark_of_utf_8(tmp_path: Path) -> None:
    """As editors of Windows write it; it was told as no TOML, in a line that looks sound."""
    file = tmp_path / "plant.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes())
    assert load(file).work_centers == load(SAMPLE).work_centers


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'[site]\nid = "W\xfcrth"\n')
    for file, key in ((tmp_path / "none.toml", ""), (tmp_path, ""), (latin, "line 2")):
        with pytest.raises(ConfigFaults) as faults:
            load(file)
        (fault,) = faults.value.faults
        assert (fault.file, fault.key) == (str(file), key)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path] if path else []
    for key, each in inner:
        below = (*path, key)
        found += _paths(each, below) if isinstance(each, (dict, list)) else [below]
    return found


DEMO_RAW = tomllib.loads(DEMO.read_text())
PATHS = _paths(DEMO_RAW)
ANYTHING = st.one_of(
    st.none(),  # takes the key away
    st.booleans(),
    st.integers(-1, 70_000),
    st.floats(),
    st.dates(),
    st.times(),
    st.text(max_size=8),
    st.sampled_from(["opcua", "modbus", "holding:0", "good", "uint32", "automatic", "L1"]),
    st.lists(st.one_of(st.integers(), st.text(max_size=3)), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@given(st.lists(st.tuples(st.sampled_from(PATHS), ANYTHING), min_size=1, max_size=6))
def test_whatever_stands_anywhere_is_sound_or_a_fault_and_never_breaks_the_reader(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    raw = deepcopy(DEMO_RAW)
    for path, value in changes:
        _change(raw, path, value)
    finder = Finder(Path("plant.toml"))
    fields = check_fields(raw, finder)
    faults = [*fields.faults, *cross_faults(Row("", fields.known, fields.faulty), finder)]
    assert all(fault.message and fault.mend for fault in faults)
    assert len({(fault.key, fault.message, fault.value) for fault in faults}) == len(faults)
    if not faults:
        build_plant(PlantShape.model_validate(raw), Path("plant.toml"), "")


@pytest.mark.parametrize("item", [[], {}, 1, "nowhere"])
@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("work_center", "skills"),
        ("reason", "work_centers"),
        ("changeover", "work_centers"),
        ("calendar", "closed"),
        ("calendar", "open"),
    ],
)
def test_an_item_of_a_list_that_is_none_is_named_once(table: str, name: str, item: Any) -> None:
    raw = deepcopy(DEMO_RAW)
    raw.setdefault(table, [{}])[0][name] = [item]
    finder = Finder(Path("plant.toml"))
    fields = check_fields(raw, finder)
    faults = [*fields.faults, *cross_faults(Row("", fields.known, fields.faulty), finder)]
    assert [one.key for one in faults].count(f"{table}[0].{name}[0]") == 1


def _change(raw: Any, path: tuple[Any, ...], value: Any) -> None:
    """Put `value` at `path`, or take what is there away; nothing if an earlier change took it."""
    *way, last = path
    try:
        for part in way:
            raw = raw[part]
        if value is None:
            del raw[last]
        else:
            raw[last] = value
    except (KeyError, IndexError, TypeError):
        return
