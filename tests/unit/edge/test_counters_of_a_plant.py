"""From plant.toml to how a tag is counted: every key of a counter arrives where it counts."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from edge.assembly import collection_settings, device_settings, work_centers
from edge.collection.counters import CounterRules
from edge.collection.settings import CounterTag
from edge.config import load
from edge.execution.dispatch.steps import CountedIn

SOUND = Path(__file__).parents[2] / "cases" / "plant_toml" / "sound" / "plant.toml"
GOOD = 'type = "uint16"\nrole = "good"\nmax_rate_per_s = "3"\n'


def counter(tmp_path: Path, tag: str) -> CounterTag:
    file = tmp_path / "plant.toml"
    text = SOUND.read_text()
    assert GOOD in text
    file.write_text(text.replace(GOOD, f"{tag}\n").replace("insecure", "poll_ms = 100\ninsecure"))
    [center] = collection_settings(load(file))
    [found] = center.counters
    assert "good" not in center.tags
    return found


@pytest.mark.parametrize(
    ("keys", "rules"),
    [
        ('type = "uint16"', {"modulus": 1 << 16}),
        ('type = "uint32"', {"modulus": 1 << 32}),
        ('type = "int16"\nmodulus = 65536', {"modulus": 1 << 16, "lowest": -(1 << 15)}),
        ('type = "int32"\nmodulus = 2147483648', {"modulus": 1 << 31}),
        ('type = "int32"\nmodulus = 4294967296', {"modulus": 1 << 32, "lowest": -(1 << 31)}),
        ('type = "bcd16"', {"modulus": 10_000}),
        ('type = "bcd32"', {"modulus": 100_000_000}),
        ('type = "uint16"\nmodulus = 1000', {"modulus": 1000}),
        ('type = "int16"\nsaturates_at = 32767', {"saturates_at": 32_767}),
        ('type = "uint16"\nsaturates_at = 9999', {"saturates_at": 9999}),
        ('type = "uint16"\nresettable = false', {"modulus": 1 << 16, "resettable": False}),
        ('type = "uint16"\nresettable = true', {"modulus": 1 << 16, "resettable": True}),
        ('type = "uint16"\ncorrection_band = 5', {"modulus": 1 << 16, "correction_band": 5}),
    ],
)
def test_each_end_and_each_reset(tmp_path: Path, keys: str, rules: dict[str, Any]) -> None:
    found = counter(tmp_path, f'{keys}\nrole = "good"\nmax_rate_per_s = "3"')
    assert found.rules == CounterRules(max_rate=Fraction(3), **rules)


BOOT = 'max_rate_per_s = "3"\n[[device.tag]]\nid = "boot"\nrole = "boot"\n'


@pytest.mark.parametrize(
    ("keys", "boot", "resettable"),
    [
        ("", 'address = "i=2257"\ntype = "datetime"', True),
        ("", 'address = "ns=2;s=Boot"\ntype = "uint32"', None),
        ("resettable = false", 'address = "i=2257"\ntype = "datetime"', False),
    ],
)
def test_a_server_that_goes_on_does_not_prove_that_a_counter_did(
    tmp_path: Path, keys: str, boot: str, resettable: bool | None
) -> None:
    """As if there were no boot counter, unless the plant says that nobody resets it."""
    found = counter(tmp_path, f'type = "uint16"\nrole = "good"\n{keys}\n{BOOT}{boot}')
    assert found.rules == CounterRules(max_rate=Fraction(3), modulus=1 << 16, resettable=resettable)


def test_what_a_step_is(tmp_path: Path) -> None:
    strokes = 'type = "uint16"\nrole = "good"\nmax_rate_per_s = "3"\nstrokes = true'
    assert counter(tmp_path, strokes).strokes
    meter = 'type = "uint32"\nrole = "good"\nmax_rate_per_s = "3"\npieces_per_pulse = "2/3"'
    assert counter(tmp_path, meter).pieces_per_step == Fraction(2, 3)


def test_sensors_in_place_of_counters(tmp_path: Path) -> None:
    pulse = counter(tmp_path, 'type = "bool"\nrole = "pulse"\nmax_rate_per_s = "2"')
    assert pulse.sensor == "pulse"
    assert pulse.role == "total"
    assert pulse.rules == CounterRules(max_rate=Fraction(2))
    kg = 'type = "float32"\nrole = "weight"\nunit = "kg"\nmax_rate_per_s = "0.5"\n'
    scale = counter(tmp_path, f'{kg}pieces_per_pulse = "1000"\ncorrection_band = 20')
    assert scale.sensor == "weight"
    assert scale.pieces_per_step == 1000
    assert scale.rules == CounterRules(max_rate=Fraction(500), correction_band=20)


@pytest.mark.parametrize(
    ("tag", "told_in"),
    [
        ('role = "good"\nstrokes = true', CountedIn(tag="good", strokes=True)),
        ('role = "good"\npieces_per_pulse = "100"', CountedIn(tag="good", pieces=Fraction(100))),
        ('role = "total"\nstrokes = true', CountedIn(tag="good", strokes=True)),
    ],
)
def test_what_the_machine_is_told_its_target_in(
    tmp_path: Path, tag: str, told_in: CountedIn
) -> None:
    file = tmp_path / "plant.toml"
    keys = f'type = "uint16"\n{tag}\nmax_rate_per_s = "3"\n'
    file.write_text(SOUND.read_text().replace(GOOD, keys))
    [center] = (one for one in work_centers(load(file)).values() if one.device)
    assert center.target_in == center.limit_in == told_in


def test_a_sensor_says_only_whether_the_machine_makes_strokes(tmp_path: Path) -> None:
    """Its own steps are the edge's: the machine does not count by them."""
    file = tmp_path / "plant.toml"
    keys = 'type = "bool"\nrole = "pulse"\npieces_per_pulse = "1/2"\nmax_rate_per_s = "2"\n'
    file.write_text(
        SOUND.read_text().replace(GOOD, keys).replace("insecure", "poll_ms = 100\ninsecure")
    )
    [center] = (one for one in work_centers(load(file)).values() if one.device)
    assert center.target_in == CountedIn()


def test_how_a_device_is_watched(tmp_path: Path) -> None:
    file = tmp_path / "plant.toml"
    keys = 'verify_s = "7.5"\nwake_ms = 40\ninsecure'
    file.write_text(SOUND.read_text().replace("insecure", keys))
    [found] = device_settings(load(file))
    assert (found.verify_s, found.wake_s) == (7.5, 0.04)
