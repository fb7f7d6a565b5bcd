"""A benchmark's promise is kept or missed, and every benchmark is run."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import bench.__main__
from bench.__main__ import BENCHMARKS, main
from bench.measuring import Cost, interleaved, steady
from bench.ratio import Missing, Ratio


@pytest.mark.parametrize(
    ("ours", "target", "at_most", "limit", "kept"),
    [
        (8.0, 0.8, False, None, True),
        (7.9, 0.8, False, None, False),
        (13.0, 1.3, True, None, True),
        (13.1, 1.3, True, None, False),
        (5.0, None, False, 5.0, True),
        (5.1, None, False, 5.0, False),
        (13.0, 1.3, True, 12.0, False),
        (99.0, None, False, None, True),
    ],
)
def test_a_promise_is_kept_or_missed(
    ours: float, target: float | None, at_most: bool, limit: float | None, kept: bool
) -> None:
    ratio = Ratio(
        name="n", ours=ours, bare=10, unit="us", target=target, at_most=at_most, limit=limit
    )
    assert ratio.kept == kept
    promised = target is not None or limit is not None
    assert ("kept" in str(ratio), "MISSED" in str(ratio)) == (promised and kept, not kept)


def test_every_module_with_a_run_is_a_benchmark() -> None:
    folder = Path(__file__).parents[3] / "bench"
    with_run = {path.stem for path in folder.glob("*.py") if "\ndef run()" in path.read_text()}
    assert with_run == set(BENCHMARKS)


def test_a_name_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", "nothing"]) == 2
    assert "no benchmark nothing; one of: ingest" in capsys.readouterr().out


def test_what_could_not_be_measured_is_no_promise_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run() -> Iterator[Ratio]:
        yield Ratio(name="n", ours=9, bare=10, unit="us", target=0.5)
        raise Missing("there is no peer")

    monkeypatch.setattr(bench.__main__, "import_module", lambda _: SimpleNamespace(run=run))
    assert main(["load"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-2:] == [
        "load: not measured: there is no peer",
        "all promises kept; not measured: load",
    ]


def test_sides_take_turns_and_the_first_round_does_not_count() -> None:
    ran: list[str] = []
    seconds = iter([0, 100, 0, 50, 0, 1, 0, 2, 0, 3, 0, 5])
    sides = {"a": steady(lambda: ran.append("a")), "b": steady(lambda: ran.append("b"))}
    cost = interleaved(sides, 2, lambda: next(seconds))
    assert ran == ["b", "a", "a", "b", "b", "a"]
    assert {name: one.cpu for name, one in cost.items()} == {"a": 3.0, "b": 2.5}
    assert all(isinstance(one, Cost) and one.wall >= 0 for one in cost.values())
