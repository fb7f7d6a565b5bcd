"""`taktline demo`: a simulated plant end to end, from one command."""

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from simulators.clock import PlantClock, SystemClock, to_datetime
from simulators.demo.cast import ask
from simulators.demo.errors import DemoFailed, DemoInvalid
from simulators.demo.files import prepare
from simulators.demo.floor import Floor
from simulators.demo.options import Options, moment, positive
from simulators.demo.processes import Crew
from simulators.demo.progress import LiveProgress, PlainProgress, Progress
from simulators.demo.report import Result, as_json, as_text
from simulators.demo.run import Stage, clock_of, perform
from simulators.demo.words import Language, words
from simulators.erp.errors import ExampleInvalid
from simulators.erp.example import load_example
from simulators.erp.system import Fault

NEGATIVE, INVALID_INPUT, INTERRUPTED = 1, 3, 130
HERE = Path(__file__).resolve()
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LANGUAGE = "TAKTLINE_LANGUAGE"
EXAMPLE = Path("examples") / "hardware_plant"

demo = typer.Typer(
    help="A simulated plant, edge, sync service and ERP on this machine, reconciled to the piece.",
    add_completion=False,
)


@demo.command()
def run(
    hours: Annotated[str, typer.Option(help="Plant hours to run")] = "8",
    speed: Annotated[str, typer.Option(help="Plant time over time")] = "240",
    seed: Annotated[int, typer.Option(min=0, help="Of cycle times, stops and scrap")] = 1,
    exit_: Annotated[bool, typer.Option("--exit", help="End after the report")] = False,
    as_json_: Annotated[bool, typer.Option("--json", help="The report as JSON")] = False,
    kill_edge_at: Annotated[
        str | None, typer.Option(help="SIGKILL the edge at this plant hour (2.5) or part (50%)")
    ] = None,
    kill_sync_at: Annotated[str | None, typer.Option(help="The same for the sync service")] = None,
    run_dir: Annotated[
        Path | None, typer.Option(help="New folder for files and logs; default in run/")
    ] = None,
    example: Annotated[Path | None, typer.Option(help="Folder of the plant to run")] = None,
    erp_fault: Annotated[
        Fault | None, typer.Option(help="Let the ERP book wrongly, once: for tests")
    ] = None,
    language: Annotated[
        Language, typer.Option(envvar=LANGUAGE, help="Of what is said of the plan while it runs")
    ] = Language.EN,
    edge_command: Annotated[
        str | None, typer.Option(help="Run this instead of `taktline edge`: for tests")
    ] = None,
) -> None:
    """Exit codes: 0 no difference, 1 a difference or a failure, 3 invalid input, 130 Ctrl-C."""
    try:
        length = positive("--hours", hours)
        options = Options(
            hours=length,
            speed=positive("--speed", speed),
            seed=seed,
            stay=not exit_ and sys.stdout.isatty(),
            as_json=as_json_,
            example=example or _example(),
            run_dir=(run_dir or _run_dir()).resolve(),
            kill_edge_at=moment("--kill-edge-at", kill_edge_at, length),
            kill_sync_at=moment("--kill-sync-at", kill_sync_at, length),
            erp_fault=erp_fault,
            language=language,
            edge_command=edge_command,
        )
        code = _run(options)
    except (DemoInvalid, ExampleInvalid) as invalid:
        typer.echo(f"taktline demo: {invalid}", err=True)
        raise typer.Exit(INVALID_INPUT) from None
    raise typer.Exit(code)


def _run(options: Options) -> int:
    clock = SystemClock()
    site, sent = prepare(options.example, options.run_dir), load_example(options.example)
    crew, progress = Crew(options.run_dir), _progress(sent.zone, clock)
    with _ended_by_signals():
        progress.say(f"files and logs: {options.run_dir}")
        stage = Stage(
            options=options,
            site=site,
            example=sent,
            crew=crew,
            progress=progress,
            monotonic=clock.monotonic,
            words=words(options.language),
        )
        try:
            plant_clock = clock_of(stage)
            result = perform(stage, plant_clock)
            progress.close()
            _print(result, options)
            if options.stay:
                _stay(stage, plant_clock)
            return 0 if result.good else NEGATIVE
        except DemoFailed as failed:
            progress.close()
            _explain(failed, crew)
            return NEGATIVE
        except KeyboardInterrupt:
            typer.echo("interrupted; ending all processes", err=True)
            return INTERRUPTED
        finally:
            _ignore_signals()
            progress.close()
            crew.end(clock.monotonic)


def _ignore_signals() -> None:
    """The end is not interrupted: no process may be left behind."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _print(result: Result, options: Options) -> None:
    if options.as_json:
        typer.echo(json.dumps(as_json(result), indent=2))
    else:
        typer.echo("\n".join(as_text(result)))


def _stay(stage: Stage, clock: PlantClock) -> None:
    """Let the plant go on until Ctrl-C, or until a process ends; who works there comes each day."""
    ask(stage.crew.children["machines"], "thaw")
    first = f"taktline terminal --edge {stage.site.edge_url} --work-center L1"
    typer.echo(f"\noperator terminal:  {first}")
    typer.echo(f"API documentation:  {stage.site.sync_url}/docs")
    typer.echo("Ctrl-C ends everything.")
    script = stage.script(Floor("edge", stage.site.edge_url), clock, since=clock.now())
    while True:
        stage.crew.check()
        for line in script.look():
            typer.echo(line, err=True)
        time.sleep(0.5)


def _explain(failed: DemoFailed, crew: Crew) -> None:
    typer.echo(f"taktline demo: {failed}", err=True)
    child = crew.children.get(failed.process or "")
    if child is None:
        return
    typer.echo(f"read {child.log}; its last lines:", err=True)
    for line in child.tail():
        typer.echo(f"  {line}", err=True)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal end a demo as Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _progress(zone: ZoneInfo, clock: SystemClock) -> Progress:
    if sys.stderr.isatty():
        return LiveProgress(zone)
    return PlainProgress(zone, clock.monotonic)


def _example() -> Path:
    """The example of the working directory, else of the source tree that this file lies in."""
    for root in (Path.cwd(), HERE.parents[2]):
        if (root / EXAMPLE).is_dir():
            return root / EXAMPLE
    raise DemoInvalid(f"no {EXAMPLE} here; name its folder: --example")


def _run_dir() -> Path:
    now = to_datetime(SystemClock().now())
    return Path("run") / f"demo-{now:%Y%m%d-%H%M%S-%f}"
