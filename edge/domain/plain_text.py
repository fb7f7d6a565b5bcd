"""Characters that no text may have: they would move a screen's cursor or turn its letters round.

Those of Unicode's categories Cc (but tab and line breaks, which may stand in a note) and the
embeddings, overrides and isolates of the bidirectional algorithm (UAX #9, section 2).
"""

import re

_UNSEEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")


def is_plain(text: str) -> bool:
    """Whether a text has none of them."""
    return _UNSEEN.search(text) is None


def escaped(text: str) -> str:
    """A text with each of them written as `\\uXXXX`."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
