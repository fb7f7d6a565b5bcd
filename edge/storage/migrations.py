"""The migrations of the store; `edge/storage/tables` has what they make, `docs/storage.md` says it.

A migration that has been released is never changed: a change of the schema is a new line
below. Times are microseconds UTC, hashes lower-case hex.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from edge.storage.tables import (
    facts,
    figures,
    first,
    genealogy,
    instructions,
    jobs,
    maintenance,
    people,
    plans,
    promises,
    quality,
    recovery,
    restating,
    stops,
)

Step = Sequence[str] | Callable[[sqlite3.Connection], None]
SET, TABLE = "edge", "_sqlite_migrations"
PIECE_THAT_WAS_BEGUN = (  # where a counter's step is no whole piece: what its steps made, and whose
    "ALTER TABLE baselines ADD COLUMN rest TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE baselines ADD COLUMN rest_of TEXT NOT NULL DEFAULT ''",
)
# In the order in which they are made; a function where statements are not enough.
STEPS: Mapping[str, Step] = {
    "m001_facts_projections_and_records": (*first.FACTS, *first.PROJECTIONS, *first.RECORDS),
    "m002_a_piece_that_was_begun": PIECE_THAT_WAS_BEGUN,
    "m003_decisions": first.DECISIONS,
    "m004_what_a_quarantine_counts_as": ("ALTER TABLE quarantine ADD COLUMN role TEXT",),
    "m010_jobs": jobs.JOBS,
    "m015_restating": restating.RUNS,
    "m016_opening": restating.OPENING,
    "m017_events_of_jobs": restating.EVENTS,
    "m018_each_run_of_a_job": restating.EACH_RUN,
    "m020_stops": stops.STOPS,
    "m021_board": stops.BOARD,
    "m022_changeovers": stops.CHANGEOVERS,
    "m030_quality": quality.QUALITY,
    "m031_results_are_voided": quality.VOIDS,
    "m032_what_was_wrong_and_where": quality.DEFECTS,
    "m033_why_a_hold_was_placed_by_its_code": quality.CODED,
    "m040_genealogy": genealogy.PINS,
    "m041_lots": genealogy.LOTS,
    "m042_labels": genealogy.LABELS,
    "m043_what_lots_and_losses_are_found_by": genealogy.FOUND,
    "m044_lots_of_a_material": genealogy.LOTS_OF,
    "m050_people": people.PEOPLE,
    "m060_maintenance": maintenance.MAINTENANCE,
    "m070_kpi": figures.FIGURES,
    "m080_plan_versions": plans.VERSIONS,
    "m081_what_was_told_of_orders": plans.FORECASTS,
    "m090_facts_are_packed": facts.pack_what_is_there,
    "m091_archives": facts.ARCHIVES,
    "m095_recovery": recovery.RECOVERY,
    "m096_words_that_do_not_fit": recovery.APART,
    "m100_what_an_hour_says": instructions.SHEETS,
    "m110_promises": promises.PROMISES,
    "m111_promises_that_orders_name": promises.NAMED_BY_ORDERS,
    "m112_when_purchases_were_said": promises.PURCHASES,
    "m120_planned_scrap_of_hours": instructions.SCRAP,
}


def applied(conn: sqlite3.Connection) -> frozenset[str]:
    """The migrations that this file has; none where it is empty."""
    if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone():
        return frozenset()
    found = conn.execute(f"SELECT name FROM {TABLE} WHERE migration_set = ?", (SET,))
    return frozenset(name for (name,) in found)


def apply(conn: sqlite3.Connection) -> None:
    """Make those that this file has not yet, in the caller's transaction."""
    # Loaded only where something is to be made: it takes a twelfth of a start.
    from sqlite_utils import Database, Migrations

    migrations = Migrations(SET)
    for name, step in STEPS.items():
        migrations(name=name)(_made(step))
    migrations.apply(Database(conn, execute_plugins=False))


def _made(step: Step) -> Callable[[Any], None]:
    """A step as the library calls it: with its `Database` around the connection."""

    def make(db: Any) -> None:
        if callable(step):
            step(db.conn)
        else:
            for statement in step:
                db.conn.execute(statement)

    return make
