"""The demo's shift with a breakdown, scrap and somebody late: the plan is made again each time, its
hours, what was made and what remains add up at every moment, and people are told why."""

import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from edge.domain.hours import moment_label
from edge.storage.fact_rows import every
from simulators.clock import PlantClock, SystemClock, parse_time
from simulators.demo.files import prepare
from simulators.demo.floor import Floor
from simulators.demo.options import MICROS_PER_HOUR, Options
from simulators.demo.processes import Crew
from simulators.demo.progress import View
from simulators.demo.report import Result, as_text
from simulators.demo.run import Stage, clock_of, perform
from simulators.demo.script import Script
from simulators.demo.words import words
from simulators.erp.example import load_example
from tests.journeys.balance import Hours, Ledger, Version, unbalanced
from tests.journeys.screens import Screen

EXAMPLE = Path(__file__).parents[2] / "examples" / "hardware_plant"
# Past noon, when the next hour tells what came of the scrap at 11:10.
LENGTH, SPEED, SEED = Fraction(31, 5), Fraction(200), 11
CENTERS = ("L1", "L2", "L3")
SIX = parse_time("2026-06-08T06:00+02:00")
DAYS = 38 * 24 * MICROS_PER_HOUR
EVERY_S = 0.7
TICK_S = 0.05
BROKEN = 103  # the fault of the tool that breaks at 08:20
FEWEST = 40  # moments
DOWN, SCRAP, ABSENT = "plan.because_down", "plan.because_scrap", "plan.because_absent"
OPEN = "plan.because_open"
PACE = {"plan.because_behind", "plan.because_ahead", "plan.because_in_pace"}
# People are missing, a machine is down, scrap: a board shows the latest reason.
CHINESE = ("缺人（turning）", "起停机：暂按", "的废品和返工达")
SEEN_ANEW = ("acknowledged", "changed_since")  # of an hour, what people do with it

pytestmark = [
    pytest.mark.xdist_group("demo"),
    pytest.mark.timeout(600),
    pytest.mark.longer,
    pytest.mark.needs("tmux"),
]


@dataclass(frozen=True)
class Sample:
    """What the API says at a moment that lies between two facts."""

    first: int
    last: int
    plan: int
    jobs: Mapping[str, Mapping[str, Any]]
    rows: Mapping[tuple[str, int], str]
    """The hours in force, by work center and hour, as text."""


@dataclass
class Told:
    """What the demo's screen says."""

    lines: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.lines.append(text)

    def show(self, plant_now: int, view: View, booked: int) -> None:
        """How far it is concerns nobody here."""

    def close(self) -> None:
        """Nothing to end."""


