"""Plan versions, and which instruction is in force for an hour.

A plan is kept whole and packed; `hour_instruction` holds what is in force, so that an
hour keeps the instruction under which it was worked when a later plan takes over.
"""

import json
import sqlite3
import zlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from edge.domain.hours import DAY
from edge.domain.plan_versions import OPEN, decided
from edge.domain.recording import ProposedPlan, ReleasedPlan, VersionConflict
from edge.domain.sentences import say
from edge.storage.instruction_rows import (
    bring_into_force,
    in_short,
    keep_sheets,
    packed,
    placed,
    unpacked,
)

QUICK: Final = 3  # of zlib: half the time of its usual 6, a tenth more bytes
PROPOSALS_KEPT: Final = 50
DAYS_KEPT: Final = 60
MOST_AT_ONCE: Final = 20  # a store of before lets go of its versions release by release
INSERT_PLAN = (
    "INSERT INTO plans (version, input_hash, valid_from, schedule, instructions, unfrozen)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
LAST = (
    "SELECT max(coalesce((SELECT max(plan) FROM plan_version), 0),"
    " coalesce((SELECT max(version) FROM plans), 0))"
)
TO_LET_GO = """SELECT version, instructions FROM plans WHERE whole AND version <= :upto
    AND version NOT IN (
        SELECT max(plan) FROM plan_version
        WHERE released_at > (SELECT max(released_at) FROM plan_version) - :kept
        GROUP BY released_at / :day)
    ORDER BY version LIMIT :most"""
IN_FORCE = "SELECT hour, work_center, position FROM hour_instruction WHERE plan = ?"
LET_GO = "UPDATE plans SET whole = 0, schedule = ?, instructions = ? WHERE version = ?"
READ_PLAN = "SELECT version, input_hash, valid_from, schedule, instructions, unfrozen FROM plans"


def expect(conn: sqlite3.Connection, plan: ReleasedPlan | None, decides: int | None) -> None:
    """Before the facts: raise VersionConflict if a version is not newer than the last, or a
    proposal that is decided is not open any more."""
    if plan is not None:
        _expect_newer(conn, plan.version)
    if decides is None:
        return
    row = conn.execute(
        "SELECT state, decided_by FROM plan_proposal WHERE proposal = ?", (decides,)
    ).fetchone()
    state, by = row or ("", "")
    if state != OPEN:
        raise VersionConflict(decided(decides, state, by))


def _expect_newer(conn: sqlite3.Connection, version: int) -> None:
    (last,) = conn.execute(LAST).fetchone()
    if version <= last:
        raise VersionConflict(
            say(
                "plan.released",
                "plan {version}: version {last} is already released",
                version=version,
                last=last,
            )
        )


def release(conn: sqlite3.Connection, plan: ReleasedPlan) -> None:
    """Store a plan and bring it into force."""
    head = (plan.version, plan.input_hash, plan.valid_from)
    content = (pack(plan.schedule), pack(packed(plan.instructions)))
    conn.execute(INSERT_PLAN, (*head, *content, json.dumps(dict(plan.unfrozen), sort_keys=True)))
    bring_into_force(conn, plan.valid_from, enumerate(plan.instructions), plan.unfrozen)
    if plan.keep:
        let_go(conn, plan.version - plan.keep)


def let_go(conn: sqlite3.Connection, upto: int) -> None:
    """Of versions up to `upto` keep only the instructions that are or were in force by them; of
    the last one of each day (of UTC) of the last `DAYS_KEPT` days all."""
    values = {"upto": upto, "kept": DAYS_KEPT * DAY, "day": DAY, "most": MOST_AT_ONCE}
    for version, instructions in conn.execute(TO_LET_GO, values).fetchall():
        places = {tuple(row) for row in conn.execute(IN_FORCE, (version,))}
        short = in_short(version, unpack(instructions), places)
        conn.execute(LET_GO, (pack({}), pack(short), version))


def propose(conn: sqlite3.Connection, plan: ProposedPlan) -> None:
    """Store what a proposal says, in the place of that of an old one."""
    conn.execute(
        "DELETE FROM proposed_plans WHERE proposal <= ?", (plan.proposal - PROPOSALS_KEPT,)
    )
    conn.execute(
        "INSERT INTO proposed_plans (proposal, schedule, instructions) VALUES (?, ?, ?)",
        (plan.proposal, pack(plan.schedule), pack(packed(plan.instructions))),
    )


def replay(conn: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Derive what is in force in `target` from all plans of `conn`, in their order."""
    target.execute("DELETE FROM hour_instruction")
    target.execute("DELETE FROM instruction_sheet")
    for row in conn.execute(f"{READ_PLAN} ORDER BY version"):
        version, _, valid_from, _, instructions, unfrozen = row
        content = unpack(instructions)
        bring_into_force(target, valid_from, placed(version, content), json.loads(unfrozen))
        keep_sheets(target, content)


def plan_of(row: Sequence[Any]) -> ReleasedPlan:
    """The plan of a row of READ_PLAN."""
    version, input_hash, valid_from, schedule, instructions, unfrozen = row
    return ReleasedPlan(
        version=version,
        input_hash=input_hash,
        valid_from=valid_from,
        schedule=unpack(schedule),
        instructions=unpacked(version, unpack(instructions)),
        unfrozen=json.loads(unfrozen),
    )


def pack(value: Any) -> bytes:
    """JSON, compressed: a month's instructions shrink to a fifteenth."""
    return zlib.compress(msgspec.json.encode(value), QUICK)


def unpack(data: bytes) -> Any:
    """What was packed."""
    return msgspec.json.decode(zlib.decompress(data))
