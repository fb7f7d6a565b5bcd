"""Who plays in a demo: the referee, the machines, the sync service, the ERP and the edge."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.demo.errors import DemoFailed
from simulators.demo.files import Site
from simulators.demo.options import Options
from simulators.demo.processes import Child, Command, Crew, replacement, taktline

ERP_TOKEN = "TAKTLINE_ERP_TOKEN"
ANSWER_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Cast:
    """All processes of a demo, started; the demo talks with the machines and the referee."""

    crew: Crew
    machines: Child
    referee: Child

    def freeze_machines(self) -> None:
        """No more pieces from now on; all truth is with the referee then. Raises DemoFailed."""
        frozen = ask(self.machines, "freeze")
        if not ask(self.referee, f"flush {frozen['run']} {frozen['seq']}")["flushed"]:
            raise DemoFailed("the machines' truth did not reach the referee", self.referee.name)

    def truth(self) -> list[dict[str, Any]]:
        """The referee's totals by machine, order number and recipe. Raises DemoFailed."""
        answer = ask(self.referee, "totals")
        if answer["lost"]:
            raise DemoFailed(f"{answer['lost']} lines of truth were lost", self.referee.name)
        totals: list[dict[str, Any]] = answer["totals"]
        return totals


def start_all(crew: Crew, site: Site, options: Options, plant_clock: str) -> Cast:
    """Start every process; what they need of each other they wait for themselves."""
    reading, writing = os.pipe()
    try:
        referee = crew.start(referee_command(site, reading))
        machines = crew.start(machines_command(site, options, plant_clock, writing))
    finally:
        os.close(reading)
        os.close(writing)
    for command in (
        sync_command(site, plant_clock),
        edge_command(site, options, plant_clock),
        erp_command(site, options, plant_clock),
    ):
        crew.start(command)
    return Cast(crew=crew, machines=machines, referee=referee)


def ask(child: Child, question: str) -> dict[str, Any]:
    """A line of JSON for a line; raises DemoFailed if it is not one."""
    child.say(question)
    return answer_of(child)


def answer_of(child: Child) -> dict[str, Any]:
    """The next line that a process says, as JSON."""
    line = child.line(ANSWER_S)
    try:
        answer = json.loads(line)
    except ValueError:
        raise DemoFailed(f"{child.name} said {line!r}, which is not JSON", child.name) from None
    if not isinstance(answer, dict) or "error" in answer:
        raise DemoFailed(f"{child.name} said {line}", child.name)
    return answer


def referee_command(site: Site, truth_fd: int) -> Command:
    module = (sys.executable, "-m", "simulators.referee")
    return Command(
        name="referee",
        arguments=[*module, str(site.truth), "--truth-fd", str(truth_fd)],
        pass_fds=(truth_fd,),
        dialogue=True,
    )


def machines_command(site: Site, options: Options, clock: str, truth_fd: int) -> Command:
    how = ("--plant-clock", clock, "--seed", str(options.seed), "--truth-fd", str(truth_fd))
    return Command(
        name="machines",
        arguments=taktline("simulate", str(site.scenario), "--ready-json", *how),
        pass_fds=(truth_fd,),
        dialogue=True,
    )


def sync_command(site: Site, clock: str) -> Command:
    how = ("--config", str(site.company), "--plant-clock", clock)
    return Command(name="sync", arguments=taktline("sync", *how))


def edge_command(site: Site, options: Options, clock: str) -> Command:
    how = ("--config", str(site.plant), "--plant-clock", clock)
    if options.edge_command:
        arguments = replacement(options.edge_command, *how)
    else:
        arguments = taktline("edge", *how)
    return Command(name="edge", arguments=arguments, env=edge_environment(site))


def erp_command(site: Site, options: Options, clock: str) -> Command:
    where = ("--sync", site.sync_url, "--token-env", ERP_TOKEN, "--books", str(site.books))
    fault = ("--fault", options.erp_fault) if options.erp_fault else ()
    return Command(
        name="erp",
        arguments=taktline(
            "simulate-erp", str(site.directory), *where, "--plant-clock", clock, *fault
        ),
        env={ERP_TOKEN: site.tokens["erp"]},
    )


def edge_environment(site: Site) -> Mapping[str, str]:
    """The edge's token, in the variable that `plant.toml` names."""
    return {site.edge_token_env: site.edge_token}
