"""`taktline plan show` and `export` of files: what they print, and that no file breaks them."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from edge.commands.plan import plan
from tests.unit.planning.charts import scenario, solved
from tests.unit.planning.test_workbook import sheets

DOCUMENT = scenario(8)
SCHEDULE = solved(DOCUMENT)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(plan, [*arguments], catch_exceptions=False)
    return done.exit_code, done.output


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    paths = (tmp_path / "plan.json", tmp_path / "scenario.json")
    for path, content in zip(paths, (SCHEDULE, DOCUMENT), strict=True):
        path.write_text(json.dumps(content), encoding="utf-8")
    return str(paths[0]), str(paths[1])


def test_a_file_is_shown_as_text_page_drawing_and_workbook(
    files: tuple[str, str], tmp_path: Path
) -> None:
    schedule, document = files
    code, told = run("show", schedule, "--scenario", document, "--width", "90")
    assert code == 0
    assert told.startswith("Plan plan\n")
    assert "A bolt   B hinge" in told
    one = run("show", schedule, "--scenario", document, "--from", "2026-06-05", "--days", "1")
    assert "|Fri 06-05" in one[1]
    assert "Mon 06-08 10:00" in one[1]  # what is late is told all the same
    page, svg, book = (tmp_path / name for name in ("a.html", "a.svg", "a.xlsx"))
    code, told = run("show", schedule, "--html", str(page), "--svg", str(svg))
    assert (code, told) == (0, f"{page}\n{svg}\n")
    code, _ = run("export", schedule, "--scenario", document, "--xlsx", str(book))
    assert code == 0
    assert [*sheets(book.read_bytes())] == ["Orders", "Reasons", "Capacity", "Hours", "L1", "L2"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show",), 2),
        (("show", "none.json"), 3),
        (("show", "{plan}", "--scenario", "none.json"), 3),
        (("show", "{scenario}"), 3),
        (("show", "{plan}", "--scenario", "{plan}"), 3),
        (("show", "{plan}", "--timezone", "Mars/Base"), 2),
        (("show", "{plan}", "--from", "soon"), 2),
        (("show", "{plan}", "--from", "2030-01-01"), 2),
        (("show", "{plan}", "--html", "/nowhere/a.html"), 3),
        (("show", "--edge", "http://127.0.0.1:9"), 5),
        (("show", "{plan}", "--timezone", "Asia/Shanghai"), 0),
    ],
)
def test_what_is_wrong_ends_with_its_code(
    files: tuple[str, str], arguments: tuple[str, ...], code: int
) -> None:
    said = [one.format(plan=files[0], scenario=files[1]) for one in arguments]
    assert run(*said)[0] == code


def test_a_schedule_is_not_drawn_with_another_scenario(
    files: tuple[str, str], tmp_path: Path
) -> None:
    other = copy.deepcopy(DOCUMENT)
    other["orders"][0]["quantity"] += 1
    path = tmp_path / "other.json"
    path.write_text(json.dumps(other), encoding="utf-8")
    for arguments in (("show",), ("export", "--xlsx", str(tmp_path / "a.xlsx"))):
        code, told = run(*arguments, files[0], "--scenario", str(path))
        assert (code, "was made of another scenario" in told) == (3, True)
    code, told = run("show", files[0], "--scenario", files[0])
    assert (code, told.count("\n"), "this is a schedule" in told) == (3, 1, True)
    code, told = run("show", files[1])
    assert (code, told.count("\n"), "is a scenario" in told) == (3, 1, True)


def test_a_file_is_written_over_only_if_it_is_forced(
    files: tuple[str, str], tmp_path: Path
) -> None:
    page = tmp_path / "a.html"
    page.write_text("mine")
    code, told = run("show", files[0], "--html", str(page))
    assert (code, "--force" in told, page.read_text()) == (3, True, "mine")
    assert run("show", files[0], "--html", str(page), "--force")[0] == 0
    assert page.read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_what_is_no_regular_file_is_never_written_over(
    files: tuple[str, str], tmp_path: Path, force: tuple[str, ...]
) -> None:
    pipe, folder, linked = (tmp_path / name for name in ("pipe", "folder", "linked"))
    os.mkfifo(pipe)
    folder.mkdir()
    linked.symlink_to(pipe)
    for path in (pipe, folder, linked):
        for word in ("--html", "--svg"):
            code, told = run("show", files[0], word, str(path), *force)
            assert (code, str(path) in told) == (3, True)
        assert run("export", files[0], "--xlsx", str(path), *force)[0] == 3
    assert pipe.is_fifo()
    assert folder.is_dir()
    assert linked.is_symlink()


values: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-9, 10**20) | st.text(max_size=5) | st.just([])
)


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A schedule of which some values are others, or gone."""
    document = copy.deepcopy(SCHEDULE)
    for _ in range(draw(st.integers(1, 4))):
        at: Any = document
        while True:
            if isinstance(at, list) and at:
                key: Any = draw(st.integers(0, len(at) - 1))
            elif isinstance(at, dict) and at:
                key = draw(st.sampled_from(sorted(at)))
            else:
                break
            if isinstance(at[key], dict | list) and at[key] and draw(st.integers(0, 9)):
                at = at[key]
                continue
            if draw(st.booleans()):
                del at[key]
            else:
                at[key] = draw(values)
            break
    return document


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(damaged())
def test_a_damaged_schedule_is_drawn_or_refused(tmp_path: Path, document: Any) -> None:
    path, page, book = (tmp_path / name for name in ("plan.json", "a.html", "a.xlsx"))
    path.write_text(json.dumps(document), encoding="utf-8")
    assert run("show", str(path), "--width", "80")[0] in (0, 3)
    assert run("show", str(path), "--html", str(page), "--force")[0] in (0, 3)
    assert run("export", str(path), "--xlsx", str(book), "--force")[0] in (0, 3)
