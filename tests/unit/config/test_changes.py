"""What a changed plant.toml changes, by name, and what a running edge cannot take over."""

from pathlib import Path

import pytest

from edge.config import PlantConfig, load
from edge.configuration.changes import changes, unchangeable

PLANT = """format = "taktline.plant/1"
[site]
id = "s1"
timezone = "Europe/Berlin"
[edge]
id = "e1"
[sync]
url = "http://127.0.0.1:8080"
token_env = "TOKEN"
[[calendar]]
id = "c"
always = true
[[reason]]
kind = "scrap"
code = "BURR"
en = "Burr"
[[device]]
id = "a"
driver = "modbus"
url = "modbus.tcp://127.0.0.1:502"
[[device.tag]]
id = "good"
address = "holding:0"
type = "uint16"
role = "good"
max_rate_per_s = "3"
[[device]]
id = "b"
driver = "modbus"
url = "modbus.tcp://127.0.0.1:503"
[[device.tag]]
id = "good"
address = "holding:0"
type = "uint16"
role = "good"
max_rate_per_s = "3"
[[work_center]]
id = "L1"
device = "a"
calendar = "c"
"""


def plant(folder: Path, *swaps: tuple[str, str]) -> PlantConfig:
    text = PLANT
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / "plant.toml"
    file.write_text(text)
    return load(file)


@pytest.mark.parametrize(
    ("swap", "found"),
    [
        (("[site]", "# a word\n[site]"), {}),
        (("always = true", 'always = true\nclosed = ["2026-12-24"]'), {"calendar": "c"}),
        (('en = "Burr"', 'en = "Burrs"'), {"reason": "scrap BURR"}),
        ((':502"', ':602"'), {"device": "a"}),
        (('rate_per_s = "3"', 'rate_per_s = "4"'), {"device": "a", "tag": "a.good"}),
        (('id = "L1"', 'id = "L1"\nname = "Line"'), {"work_center": "L1"}),
    ],
)
def test_what_differs_is_named(
    tmp_path: Path, swap: tuple[str, str], found: dict[str, str]
) -> None:
    before, after = plant(tmp_path), plant(tmp_path, swap)
    assert changes(before, after) == {name: {"changed": [one]} for name, one in found.items()}
    assert changes(before, before) == {}
    assert unchangeable(before, after) == ()


def test_what_is_added_and_removed_is_named(tmp_path: Path) -> None:
    before, after = plant(tmp_path), plant(tmp_path, ('code = "BURR"', 'code = "RUST"'))
    assert changes(before, after) == {
        "reason": {"added": ["scrap RUST"], "removed": ["scrap BURR"]}
    }


@pytest.mark.parametrize(
    ("swap", "key"),
    [
        (('id = "s1"', 'id = "s2"'), "site.id"),
        (("Europe/Berlin", "Asia/Shanghai"), "site.timezone"),
        (('id = "e1"', 'id = "e2"'), "edge.id"),
        (('id = "e1"', 'id = "e1"\nstore = "other.sqlite"'), "edge.store"),
        (('id = "e1"', 'id = "e1"\npki = "keys"'), "edge.pki"),
        (("[sync]", '[api]\nlisten = "127.0.0.1:9999"\n[sync]'), "api.listen"),
        ((":8080", ":8081"), "sync.url"),
        (('"TOKEN"', '"TOKEN_2"'), "sync.token_env"),
    ],
)
def test_what_lasts_as_long_as_the_process_is_refused(
    tmp_path: Path, swap: tuple[str, str], key: str
) -> None:
    (fault,) = unchangeable(plant(tmp_path), plant(tmp_path, swap))
    assert fault.key == key
    assert "restart the edge" in fault.mend


def test_a_counter_is_not_compared_with_that_of_another_device(tmp_path: Path) -> None:
    moved = ('device = "a"', 'device = "b"')
    (fault,) = unchangeable(plant(tmp_path), plant(tmp_path, moved))
    assert fault.key == "work_center[0].device"
    assert "good" in fault.message
    renamed = ('503"\n[[device.tag]]\nid = "good"', '503"\n[[device.tag]]\nid = "made"')
    assert unchangeable(plant(tmp_path), plant(tmp_path, moved, renamed)) == ()
