"""Plan versions, and which instruction is in force for an hour.

A plan is kept whole and packed; `hour_instruction` holds what is in force, so that an
hour keeps the instruction under which it was worked when a later plan takes over.
"""

import json
import sqlite3
import zlib
from collections.abc import Sequence
from typing import Any

from edge.domain.recording import ReleasedPlan, VersionConflict
from edge.domain.sentences import say
from edge.storage.instruction_rows import bring_into_force, packed, unpacked

INSERT_PLAN = (
    "INSERT INTO plans (version, input_hash, valid_from, schedule, instructions)"
    " VALUES (?, ?, ?, ?, ?)"
)
READ_PLAN = "SELECT version, input_hash, valid_from, schedule, instructions FROM plans"


def release(conn: sqlite3.Connection, plan: ReleasedPlan) -> None:
    """Store a plan and bring it into force; VersionConflict if it is not newer than the last."""
    (last,) = conn.execute("SELECT max(version) FROM plans").fetchone()
    if last is not None and plan.version <= last:
        raise VersionConflict(
            say(
                "plan.released",
                "plan {version}: version {last} is already released",
                version=plan.version,
                last=last,
            )
        )
    instructions = packed(plan.instructions)
    conn.execute(
        INSERT_PLAN,
        (plan.version, plan.input_hash, plan.valid_from, pack(plan.schedule), pack(instructions)),
    )
    bring_into_force(conn, plan.valid_from, plan.instructions)


def replay(conn: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Derive what is in force in `target` from all plans of `conn`, in their order."""
    target.execute("DELETE FROM hour_instruction")
    target.execute("DELETE FROM instruction_sheet")
    for row in conn.execute(f"{READ_PLAN} ORDER BY version"):
        plan = plan_of(row)
        bring_into_force(target, plan.valid_from, plan.instructions)


def plan_of(row: Sequence[Any]) -> ReleasedPlan:
    """The plan of a row of READ_PLAN."""
    version, input_hash, valid_from, schedule, instructions = row
    return ReleasedPlan(
        version=version,
        input_hash=input_hash,
        valid_from=valid_from,
        schedule=unpack(schedule),
        instructions=unpacked(version, unpack(instructions)),
    )


def pack(value: Any) -> bytes:
    """JSON, compressed: a month's instructions shrink to a fifteenth."""
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def unpack(data: bytes) -> Any:
    """What was packed."""
    return json.loads(zlib.decompress(data))
