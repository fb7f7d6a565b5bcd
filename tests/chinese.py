"""What the edge tells as somebody with a Chinese screen reads it."""

from collections.abc import Mapping
from typing import Any

from terminal_ui.decode import decode
from terminal_ui.model import Told
from terminal_ui.sentences import detail_of
from terminal_ui.texts import load_texts


def in_chinese(*coded: Mapping[str, Any]) -> list[str]:
    """Sentences of the API, as the terminal shows them."""
    return [detail_of(decode(Told, dict(one), "told"), load_texts("zh")) for one in coded]