@dataclass
class Observer:
    """Looks at a run while it goes on, by the API and at terminals, as people would."""

    folder: Path
    samples: list[Sample] = field(default_factory=list)
    versions: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    hours: Hours = field(default_factory=dict)
    edge_said: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sync_said: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    shown: dict[str, str] = field(default_factory=dict)

    def watch(self, stage: Stage, floor: Floor, clock: PlantClock, script: Script) -> None:
        """Until the hours are over."""
        end = clock.origin + int(LENGTH * MICROS_PER_HOUR)
        edge = httpx.Client(base_url=f"{floor.url}/api/v1", timeout=20)
        headers = {"Authorization": f"Bearer {stage.site.tokens['reader']}"}
        sync = httpx.Client(base_url=f"{stage.site.sync_url}/api/v1", headers=headers, timeout=20)
        english = Screen(self.folder, floor.url, "L1", "en")
        chinese = Screen(self.folder, floor.url, "L2", "zh")
        try:
            following = 0.0
            while clock.now() < end:
                stage.crew.check()
                stage.play(script)
                if clock.monotonic() >= following:
                    following = clock.monotonic() + EVERY_S
                    self._sample(edge)
                    self._hear(edge, self.edge_said)
                    self._hear(sync, self.sync_said)
                    self._look(english, chinese)
                time.sleep(TICK_S)
            self._sample(edge)
            self.hours = self._by_job(self._rows(edge))
        finally:
            for screen in (english, chinese):
                screen.end()
            edge.close()
            sync.close()

    def _sample(self, edge: httpx.Client) -> None:
        first = _got(edge, "/status")["last_seq"]
        plan = _got(edge, "/plan")["version"]
        jobs = {one["id"]: one for one in _got(edge, "/job-orders")["items"]}
        rows = self._rows(edge)
        again = _got(edge, "/plan")["version"]
        last = _got(edge, "/status")["last_seq"]
        for one in _got(edge, "/plan/versions?limit=20")["items"]:
            if one["plan"] not in self.versions:
                self.versions[one["plan"]] = _got(edge, f"/plan/versions/{one['plan']}")
        if plan and again["plan"] == plan["plan"]:
            texts = {place: json.dumps(hours, sort_keys=True) for place, hours in rows.items()}
            self.samples.append(Sample(first, last, plan["plan"], jobs, texts))

    def _rows(self, edge: httpx.Client) -> dict[tuple[str, int], list[dict[str, Any]]]:
        found: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
        for center in CENTERS:
            path = f"/work-centers/{center}/instructions?from={SIX}&to={SIX + DAYS}"
            for one in _got(edge, path)["items"]:
                kept = {name: value for name, value in one.items() if name not in SEEN_ANEW}
                found[center, one["hour"]].append(kept)
        return found

    @staticmethod
    def _by_job(rows: Mapping[tuple[str, int], list[dict[str, Any]]]) -> Hours:
        found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for (_, hour), hours in rows.items():
            for one in hours:
                found[one["job_order_id"]][hour] += one["quantity"]
        return found

    @staticmethod
    def _hear(service: httpx.Client, said: dict[str, set[str]]) -> None:
        """Why orders are expected at another time than before."""
        for one in _got(service, "/orders")["items"]:
            for why in (one["moved"] or {}).get("because", ()):
                said[why["code"]].add(one["id"])

    def _look(self, english: Screen, chinese: Screen) -> None:
        text, other = english.text(), chinese.text()
        if "L1 is down since" in text and "down" not in self.shown:
            self.shown["down"] = text
            english.press("m", "Changes of the plan")
            english.choose("Changes of the plan", "What the plan changes here")
            self.shown["changes"] = english.choose("What the plan changes here", "Before")
            english.press("Escape", "Ready")
        if any(said in other for said in CHINESE):
            self.shown["chinese"] = other


