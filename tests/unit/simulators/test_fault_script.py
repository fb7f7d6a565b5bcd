"""`[[machine.fault]]`: read strictly, begun and ended by plant time."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulators.blueprint import MachineSpec
from simulators.cli import machines, simulate
from simulators.clock import MICROS, parse_time
from simulators.control import WORDS
from simulators.errors import ScenarioInvalid
from simulators.faults.kinds import EVERY, KINDS
from simulators.faults.reading import read_command
from simulators.machine import Machine
from simulators.rig import Rig
from simulators.scenario import load_scenario
from simulators.station import Station
from tests.unit.simulators.plants import MONDAY_6, ManualClock
from tests.unit.simulators.test_scenario import SMALL, write

FAULTS = """
[[machine.fault]]
kind = "slow"
at = "30"
for = "10"
delay_ms = 300
[[machine.fault]]
kind = "silent"
at = "2026-06-08T06:00:20+02:00"
[[machine.fault]]
kind = "rollover"
left = 3
"""


def spec(directory: Path, text: str = FAULTS) -> MachineSpec:
    return load_scenario(write(directory, SMALL + text)).machines[0]


def test_a_script_is_read(tmp_path: Path) -> None:
    slow, silent, rollover = spec(tmp_path).faults
    assert (slow.begin_at(MONDAY_6) - MONDAY_6, slow.lasts) == (30 * MICROS, 10 * MICROS)
    assert slow.values == {"delay_ms": 300}
    assert silent.begin_at(0) == parse_time("2026-06-08T06:00:20+02:00")
    assert (silent.lasts, rollover.begins, rollover.after_start) == (None, 0, True)
    assert rollover.values == {"counter": "good", "left": 3}


async def test_a_script_is_kept(tmp_path: Path) -> None:
    clock = ManualClock()
    station = Station(Machine(spec(tmp_path), 1, clock.now()), clock, Nobody())
    rig = Rig(station, clock)
    await rig.start()
    try:
        assert station.scan()["good"] == 2**16 - 3, "at the start"
        seen = []
        for second in (19, 20, 29, 30, 39, 40):
            clock.plant = MONDAY_6 + second * MICROS
            await rig.publish()
            seen.append(rig.troubles.kinds())
        both = ["silent", "slow"]
        assert seen == [[], ["silent"], ["silent"], both, both, ["silent"]]
    finally:
        await rig.stop()


@pytest.mark.parametrize(
    ("text", "place", "mend"),
    [
        ('kind = "silence"', "machine[0].fault[0].kind", "one of silent"),
        ('kind = "quality"', "machine[0].fault[0].kind", "one of silent"),
        ('kind = "silent"\nfor = 10', "machine[0].fault[0].for", "in quotes"),
        ('kind = "silent"\nat = "soon"', "machine[0].fault[0].at", "in quotes"),
        ('kind = "silent"\nat = "2026-06-08T06:00"', "machine[0].fault[0].at", "after the start"),
        ('kind = "silent"\nshare = "1"', "machine[0].fault[0].share", "one of at, for, kind"),
        ('kind = "exception"\ncode = 12', "machine[0].fault[0].code", "from 1 to 11"),
        ('kind = "wiped"\ncounters = ["total"]', "machine[0].fault[0].counters", "good, reject"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, place: str, mend: str) -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        spec(tmp_path, f"\n[[machine.fault]]\n{text}\n")
    (fault,) = caught.value.faults
    assert fault.place == place
    assert mend in fault.mend


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_can_be_told_by_its_name_alone(kind: str) -> None:
    for scheme in KINDS[kind].schemes:
        trouble = read_command([kind], scheme)
        assert set(trouble.values) == {each.name for each in KINDS[kind].parameters}
    for scheme in set(EVERY) - set(KINDS[kind].schemes):
        with pytest.raises(ScenarioInvalid):
            read_command([kind], scheme)


class Nobody:
    run, sequence = "", 0

    def tell(self, pieces: object) -> None: ...


def test_the_example_is_valid_and_every_kind_is_documented() -> None:
    runner = CliRunner()
    checked = runner.invoke(simulate, ["examples/faulty_machines/scenario.toml", "--check"])
    assert (checked.exit_code, "3 machines, 7 faults" in checked.output) == (0, True)
    listed = runner.invoke(simulate, ["--list-faults"])
    assert listed.exit_code == 0
    manual = Path("simulators/README.md").read_text(encoding="utf-8")
    for kind in KINDS.values():
        assert f"| `{kind.name}` |" in manual
        assert kind.says in manual
        assert f"{kind.name}  (" in listed.output
        for each in kind.parameters:
            assert f"`{each.name}` (" in manual


def test_a_faulty_scenario_fails_the_check(tmp_path: Path) -> None:
    path = write(tmp_path, SMALL + '[[machine.fault]]\nkind = "bang"\n')
    checked = CliRunner().invoke(simulate, [str(path), "--check"])
    assert checked.exit_code == 3


def test_the_help_names_every_command_of_the_standard_input() -> None:
    commands = {words.split()[0] for words in WORDS.split(", ")}
    assert commands <= set(re.findall(r"[a-z]+", machines.__doc__ or ""))
