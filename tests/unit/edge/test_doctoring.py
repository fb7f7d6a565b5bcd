"""What the doctor says: sound where nothing is to be done, a mend where something is."""

from typing import Any

import pytest

from edge.doctoring import ACT, HOUR, KNOW, examined, needs_a_person

NOW = 100 * HOUR
SNAPSHOT = {"made_at": NOW - HOUR, "facts": 7}
RECOVERY = {
    "reason": "damaged",
    "at": NOW,
    "seq": 5,
    "known_seq": 9,
    "lost_from": NOW - HOUR,
    "salvaged": 0,
    "settled_at": NOW,
    "held": 0,
    "apart": 0,
    "taken_back": 4,
    "set_aside": "",
}


def store(**other: Any) -> dict[str, Any]:
    sound = {
        "path": "edge.sqlite",
        "bytes": 1 << 20,
        "free": 1 << 30,
        "ballast": {"bytes": 16 << 20, "whole": True},
        "snapshots": [SNAPSHOT],
        "recoveries": [],
        "unconfirmed": 0,
        "alarms": [],
        "sqlite": "3.51.3",
    }
    return sound | other


def status(**other: Any) -> dict[str, Any]:
    device = {"id": "m1", "state": "connected", "detail": "", "clock_skew_s": 1.0}
    sound = {
        "link": {"state": "connected", "detail": ""},
        "waiting": 0,
        "devices": [device],
        "certificates": [],
    }
    return sound | other


def test_a_sound_edge_needs_nobody() -> None:
    assert not needs_a_person(examined(store(), status(), 0, NOW))
    assert not needs_a_person(examined(store(), None, 0, NOW))


@pytest.mark.parametrize(
    ("about", "of_store", "of_status", "held"),
    [
        ("store", {"damage": "page 7"}, {}, 0),
        ("disk", {"free": 1 << 20}, {}, 0),
        ("ballast", {"ballast": {"bytes": 1, "whole": False}}, {}, 0),
        ("snapshots", {"snapshots": []}, {}, 0),
        ("snapshots", {"snapshots": [{"made_at": 0, "facts": 1}]}, {}, 0),
        ("restore", {"recoveries": [RECOVERY | {"settled_at": None}]}, {}, 0),
        ("restore", {"recoveries": [RECOVERY | {"held": 1}]}, {}, 0),
        ("unconfirmed", {"unconfirmed": 3}, {}, 0),
        ("disk_full", {"alarms": [{"code": "disk_full", "detail": "d", "mend": "m"}]}, {}, 0),
        ("sync", {}, {"link": {"state": "unreachable", "detail": "x"}}, 0),
        (
            "device m1",
            {},
            {"devices": [{"id": "m1", "state": "unreachable", "detail": "", "clock_skew_s": None}]},
            0,
        ),
        (
            "device m1",
            {},
            {"devices": [{"id": "m1", "state": "connected", "detail": "", "clock_skew_s": -90.0}]},
            0,
        ),
        ("certificate", {}, {"certificates": [{"subject": "edge", "days_left": 3}]}, 0),
        ("quarantines", {}, {}, 2),
    ],
)
def test_what_needs_a_person_is_named_with_its_mend(
    about: str, of_store: dict[str, Any], of_status: dict[str, Any], held: int
) -> None:
    found = examined(store(**of_store), status(**of_status), held, NOW)
    acts = [one for one in found if one.level == ACT]
    assert [one.about for one in acts] == [about]
    assert all(one.mend for one in acts)


def test_what_is_over_is_told_and_asks_for_nothing() -> None:
    berlin = "Europe/Berlin"
    found = examined(store(recoveries=[RECOVERY], sqlite="3.40.1"), status(), 0, NOW, berlin)
    restore = next(one.what for one in found if one.about == "restore")
    assert restore.startswith("damaged at 1970-01-05T05:00:00+01:00: back at fact 5, 4 facts")
    assert not needs_a_person(found)
    said = [one.what for one in examined(store(recoveries=[RECOVERY | {"apart": 2}]), None, 0, NOW)]
    assert any(one.startswith("2 words of people spoke of counts") for one in said)
    assert [one.about for one in found if one.level == KNOW] == ["restore", "sqlite"]
    assert [one.level for one in examined(store(sqlite="3.50.7"), None, 0, NOW)].count(KNOW) == 0
