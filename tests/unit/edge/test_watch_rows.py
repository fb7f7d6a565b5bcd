"""Rows of `taktline watch`: texts of what a round says, filtered and sorted."""

from typing import Any

from edge.commissioning.watch_rows import as_table, device_rows, tag_rows, unreached
from edge.commissioning.watch_texts import TEXTS, text
from tests.integration.commissioning.rounds import device, seen, tag

NOW = 100_000_000


def names(document: dict[str, Any], wanted: str = "", sort: str = "name") -> list[str]:
    return [row.name for row in tag_rows(document, wanted, sort)]


def test_a_device_says_its_figures() -> None:
    silent = device("b", state="silent", detail="no answer", polls=0, failures={"unreachable": 2})
    rows = device_rows(seen(device("a", skew=1.25), silent, device("c", skew=-14796452.1)))
    assert rows[0].cells == ("a", "connected", "1.5 / 20.0", "10", "1", "2", "5", "+1.2")
    assert rows[1].cells == ("b", "silent", "–", "0", "2", "2", "5", "–")
    assert rows[2].skew == "-14796452"
    assert unreached(seen(device("a"), silent)) == ["b: no answer"]


def test_a_tag_says_what_it_shows_and_how_old_that_is() -> None:
    tags = [
        tag("good", "7", role="good"),
        tag("heat", "21.50", unit="°C", age_s=250.0, rate=0.5),
        tag("never", None),
    ]
    rows = [row.cells for row in tag_rows(seen(device("a", tags=tags)))]
    assert rows == [
        ("a.good", "good", "7", "good", "1.0", "–"),
        ("a.heat", "", "21.50 °C", "good", "250", "0.5"),
        ("a.never", "", "–", "never", "–", "–"),
    ]


def test_tags_are_filtered_and_sorted() -> None:
    tags = [
        tag("x", "1", rate=1.0),
        tag("y", "1", quality="bad", age_s=9.0, rate=2.0),
        tag("z", None, role="speed"),
    ]
    document = seen(device("a", tags=tags))
    assert names(document) == ["a.x", "a.y", "a.z"]
    assert names(document, sort="age") == ["a.z", "a.y", "a.x"]
    assert names(document, sort="rate") == ["a.y", "a.x", "a.z"]
    assert names(document, sort="quality") == ["a.y", "a.z", "a.x"]
    assert names(document, "SPEED") == ["a.z"]
    assert names(document, "bad") == ["a.y"]
    assert names(document, "not read") == ["a.z"]
    assert names(document, "good") == []


def test_every_text_stands_in_both_languages() -> None:
    assert all(all(each.strip() for each in both) for both in TEXTS.values())
    assert text("device", "zh") == "设备"
    assert text("no such key", "en") == "no such key"


def test_a_printed_round_has_columns() -> None:
    assert as_table([("a", "bb"), ("ccc", "d")]) == "a    bb\nccc  d"