def _got(service: httpx.Client, path: str) -> Any:
    answer = service.get(path if path.startswith("/") else f"/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@dataclass(frozen=True)
class Shift:
    """A run that is over."""

    result: Result
    observer: Observer
    told: list[str]
    facts: list[Mapping[str, Any]]

    @property
    def versions(self) -> list[Version]:
        return [Version.of(view) for _, view in sorted(self.observer.versions.items())]

    def codes(self) -> dict[str, list[int]]:
        """When (us) versions were made, by the codes of why."""
        found: dict[str, list[int]] = defaultdict(list)
        for _, view in sorted(self.observer.versions.items()):
            for code in _codes(view["why"]):
                found[code].append(view["made_at"])
        return found


def _codes(why: Mapping[str, Any]) -> Iterator[str]:
    several = why["params"].get("why")
    for one in several if isinstance(several, list) else [why]:
        yield one["code"]


@pytest.fixture(scope="module")
def shift(tmp_path_factory: pytest.TempPathFactory) -> Shift:
    """The demo's shift until after the scrap, observed all the while."""
    folder = tmp_path_factory.mktemp("shift")
    options = Options(
        hours=LENGTH,
        speed=SPEED,
        seed=SEED,
        stay=False,
        as_json=True,
        example=EXAMPLE,
        run_dir=folder / "run",
    )
    site, sent = prepare(options.example, options.run_dir), load_example(options.example)
    clock, crew, told = SystemClock(), Crew(options.run_dir), Told()
    stage = Stage(
        options=options,
        site=site,
        example=sent,
        crew=crew,
        progress=told,
        monotonic=clock.monotonic,
    )
    observer = Observer(folder)
    try:
        result = perform(stage, clock_of(stage), observer.watch)
    finally:
        crew.end(clock.monotonic)
    store = f"{(options.run_dir / 'edge.sqlite').as_uri()}?mode=ro"
    with closing(sqlite3.connect(store, uri=True)) as db:
        facts = [json.loads(row.data) for row in every(db)]
    return Shift(result, observer, told.lines, facts)


def down_since(facts: Sequence[Mapping[str, Any]]) -> str:
    """The minute since which L1 stood when its tool broke: a jam just before belongs to it. It may
    have broken while the next order was set up; then it is no downtime of the run."""
    since = None
    for fact in facts:
        if fact["kind"] == "equipment_state" and fact["equipment_id"] == "L1":
            stands = fact["body"]["time_class"] == "ADET" or fact["body"]["fault"] == BROKEN
            since = (since or fact["occurred_at"]) if stands else None
            if since and fact["body"]["fault"] == BROKEN:
                return moment_label(since, ZoneInfo("Europe/Berlin"))
    raise AssertionError("no tool broke at L1")


def test_the_books_have_no_difference(shift: Shift) -> None:
    assert shift.result.good, "\n".join([*shift.told, *as_text(shift.result)])


def test_hours_made_and_remainder_add_up_to_each_order_at_every_moment(shift: Shift) -> None:
    samples, versions = shift.observer.samples, shift.versions
    assert len(samples) >= FEWEST
    seqs = {one for sample in samples for one in (sample.first, sample.last)}
    seqs |= {one for version in versions for one in (version.as_of, version.seq)}
    ledger = Ledger(frozenset(seqs))
    ledger.read(shift.facts)
    assert not [
        found for version in versions for found in unbalanced(version, ledger, shift.observer.hours)
    ]
    known = {version.plan: version for version in versions}
    for sample in samples:
        before, after = ledger.moments[sample.first], ledger.moments[sample.last]
        hours = _pieces(sample)
        for job, one in sample.jobs.items():
            assert before.good[job] <= one["good"] <= after.good[job], job
            assert before.scrap[job] <= one["scrap"] <= after.scrap[job], job
            assert one["good"] + one["left"] == max(one["quantity"], one["good"]), job
            version = known[sample.plan]
            coming = sum(n for hour, n in hours[job].items() if hour >= version.valid_from)
            assert coming == version.coming(job), (job, version.plan)


def _pieces(sample: Sample) -> Hours:
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (_, hour), text in sample.rows.items():
        for one in json.loads(text):
            found[one["job_order_id"]][hour] += one["quantity"]
    return found


def test_versions_rise_and_name_what_happened(shift: Shift) -> None:
    plans = [version.plan for version in shift.versions]
    assert plans == [*range(1, len(plans) + 1)]
    made = shift.codes()
    assert {ABSENT, OPEN, DOWN, SCRAP, "plan.because_hour"} <= set(made)
    assert PACE & set(made)
    assert SIX < made[ABSENT][0] < SIX + MICROS_PER_HOUR
    broken, bad = parse_time("2026-06-08T08:20+02:00"), parse_time("2026-06-08T11:10+02:00")
    assert broken < made[DOWN][0] < broken + MICROS_PER_HOUR // 2
    assert bad < min(at for at in made[SCRAP] if at > bad) < bad + MICROS_PER_HOUR


def test_hours_that_a_version_froze_are_byte_for_byte_those_of_the_one_before(
    shift: Shift,
) -> None:
    first = {version.plan: version.valid_from for version in shift.versions}
    steps = 0
    samples = shift.observer.samples
    for before, after in pairwise(samples):
        since = [first[plan] for plan in range(before.plan + 1, after.plan + 1)]
        frozen = {
            place: text for place, text in before.rows.items() if place[1] < min(since, default=0)
        }
        steps += bool(frozen)
        assert {place: after.rows.get(place) for place in frozen} == frozen, after.plan
    assert steps >= 5


def test_the_screen_says_that_the_plan_was_made_again_and_why(shift: Shift) -> None:
    told = "\n".join(shift.told)
    for said in (
        "at L2 people are missing (turning)",
        "lena signs on at L2",
        f"L1 is down since {down_since(shift.facts)}",
        "L1 can work again",
        "pieces of scrap and rework since the plan, more than planned",
        "hour instructions changed: ",
    ):
        assert said in told, told
    chinese = words("zh")
    for view in shift.observer.versions.values():
        assert chinese.told(view["why"]) != view["why"]["detail"], view["why"]


def test_orders_say_here_and_to_sales_why_they_are_expected_at_another_time(shift: Shift) -> None:
    observer = shift.observer
    for said in (observer.edge_said, observer.sync_said):
        # Who was late may be there again before people are told another finish.
        assert {DOWN, SCRAP} <= set(said), said.keys()
        assert {ABSENT, OPEN} & set(said), said.keys()


def test_the_terminal_shows_the_new_hours_and_why(shift: Shift) -> None:
    shown = shift.observer.shown
    assert {"down", "changes", "chinese"} <= set(shown), shown
    assert "plan " in shown["down"]
    [note] = [line for line in shown["changes"].splitlines() if "Version " in line]
    assert f"L1 is down since {down_since(shift.facts)}" in note
    rows = [
        line.split() for line in shown["changes"].splitlines() if ".10" in line or ".20" in line
    ]
    assert any(row[1:2] and ":00" in row[1] for row in rows), shown["changes"]
