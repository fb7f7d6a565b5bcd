"""Before a store is opened: a swap that was cut off is ended, what was ordered is restored, a
damaged file is found and replaced, and a migration has its snapshot.

All of it while the store's lock is held and nobody has the file open.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import structlog

from edge.domain.clock import Clock
from edge.storage import fact_rows
from edge.storage.connections import open_reader
from edge.storage.damage import StoreDamaged, check, is_damage
from edge.storage.errors import StoreUnusable
from edge.storage.mark import Mark
from edge.storage.restoring import Restored, finish, restore
from edge.storage.schema import is_behind, refuse_foreign
from edge.storage.snapshots import MIGRATION, Keeping, Snapshot, Snapshots

CHECK_S = 2.0  # at the start, so that counting begins soon; what is left is looked at later
SUSPECT_S = 20.0  # where something was found while the edge ran
log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Order:
    """Why a store is opened anew: `snapshot` is to be restored, or damage was seen.

    `fact` is the seq of a fact that was found to be damaged, so that there is no doubt.
    `without_archives`: a person wants the snapshot though archive files of it lack.
    """

    snapshot: Path | None = None
    damage: str = ""
    fact: int | None = None
    certain: bool = False
    without_archives: bool = False


NOTHING = Order()


def make_ready(
    path: Path, edge_id: str, clock: Clock, keeping: Keeping, order: Order = NOTHING
) -> Restored | None:
    """What was restored, None if nothing had to be. Raises StoreUnusable."""
    finish(path)
    snapshots = Snapshots(path, keeping)
    if order.snapshot is not None:
        return _told(
            restore(
                path,
                order.snapshot,
                edge_id,
                reason="replaced",
                now=clock.now(),
                salvage=False,
                whole=not order.without_archives,
            )
        )
    if not path.is_file() or not path.stat().st_size:
        return None
    damage = _damage(path, clock, order) or _log_lost(path, edge_id, snapshots)
    if damage:
        return _told(_replaced(path, edge_id, clock, snapshots, damage, order.fact))
    _before_migration(path, clock, snapshots)
    return None


def _damage(path: Path, clock: Clock, order: Order) -> str:
    """What is wrong with the file; empty if nothing is."""
    if order.certain or order.fact is not None:
        return order.damage
    seconds = SUSPECT_S if order.damage else CHECK_S
    try:
        conn = open_reader(path)
    except sqlite3.Error as error:
        return str(error) if is_damage(error) else ""
    try:
        refuse_foreign(conn)
        check(conn, monotonic=clock.monotonic, seconds=seconds, thorough=bool(order.damage))
    except (StoreDamaged, sqlite3.Error) as error:
        return str(error) if isinstance(error, StoreDamaged) or is_damage(error) else ""
    except StoreUnusable:
        return ""  # another program's: it is refused when it is opened, and not touched
    finally:
        conn.close()
    if order.damage:
        log.warning("store_sound_after_all", store=str(path), seen=order.damage)
    return ""


def _log_lost(path: Path, edge_id: str, snapshots: Snapshots) -> str:
    """What SQLite has dropped of a damaged log, where a snapshot still has it; else empty.

    Without a log it is a file that someone put here: that it is behind is only told.
    """
    log_file = path.with_name(f"{path.name}-wal")
    known, _ = Mark(path).read()
    if not known or not log_file.is_file() or not log_file.stat().st_size:
        return ""
    try:
        conn = open_reader(path)
    except sqlite3.Error:
        return ""
    try:
        last = fact_rows.last(conn)
    except sqlite3.OperationalError:
        last = None  # not even its tables have come out of the log
    except sqlite3.Error:
        return ""
    finally:
        conn.close()
    seq = last.seq if last else 0
    if seq >= known:
        return ""
    snapshot = snapshots.newest_good(edge_id)
    has_more = snapshot is not None and snapshot.proof.seq > seq
    return f"its log ends at fact {seq} of {known}" if has_more else ""


def _replaced(
    path: Path, edge_id: str, clock: Clock, snapshots: Snapshots, damage: str, fact: int | None
) -> Restored:
    snapshot: Snapshot | None = snapshots.newest_good(edge_id, fact)
    if snapshot is None and not _is_of(path, edge_id):
        raise StoreUnusable(
            f"{path}: {damage}; there is no snapshot in {snapshots.keeping.folder} to put in its"
            " place; mend: name the store of an edge, or taktline restore a backup"
        )
    log.error("store_damaged", store=str(path), damage=damage)
    source = snapshot.path if snapshot else None
    return restore(path, source, edge_id, reason="damaged", now=clock.now(), salvage=True)


def _is_of(path: Path, edge_id: str) -> bool:
    """Whether a damaged file can still be read as far as to say whose store it is."""
    try:
        conn = open_reader(path)
    except sqlite3.Error:
        return False
    try:
        owner = conn.execute("SELECT edge_id FROM meta").fetchone()
        return owner is not None and owner[0] == edge_id
    except sqlite3.Error:
        return False
    finally:
        conn.close()


def _before_migration(path: Path, clock: Clock, snapshots: Snapshots) -> None:
    """A store of an older version has its snapshot before it is migrated."""
    try:
        conn = open_reader(path)
    except sqlite3.Error:
        return  # whoever opens it says what is wrong
    try:
        behind = is_behind(conn)
    except sqlite3.Error:
        behind = False
    finally:
        conn.close()
    if behind:
        made = snapshots.take(MIGRATION, clock.now())
        log.info("snapshot_before_migration", file=str(made.path), facts=made.proof.facts)


def _told(done: Restored) -> Restored:
    log.warning("store_restored", **vars(done))
    return done
