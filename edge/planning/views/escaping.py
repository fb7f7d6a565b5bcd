"""Texts from elsewhere in XML and HTML: as texts, whatever stands in them."""

import html
import re

# What XML 1.0 (section 2.2) has no place for, and what turns letters round.
NOT_IN_XML = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def safe(text: str) -> str:
    """A text without what commands a terminal, turns letters round or breaks XML."""
    return NOT_IN_XML.sub("\ufffd", text)


def escape(text: str) -> str:
    """A text that may stand in an element or in an attribute in double quotes."""
    return html.escape(safe(text), quote=True)
