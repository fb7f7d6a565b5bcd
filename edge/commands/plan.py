"""`taktline plan`: what needs files alone, and what asks a running edge.

Each module has its commands in a group without a name; here they become one.
"""

import typer

from edge.commands.plan_export import plan_export
from edge.commands.plan_feasibility import plan_feasibility
from edge.commands.plan_history import plan_history
from edge.commands.plan_import import plan_import
from edge.commands.plan_template import plan_template
from edge.commands.plan_versions import plan_versions
from edge.commands.plan_views import plan_views
from edge.commands.plan_what_if import plan_what_if
from edge.planning.cli import plan as of_files

plan = typer.Typer(
    help="Plan a scenario into hours, check it; versions of a running edge's plan.",
    add_completion=False,
    no_args_is_help=True,
)
plan.add_typer(of_files)
plan.add_typer(plan_feasibility)
plan.add_typer(plan_import)
plan.add_typer(plan_history)
plan.add_typer(plan_template)
plan.add_typer(plan_views)
plan.add_typer(plan_export)
plan.add_typer(plan_versions)
plan.add_typer(plan_what_if)
