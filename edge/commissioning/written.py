"""Files that commands write: a new one, or one over what is there, and only over a regular file.

A name may be that of a device, a pipe or a folder: to write over it would take it away.
"""

from pathlib import Path

from edge.commissioning.exits import INVALID, end


def write_new(path: Path, content: bytes, mend: str = "name another file") -> None:
    """Write a file that is not there yet; exit 3 where one is, or it cannot be written."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        what = "is there already" if path.is_file() else "is no file that can be written over"
        end(f"{path}: {what}; {mend}", INVALID)
    except OSError as error:
        end(f"{path}: {error.strerror}; name another file", INVALID)


def write_over(path: Path, content: bytes) -> None:
    """Write a file, also over one that is there; exit 3 for what is no regular file."""
    may_write_over(path)
    try:
        path.write_bytes(content)
    except OSError as error:
        end(f"{path}: {error.strerror}; name another file", INVALID)


def may_write_over(path: Path) -> None:
    """Exit 3 where something is that is no regular file; ask before what cannot be undone."""
    if path.exists() and not path.is_file():
        end(f"{path}: is no regular file and stays as it is; name another file", INVALID)
