"""What the API asks of whoever keeps the store: copies, restores, and what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from edge.domain.sentences import Told

Json = Mapping[str, Any]


class CannotKeep(Told):
    """A copy could not be made, or is none that can be put back: the text says why."""


class Keeper(Protocol):
    """Keeps the store of a running edge."""

    def view(self) -> Json:
        """The store as `GET /store` shows it."""
        ...

    def shown_alarms(self) -> Sequence[Json]:
        """What needs a person now: code, since, detail, mend."""
        ...

    def brief(self) -> Json:
        """For `/status`: how many facts wait for sync's word after a restore, and the alarms."""
        ...

    async def copy(self, target: str) -> Json:
        """Copy the store to a new file, "" for a snapshot, and prove the copy: its file, and how
        many facts it holds. Raises CannotKeep."""
        ...

    async def restore(self, snapshot: str, without_archives: bool = False) -> Json:
        """Prove a snapshot (its number, name or path), then let the edge end its rooms and begin
        anew with it: what it holds. Raises CannotKeep, also where archive files of it lack,
        unless they are to be done without."""
        ...
