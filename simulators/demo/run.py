"""A demo from start to end: start, watch, freeze, settle, compare."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from simulators.clock import PlantClock, parse_time
from simulators.demo import collect
from simulators.demo.attendance import load_attendance
from simulators.demo.cast import Cast, answer_of, start_all
from simulators.demo.comparison import Accounts, compare
from simulators.demo.errors import DemoFailed, NoAnswer
from simulators.demo.files import Site
from simulators.demo.floor import Floor, Service
from simulators.demo.options import MICROS_PER_HOUR, ORIGIN, Options
from simulators.demo.processes import Crew
from simulators.demo.progress import Progress, booked_pieces, look
from simulators.demo.reader import FeedReader
from simulators.demo.report import Result
from simulators.demo.script import Script
from simulators.demo.settle import Settling, Way
from simulators.demo.words import Words
from simulators.erp.client import SyncClient
from simulators.erp.errors import CursorGone, RequestRefused, ServiceUnavailable
from simulators.erp.example import Example

COUNTDOWN_S = 10.0  # until the shift begins: all processes are up before
READY_S = 90.0
SETTLE_S = 60.0
LOOK_EVERY_S = 2.0
TICK_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a demo works with; the caller ends `crew`, whatever happens."""

    options: Options
    site: Site
    example: Example
    crew: Crew
    progress: Progress
    monotonic: Callable[[], float]
    words: Words = field(default_factory=Words)

    def script(self, floor: Floor, clock: PlantClock, since: int = 0) -> Script:
        """What happens beside the machines, from plant time `since` (us) on."""
        attendance = load_attendance(self.site.shift)
        return Script.of(attendance, floor, clock, self.example.zone, self.words, since)

    def play(self, script: Script) -> None:
        """Let happen what is due, and say it."""
        for line in script.look():
            self.progress.say(line)


Watch = Callable[[Stage, Floor, PlantClock, Script], None]


def clock_of(stage: Stage) -> PlantClock:
    """The plant's clock, which stands at the begin of the shift after a countdown from now."""
    anchor = stage.monotonic() + COUNTDOWN_S
    return PlantClock(parse_time(ORIGIN), float(stage.options.speed), anchor)


def perform(stage: Stage, clock: PlantClock, watch: Watch | None = None) -> Result:
    """Run the plant for the hours asked for and compare the accounts. Raises DemoFailed.

    `watch` is what goes on until the hours are over, where it is more than to look and kill.
    """
    anchor = clock.anchor
    cast = start_all(stage.crew, stage.site, stage.options, f"{ORIGIN},{clock.speed},{anchor!r}")
    floor = Floor("edge", stage.site.edge_url)
    sync = Service("sync", stage.site.sync_url)
    reader = SyncClient(stage.site.sync_url, stage.site.tokens["reader"])
    try:
        _wait_until_ready(stage, cast, [sync, floor])
        if clock.monotonic() > anchor:
            stage.progress.say("the plant's clock was ahead: not all was up when the shift began")
        script = stage.script(floor, clock)
        (watch or _watch)(stage, floor, clock, script)
        return _settled(stage, cast, floor, reader, clock)
    finally:
        for client in (floor, sync, reader):
            client.close()


def _wait_until_ready(stage: Stage, cast: Cast, services: list[Service]) -> None:
    answer_of(cast.machines)
    stage.progress.say("machines are up")
    until = stage.monotonic() + READY_S
    for service in services:
        while missing := _not_ready(service):
            stage.crew.check()
            if stage.monotonic() >= until:
                raise DemoFailed(f"not ready within {READY_S:g} s: {missing}", service.name)
            time.sleep(TICK_S)
        stage.progress.say(f"{service.name} is up: {service.url}")


def _not_ready(service: Service) -> str | None:
    try:
        service.ready()
    except NoAnswer as error:
        return str(error)
    return None


def _watch(stage: Stage, floor: Floor, clock: PlantClock, script: Script) -> None:
    """Until the hours are over; kills whom it was asked to kill."""
    kills = list(stage.options.kills)
    end = clock.origin + _micros(stage.options.hours)
    next_look = clock.monotonic()
    while clock.now() < end:
        stage.crew.check()
        while kills and clock.now() >= clock.origin + _micros(kills[0][0]):
            _kill(stage, kills.pop(0)[1])
        stage.play(script)
        if clock.monotonic() >= next_look:
            next_look = clock.monotonic() + LOOK_EVERY_S
            stage.progress.show(clock.now(), look(floor), booked_pieces(stage.site.books))
        time.sleep(TICK_S)


def _kill(stage: Stage, name: str) -> None:
    stage.progress.say(f"{name} is killed (SIGKILL) and started again")
    stage.crew.children[name].kill_and_restart()


def _settled(
    stage: Stage, cast: Cast, floor: Floor, client: SyncClient, clock: PlantClock
) -> Result:
    cast.freeze_machines()
    frozen_at = clock.now()
    stage.progress.say("machines are frozen; waiting until all is read, forwarded and booked")
    reader = FeedReader(client)
    way = Way(floor=floor, reader=reader, books=stage.site.books)
    settling = Settling(way, clock, stage.crew.check, SETTLE_S)
    try:
        settling.run(frozen_at)
        return _result(stage, cast, way, client, settling.findings, (clock.origin, frozen_at))
    except (NoAnswer, ServiceUnavailable) as error:
        raise DemoFailed(str(error)) from error
    except (CursorGone, RequestRefused) as error:
        raise DemoFailed(f"the sync service refused: {error}", "sync") from error


def _result(
    stage: Stage,
    cast: Cast,
    way: Way,
    client: SyncClient,
    findings: list[str],
    span: tuple[int, int],
) -> Result:
    accounts = Accounts(
        planned=collect.planned(stage.example),
        truth=collect.truth(cast.truth(), stage.example),
        recorded=collect.recorded(way.floor.job_orders(), way.floor.unassigned()),
        posted=way.reader.posted(),
        booked=collect.booked(way.books),
    )
    comparison = compare(accounts)
    centers = [str(center["id"]) for center in way.floor.work_centers()]
    lines = {center: way.floor.kpis(center, *span) for center in centers}
    days = collect.days(way.books)
    own = {day: client.reconciliation(day, stage.example.consumer) for day in days}
    if comparison.pieces == 0:
        findings = [*findings, "not one piece was made"]
    return Result(
        comparison=comparison,
        lines=lines,
        reconciliations=own,
        findings=[*findings, *_own_findings(own, comparison.pieces)],
        run=_run_facts(stage),
    )


def _own_findings(own: dict[str, dict[str, Any]], pieces: int) -> list[str]:
    """What the product's own reconciliation sees otherwise than truth."""
    found = [
        f"the product's own reconciliation of {day} has difference {answer['difference']}"
        for day, answer in own.items()
        if answer["difference"]
    ]
    total = sum(int(answer["pieces"]) for answer in own.values())
    if total != pieces:
        found.append(f"the product's own reconciliation counts {total} pieces, the truth {pieces}")
    return found


def _run_facts(stage: Stage) -> dict[str, Any]:
    return {
        "hours": float(stage.options.hours),
        "speed": float(stage.options.speed),
        "seed": stage.options.seed,
        "directory": str(stage.site.directory),
        "killed": {c.name: c.killed for c in stage.crew.children.values() if c.killed},
    }


def _micros(hours: Fraction) -> int:
    return int(hours * MICROS_PER_HOUR)
