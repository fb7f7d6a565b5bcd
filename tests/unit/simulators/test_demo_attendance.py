"""Who comes to the demo's shift: read strictly, signed on once, and again where nobody answered."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from simulators.clock import parse_time
from simulators.demo.attendance import Arrivals, load_attendance
from simulators.demo.errors import DemoInvalid, NoAnswer

EXAMPLE = Path(__file__).parents[3] / "examples" / "hardware_plant" / "shift.toml"
LENA = """
format = "taktline.shift/1"
timezone = "Europe/Berlin"
[[comes]]
badge = "4712"
work_center = "L2"
at = "06:00"
late = { day = "2026-06-08", at = "06:25" }
"""


def at(text: str) -> int:
    return parse_time(f"2026-06-{text}+02:00")


@dataclass
class Door:
    """Takes sign-ons, while it is open."""

    open: bool = True
    seen: list[tuple[str, str, str]] = field(default_factory=list)

    def sign_on(self, badge: str, work_center: str, key: str) -> str:
        if not self.open:
            raise NoAnswer("closed")
        self.seen.append((badge, work_center, key))
        return f"person {badge}"


def written(directory: Path, text: str = LENA) -> Path:
    file = directory / "shift.toml"
    file.write_text(text)
    return file


def test_who_is_late_comes_later_that_day_alone(tmp_path: Path) -> None:
    door = Door()
    arrivals = Arrivals(load_attendance(written(tmp_path)), door)
    assert not [*arrivals.look(at("08T06:24"))]
    [late] = arrivals.look(at("08T06:26"))
    assert (late.person, late.work_center, late.late) == ("person 4712", "L2", 26)
    assert not [*arrivals.look(at("08T07:00"))]
    [usual] = arrivals.look(at("09T06:00"))
    assert usual.late == 0
    assert not [*arrivals.look(at("13T08:00"))], "nobody comes on a Saturday"
    assert len({key for _, _, key in door.seen}) == len(door.seen) == 2


def test_where_nobody_answers_it_is_tried_again_with_the_same_key(tmp_path: Path) -> None:
    door = Door(open=False)
    arrivals = Arrivals(load_attendance(written(tmp_path)), door)
    assert not [*arrivals.look(at("08T06:30"))]
    door.open = True
    assert len([*arrivals.look(at("08T06:31"))]) == 1
    assert [key for _, _, key in door.seen] == ["shift-2026-06-08-4712"]


def test_who_has_come_before_is_there(tmp_path: Path) -> None:
    arrivals = Arrivals(load_attendance(written(tmp_path)), Door(), since=at("08T07:00"))
    assert not [*arrivals.look(at("08T08:00"))]
    assert len([*arrivals.look(at("09T06:01"))]) == 1


def test_a_plant_without_the_file_waits_for_nobody(tmp_path: Path) -> None:
    assert load_attendance(tmp_path / "shift.toml").people == ()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('at = "06:00"\n', "comes[0].at"),
        ('badge = "4712"', "comes[0].badge"),
        ("2026-06-08", "comes[0].late.day"),
        ("Europe/Berlin", "timezone"),
        ("work_center", "unknown key"),
        ("[[comes]]", "file"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, wrong: str, told: str) -> None:
    broken = {"Europe/Berlin": "Mars", "work_center": "place", "2026-06-08": "Monday"}
    text = LENA.replace(wrong, broken.get(wrong, "[[" if wrong == "[[comes]]" else ""), 1)
    with pytest.raises(DemoInvalid, match=told.replace("[", r"\[")):
        load_attendance(written(tmp_path, text))


def test_the_example_has_somebody_late_at_the_machine_that_needs_a_skill() -> None:
    late = [one for one in load_attendance(EXAMPLE).people if one.late_at]
    assert [one.work_center for one in late] == ["L2"]
