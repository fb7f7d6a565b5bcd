"""Where an edge is and how one is let in, as its commands are told."""

import os
from urllib.parse import urlsplit

import typer

EDGE = "TAKTLINE_EDGE"  # the environment variable in the place of --edge
SYNC = "TAKTLINE_SYNC"  # and of --sync


def checked_url(text: str, whose: str = "edge") -> str:
    """The address without a slash at its end; a usage error of option --`whose` if it is none."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise typer.BadParameter("write for example http://box:8811", param_hint=f"--{whose}")
    return text.rstrip("/")


def authorization(variable: str) -> dict[str, str]:
    """The header that holds the token of an environment variable; none without a variable."""
    if not variable:
        return {}
    if not os.environ.get(variable):
        raise typer.BadParameter(f"{variable} is not set", param_hint="--token-env")
    return {"Authorization": f"Bearer {os.environ[variable]}"}
