"""What disks and people do to files: pages overwritten at random."""

from pathlib import Path
from random import Random

PAGE = 4096


def overwrite(path: Path, chance: Random, *, pages: int) -> None:
    """Overwrite so many pages of a file, with noise, zeros, or what stood on another page."""
    whole = path.stat().st_size // PAGE
    with path.open("r+b") as file:
        for _ in range(pages):
            target, source = chance.randrange(whole), chance.randrange(whole)
            file.seek(source * PAGE)
            kinds = (chance.randbytes(PAGE), bytes(PAGE), file.read(PAGE))
            file.seek(target * PAGE)
            file.write(chance.choice(kinds))
