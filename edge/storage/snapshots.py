"""Snapshots of a store: proved copies in a folder, numbered, and only so many of them.

Beside each copy stands what was found when it was proved, as JSON; a copy without it was
not finished and is no snapshot. The number, not a clock, says which is the newest.
"""

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from edge.domain.clock import to_datetime
from edge.storage.archives.file import to_disk
from edge.storage.backup import backup
from edge.storage.errors import StoreUnusable
from edge.storage.proof import Proof, prove

HOURLY, MIGRATION, RESTORE = "hourly", "migration", "restore"
KEPT_OF_OTHERS = 2  # of each reason that is not the clock's
SHARE_OF_DISK = 2  # snapshots may take this part of what is free without them: a half


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """Where snapshots lie and how many are kept, and how large the ballast is (bytes)."""

    folder: Path
    hourly: int = 24
    daily: int = 7
    ballast: int = 0


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A proved copy; `made_at` in us of plant time."""

    path: Path
    number: int
    reason: str
    made_at: int
    proof: Proof

    @property
    def day(self) -> str:
        """The UTC day on which it was made."""
        return to_datetime(self.made_at).date().isoformat()


class Snapshots:
    """The snapshots of one store in a folder."""

    def __init__(self, store: Path, keeping: Keeping) -> None:
        self._store, self.keeping = store, keeping
        self._name = re.compile(rf"{re.escape(store.stem)}-(\d{{6,}})-.*\.sqlite")

    def all(self) -> list[Snapshot]:
        """Those that were proved, oldest first."""
        found = (self._read(path) for path in self._files())
        return sorted((one for one in found if one), key=lambda one: one.number)

    def take(self, reason: str, now: int) -> Snapshot:
        """Copy the store and prove the copy, then rotate; raises StoreUnusable."""
        folder = self.keeping.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._make_room()
        except OSError as error:
            raise StoreUnusable(f"{folder}: {error}; mend: name a folder for them") from error
        number = max((self._number(path) for path in self._files()), default=0) + 1
        moment = to_datetime(now).strftime("%Y%m%dT%H%M%SZ")
        path = folder / f"{self._store.stem}-{number:06d}-{moment}-{reason}.sqlite"
        proof = backup(self._store, path)
        made = Snapshot(path=path, number=number, reason=reason, made_at=now, proof=proof)
        try:
            _write(made)
        except OSError as error:
            raise StoreUnusable(f"{path}: {error}") from error
        self.rotate()
        return made

    def named(self, name: str) -> Path:
        """The file of a snapshot's name or number, or of any path."""
        for one in self.all():
            if name in {one.path.name, str(one.number)}:
                return one.path
        return Path(name)

    def newest_good(self, edge_id: str, fact: int | None = None) -> Snapshot | None:
        """The newest one of this edge that is still whole, proved anew now; and in which `fact`,
        which was found to be damaged elsewhere, is as it was recorded."""
        for one in reversed(self.all()):
            try:
                again = prove(one.path, fact)
            except StoreUnusable:
                continue
            if again.edge_id == edge_id and again.hash == one.proof.hash:
                return one
        return None

    def rotate(self) -> None:
        """Remove what is not to be kept; the newest stays always."""
        snapshots = self.all()
        stays = {one.number for one in kept(snapshots, self.keeping)}
        for one in snapshots[:-1]:
            if one.number not in stays:
                _remove(one.path)

    def purge(self) -> int:
        """Remove all but the newest, for the space; bytes."""
        freed = 0
        for one in self.all()[:-1]:
            freed += one.proof.bytes
            _remove(one.path)
        return freed

    def _make_room(self) -> None:
        """Leave space for what is recorded: the oldest go, and what is left of copies cut off."""
        for part in self.keeping.folder.glob(f"{self._store.stem}-*.part"):
            part.unlink(missing_ok=True)
        need, snapshots = self._store.stat().st_size, self.all()
        while snapshots:
            free = shutil.disk_usage(self.keeping.folder).free
            taken = sum(one.proof.bytes for one in snapshots)
            if taken + need <= (free + taken) // SHARE_OF_DISK:
                return
            if len(snapshots) == 1:
                break
            _remove(snapshots.pop(0).path)
        free = shutil.disk_usage(self.keeping.folder).free
        if free < need + self.keeping.ballast:
            raise StoreUnusable(
                f"{self.keeping.folder}: a snapshot takes {need} bytes, {free} are free;"
                " mend: free space on its disk, or name another folder"
            )

    def _files(self) -> Iterable[Path]:
        folder = self.keeping.folder
        if not folder.is_dir():
            return ()
        return [path for path in folder.iterdir() if self._name.fullmatch(path.name)]

    def _number(self, path: Path) -> int:
        match = self._name.fullmatch(path.name)
        return int(match[1]) if match else 0

    def _read(self, path: Path) -> Snapshot | None:
        try:
            said = json.loads(_beside(path).read_text())
            return Snapshot(
                path=path,
                number=self._number(path),
                reason=said["reason"],
                made_at=said["made_at"],
                proof=Proof(**said["proof"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None


def kept(snapshots: Sequence[Snapshot], keeping: Keeping) -> list[Snapshot]:
    """What rotation keeps: the newest hourly ones, the last of each of the newest days, and
    the newest of each other reason."""
    by_clock = [one for one in snapshots if one.reason == HOURLY]
    days = {one.day: one for one in by_clock}  # the last of a day
    newest_days = sorted(days.values(), key=lambda one: one.number)
    stays = {one.number for one in _last(by_clock, keeping.hourly)}
    stays |= {one.number for one in _last(newest_days, keeping.daily)}
    for reason in {one.reason for one in snapshots} - {HOURLY}:
        others = [one for one in snapshots if one.reason == reason]
        stays |= {one.number for one in _last(others, KEPT_OF_OTHERS)}
    return [one for one in snapshots if one.number in stays]


def _last(snapshots: Sequence[Snapshot], most: int) -> Sequence[Snapshot]:
    return snapshots[-most:] if most else ()


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")


def _write(made: Snapshot) -> None:
    said = {"reason": made.reason, "made_at": made.made_at, "proof": asdict(made.proof)}
    part = _beside(made.path).with_suffix(".json.part")
    part.write_text(json.dumps(said, indent=1))
    to_disk(part)
    part.rename(_beside(made.path))
    to_disk(made.path.parent)


def _remove(path: Path) -> None:
    _beside(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)
