"""scenario.toml: the sample loads, and all faults are named at once."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from simulators.blueprint import PPM
from simulators.clock import MICROS
from simulators.errors import ScenarioInvalid
from simulators.kinds import KINDS
from simulators.scenario import load_scenario

SAMPLE = Path("examples/hardware_plant/scenario.toml")
SMALL = """
format = "taktline.scenario/1"
seed = 3
timezone = "Europe/Berlin"
[[crew]]
id = "day"
closed = ["2026-06-10T00:00+02:00/2026-06-11T00:00+02:00"]
[[crew.shift]]
name = "early"
days = ["mon"]
start = "22:00"
end = "06:00"
breaks = ["01:00-01:30"]
[[machine]]
id = "A"
name = "A machine"
url = "modbus.tcp://127.0.0.1:0"
unit = 2
word_order = "CDAB"
crew = "day"
good = { bits = 16, start = 65535 }
reject = { bits = 32, start = 0 }
boot = 9
retentive = false
cycle_spread = { from = "0.9", to = "1.1" }
setup_spread = { from = "1", to = "1" }
recipe = [{ number = 5, name = "five", cycle_s = "125/48", setup_s = "0", scrap = "0.25" }]
[[machine.stop]]
code = 1
name = "jam"
state = "held"
every_s = "60"
shortest_s = "1"
longest_s = "2"
"""


def write(directory: Path, text: str) -> Path:
    path = directory / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(directory: Path, text: str) -> dict[str, Any]:
    with pytest.raises(ScenarioInvalid) as caught:
        load_scenario(write(directory, text))
    assert all(fault.mend for fault in caught.value.faults)
    assert str(directory / "scenario.toml") in str(caught.value)
    return {fault.place: fault.value for fault in caught.value.faults}


def test_the_sample_is_the_agreed_plant() -> None:
    sample = load_scenario(SAMPLE)
    lines = {machine.id: machine for machine in sample.machines}
    assert [lines[id_].protocol for id_ in ("L1", "L2", "L3")] == ["opcua", "modbus", "opcua"]
    assert {id_: (m.good.bits, m.reject.bits) for id_, m in lines.items()} == {
        "L1": (16, 16),
        "L2": (32, 16),
        "L3": (32, 16),
    }
    assert all(m.good.modulus - m.good.start <= 900 for m in sample.machines)
    assert all(m.stops and m.crew is not None for m in sample.machines)
    recipes = [number for machine in sample.machines for number in machine.recipes]
    assert len(recipes) == len(set(recipes)) == 22


def test_a_small_one_word_by_word(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path, SMALL))
    machine = scenario.machines[0]
    assert (scenario.seed, machine.unit, machine.word_order) == (3, 2, "CDAB")
    assert (machine.boot, machine.retentive, machine.good.start) == (9, False, 65_535)
    recipe = machine.recipes[5]
    assert recipe.cycle == round(Fraction(125, 48) * MICROS)
    assert recipe.scrap == PPM // 4
    assert load_scenario(write(tmp_path, SMALL), seed=8).seed == 8


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("taktline.scenario/1", "taktline.scenario/2", "format"),
        ("seed = 3", "seed = true", "seed"),
        ("seed = 3", "seed = 3.0", "seed"),
        ("seed = 3", "speed = 3", "speed"),
        ("Europe/Berlin", "Europe/Bielefeld", "timezone"),
        ('["mon"]', '["monday"]', "crew[0].shift[0].days"),
        ('["mon"]', '["mon", "mon"]', "crew[0].shift[0].days"),
        ('"22:00"', '"25:00"', "crew[0].shift[0].start"),
        ('"22:00"', '"22:00:00"', "crew[0].shift[0].start"),
        ('"22:00"', "22", "crew[0].shift[0].start"),
        ("01:00-01:30", "08:00-08:30", "crew[0].shift[0].breaks"),
        ("01:00-01:30", "01:30-01:00", "crew[0].shift[0].breaks"),
        ("01:00-01:30", "01:00", "crew[0].shift[0].breaks"),
        ("2026-06-10T00:00+02:00/", "2026-06-10T00:00/", "crew[0].closed"),
        ("2026-06-10T00:00+02:00/", "2026-06-12T00:00+02:00/", "crew[0].closed"),
        ('crew = "day"', 'crew = "night"', "machine[0].crew"),
        ("modbus.tcp://", "http://", "machine[0].url"),
        ("127.0.0.1:0", "127.0.0.1", "machine[0].url"),
        ("127.0.0.1:0", "127.0.0.1:99999", "machine[0].url"),
        ("127.0.0.1:0", "127.0.0.1:0/path", "machine[0].url"),
        ("unit = 2", "unit = 0", "machine[0].unit"),
        ("CDAB", "BADC", "machine[0].word_order"),
        ("bits = 16, start = 65535", "bits = 16, start = 65536", "machine[0].good.start"),
        ("bits = 16, start = 65535", "bits = 24, start = 0", "machine[0].good.bits"),
        ("bits = 16, start = 65535", "start = 0", "machine[0].good.bits"),
        ("good = { bits = 16, start = 65535 }", "good = 16", "machine[0].good"),
        ('from = "0.9", to = "1.1"', 'from = "1.2", to = "1.1"', "machine[0].cycle_spread.to"),
        ('from = "0.9", to = "1.1"', "from = 0.9, to = 1.1", "machine[0].cycle_spread.from"),
        ("retentive = false", "retentive = 0", "machine[0].retentive"),
        ("number = 5", "number = 65536", "machine[0].recipe[0].number"),
        ('scrap = "0.25"', 'scrap = "1.01"', "machine[0].recipe[0].scrap"),
        ('scrap = "0.25"', 'scrap = "1/0"', "machine[0].recipe[0].scrap"),
        ('setup_s = "0"', 'setup_min = "0"', "machine[0].recipe[0].setup_min"),
        ('cycle_s = "125/48"', 'cycle_s = "0"', "machine[0].recipe[0].cycle_s"),
        ('state = "held"', 'state = "execute"', "machine[0].stop[0].state"),
        ('longest_s = "2"', 'longest_s = "0.5"', "machine[0].stop[0].longest_s"),
        ('shortest_s = "1"', 'shortest_s = "3"', "machine[0].stop[0].longest_s"),
        ('name = "jam"', 'name = ""', "machine[0].stop[0].name"),
        ("recipe = [{", "recipe = [1, {", "machine[0].recipe"),
    ],
)
def test_a_fault_is_named_by_its_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert old in SMALL
    assert place in faults(tmp_path, SMALL.replace(old, new, 1))


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    text = SMALL
    for old, new in [
        ("seed = 3", "seed = -1"),
        ("unit = 2", "units = 2"),
        ("boot = 9", 'boot = "9"'),
    ]:
        text = text.replace(old, new)
    assert faults(tmp_path, text) == {"seed": -1, "machine[0].units": 2, "machine[0].boot": "9"}


def test_twins_are_refused(tmp_path: Path) -> None:
    text = SMALL.replace("127.0.0.1:0", "127.0.0.1:5020")
    twice = text + text[text.index("[[machine]]") :]
    assert faults(tmp_path, twice) == {
        "machine[1].id": "A",
        "machine[1].url": "modbus.tcp://127.0.0.1:5020",
    }


@pytest.mark.parametrize("text", ["", "machine = 3\n", "[[machine]]\n"])
def test_what_is_missing_is_named(tmp_path: Path, text: str) -> None:
    found = faults(tmp_path, text)
    assert found["format"] is None
    assert any(place.startswith("machine") for place in found)


@pytest.mark.parametrize("content", [b"seed = ", b"\xff\xfe"])
def test_what_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scenario.toml"
    path.write_bytes(content)
    with pytest.raises(ScenarioInvalid, match="a readable TOML file"):
        load_scenario(path)
    with pytest.raises(ScenarioInvalid, match="a readable TOML file"):
        load_scenario(tmp_path / "none.toml")


@pytest.mark.parametrize("path", sorted(Path("examples").glob("*/scenario.toml")), ids=str)
def test_every_example_is_sound(path: Path) -> None:
    assert load_scenario(path).machines


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_brings_its_stops_unless_they_are_told(tmp_path: Path, kind: str) -> None:
    named = SMALL.replace('id = "A"\n', f'id = "A"\nkind = "{kind}"\n')
    bare = named.partition("[[machine.stop]]")[0]
    (usual,) = load_scenario(write(tmp_path, bare)).machines
    assert usual.stops == KINDS[kind].stops
    assert usual.counts_strokes == (kind == "press")
    (told,) = load_scenario(write(tmp_path, named)).machines
    assert [stop.code for stop in told.stops] == [1]


def test_an_unknown_kind_is_named(tmp_path: Path) -> None:
    assert "machine[0].kind" in faults(
        tmp_path, SMALL.replace('id = "A"\n', 'id = "A"\nkind = "mill"\n')
    )
