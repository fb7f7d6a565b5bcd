"""The docs are true: links lead somewhere, examples parse, everything public is documented."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import typer.main

from edge.api.app import ROUTES
from edge.domain.facts import FactKind

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    page
    for page in [*ROOT.glob("*.md"), *ROOT.glob("*/**/*.md")]
    if not page.relative_to(ROOT).parts[0].startswith((".", "run"))
)
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
RULED = re.compile(r"\|[-:| ]+\|")
COMMAND = re.compile(r"\btaktline ([a-z][a-z-]*)((?: +[^`|\n]*)?)")
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*)")
ENTRIES = {entry.name: entry for entry in entry_points(group="taktline.commands")}


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def identify(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=identify)
def test_links_lead_to_files(page: Path) -> None:
    for target, _ in LINK.findall(text_of(page)):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=identify)
def test_rows_of_tables_stand_in_tables(page: Path) -> None:
    """A row that is torn from its table is shown as text with strokes in it."""
    lines = FENCED.sub("", text_of(page)).splitlines()
    heads = [
        (line, after)
        for before, line, after in zip(["", *lines], lines, [*lines[1:], ""], strict=False)
        if line.startswith("|") and not before.startswith("|")
    ]
    assert [line for line, after in heads if not RULED.fullmatch(after)] == []


def blocks(language: str) -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for found, content in BLOCK.findall(text_of(page)):
            if found == language:
                yield page, content


def test_toml_and_json_examples_parse() -> None:
    for _page, content in blocks("toml"):
        tomllib.loads(content)
    for page, content in blocks("json"):
        try:
            json.loads(content)
        except ValueError as error:
            raise AssertionError(f"{page}: {error}\n{content}") from error


def options_of(name: str) -> set[str]:
    """All options of a command and its subcommands."""
    command = typer.main.get_command(ENTRIES[name].load())
    commands = [command, *getattr(command, "commands", {}).values()]
    return {
        option
        for one in commands
        for parameter in one.params
        for option in [*parameter.opts, *parameter.secondary_opts]
    } | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=identify)
def test_commands_in_the_docs_exist_with_their_options(page: Path) -> None:
    for name, rest in COMMAND.findall(text_of(page)):
        if name not in ENTRIES:
            continue
        known = options_of(name)
        for option in OPTION.findall(rest):
            assert option in known, f"{page}: taktline {name} has no {option}"


def test_every_command_and_option_is_documented() -> None:
    everything = "\n".join(text_of(page) for page in PAGES)
    for name in ENTRIES:
        assert f"taktline {name}" in everything
        for option in options_of(name) - {"--help"}:
            if option.startswith("--"):
                assert option in everything, f"taktline {name} {option}"


def test_every_endpoint_of_the_edge_stands_in_the_contracts() -> None:
    contracts = text_of(ROOT / "docs" / "contracts.md")
    for route in ROUTES:
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path.removeprefix("/api/v1"))
        if path != "/job-orders/{id}/{action}":
            assert path in contracts or path.rpartition("/")[2] in contracts, route.path


def test_every_kind_of_fact_stands_in_the_contracts() -> None:
    contracts = text_of(ROOT / "docs" / "contracts.md")
    later = {"quality_result"}
    for kind in set(FactKind) - later:
        assert f"`{kind}`" in contracts


def test_every_metric_of_the_edge_is_documented() -> None:
    page = text_of(ROOT / "docs" / "edge.md")
    sources = (ROOT / "edge").rglob("*.py")
    names = {name for path in sources for name in re.findall(r'"(taktline_\w+)"', text_of(path))}
    assert names
    for name in names:
        assert name in page, name


def test_every_package_and_driver_has_its_page() -> None:
    for driver in ("opcua", "modbus"):
        for name in ("README.md", "sample.toml"):
            assert (ROOT / "plc_drivers" / driver / name).exists()


def test_the_overview_lists_every_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "taktline"], capture_output=True, text=True, check=True
    )
    for name, entry in ENTRIES.items():
        told = str(entry.load().info.help).splitlines()[0]
        assert re.search(rf"^  {name} +{re.escape(told)}$", done.stdout, re.MULTILINE)
    assert "not installed" not in done.stdout


HOSTS = re.compile(r"(pypi\.|pythonhosted|npmjs|/opt/|/work/|/root/)")


def test_no_file_names_a_registry_or_a_path_of_some_machine() -> None:
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, done.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.name != "test_docs.py":
            found = HOSTS.search(path.read_text(encoding="utf-8", errors="replace"))
            assert not found, f"{name}: {found}"


def test_every_test_that_a_page_names_is_one() -> None:
    sources = "\n".join(text_of(path) for path in (ROOT / "tests").rglob("*.py"))
    there = set(re.findall(r"def (test_\w+)\(", sources))
    for page in PAGES:
        named = set(re.findall(r"`(test_\w+)`", text_of(page)))
        assert named <= there, f"{page}: {sorted(named - there)}"
