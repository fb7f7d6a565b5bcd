"""What can be wrong with a store, named by what the caller must do.

What a recording can meet (conflicts, a store that is unavailable) stands in
`edge.domain.recording`, because the other rooms react to it.
"""

ANOTHER_FILE = "name the store of an edge, or put a backup in its place"


class StoreLocked(Exception):
    """Another process holds the store: stop, or stop that one first."""

    def __init__(self, path: str, holder: str) -> None:
        super().__init__(f"{path} is held by {holder}; mend: stop that process first")
        self.path = path
        self.holder = holder


class StoreUnusable(Exception):
    """This file cannot be this edge's store: stop, name another file or mend what it says."""


class RecordingInvalid(ValueError):
    """A recording that can never be committed as it is: a defect of its maker, do not retry."""
