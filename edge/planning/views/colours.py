"""Colours of families: told apart by most eyes, on white and on black, in print too."""

from collections.abc import Mapping, Sequence

# Hues of Okabe and Ito (2008), and lighter and darker ones of the same where more are needed.
PALETTE = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#b8860b", "#7f7fd5", "#8c6d4f",
    "#4c9a2a", "#c65b7c", "#2f8f9d", "#a67c00",
)  # fmt: skip


def colours_of(families: Sequence[str]) -> Mapping[str, str]:
    """A colour for each family, by its place in the list; they begin again after the last."""
    return {one: PALETTE[at % len(PALETTE)] for at, one in enumerate(families)}
