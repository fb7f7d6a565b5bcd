"""simulators/README.md against the code: every key of a scenario.toml, and no other."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from simulators.scenario import load_scenario
from simulators.toml_reader import Table
from tests.unit.simulators.test_access import OPCUA
from tests.unit.simulators.test_scenario import write

PAGE = (Path(__file__).parents[3] / "simulators" / "README.md").read_text(encoding="utf-8")
# Tables within a line, whose keys stand in the meaning.
INLINE = ("machine.good", "machine.reject", "machine.cycle_spread", "machine.setup_spread")
ALL = (
    OPCUA
    + """
user = [{ name = "anna", password_env = "PATH" }]
fault = [{ kind = "silent" }]
[[machine.stop]]
code = 1
name = "jam"
state = "held"
every_s = "60"
shortest_s = "1"
longest_s = "2"
[[machine.breakdown]]
code = 2
name = "tool"
state = "aborted"
at = "60"
for = "300"
[[machine.spoilage]]
at = "2026-06-08T06:00+02:00"
for = "60"
scrap = "0.5"
"""
)


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The keys that the code asks for, by table."""
    tables: list[Table] = []
    made = Table.__init__

    def remembered(self: Table, *arguments: object) -> None:
        made(self, *arguments)  # type: ignore[arg-type]
        tables.append(self)

    monkeypatch.setattr(Table, "__init__", remembered)
    load_scenario(write(tmp_path, ALL))
    keys: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        keys[re.sub(r"\[\d+\]", "", table.place)] |= table._seen
    return keys


def rows() -> list[tuple[list[str], str]]:
    """The quoted words of each first cell, and the meaning."""
    table = PAGE.partition("## scenario.toml")[2].partition("| --- | --- |\n")[2]
    cells = [line.strip("| ").split(" | ", 1) for line in table.splitlines() if line[:1] == "|"]
    return [(re.findall(r"`([^`]+)`", first), meaning) for first, meaning in cells]


def test_every_key_stands_on_the_page_and_no_other(read: dict[str, set[str]]) -> None:
    told: dict[str, set[str]] = defaultdict(set)
    section = ""
    for words, meaning in rows():
        if words[0].startswith("[["):
            name = words.pop(0).strip("[]")
            told[name.rpartition(".")[0]].add(name.rpartition(".")[2])
            told[name] |= set(words)
            section = name.partition(".")[0]
            continue
        told[section] |= set(words)
        for word in words:
            if f"{section}.{word}" in INLINE:
                inner = meaning[meaning.index("{") : meaning.index("}")]
                told[f"{section}.{word}"] = set(re.findall(r"[{,] *(\w+)", inner))
    assert {place: told[place] for place in read} == dict(read)
    assert {place for place in told if told[place]} == set(read)
