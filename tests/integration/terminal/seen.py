"""What an operator sees of a running app, and waiting for it."""

import asyncio
from collections.abc import Callable

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

PATIENCE_S = 20.0


def lines(pilot: Pilot[None]) -> list[str]:
    """The screen's lines, as a terminal would show them."""
    strips = pilot.app.screen._compositor.render_strips()
    return [strip.text.rstrip() for strip in strips]


def text(pilot: Pilot[None]) -> str:
    return "\n".join(lines(pilot))


async def until(pilot: Pilot[None], seen: Callable[[], bool]) -> None:
    """Wait until `seen`; fails with the screen if it never is."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not seen():
                await pilot.pause(0.01)
    except TimeoutError:
        raise AssertionError(f"not seen; the screen was:\n{text(pilot)}") from None


async def shows(pilot: Pilot[None], *wanted: str) -> None:
    """Wait until the screen holds all of `wanted`."""
    await until(pilot, lambda: all(piece in _both(text(pilot)) for piece in wanted))


async def asks(pilot: Pilot[None], field: str) -> None:
    """Wait until a form asks this field: keys that come before would go elsewhere."""
    await until(pilot, lambda: _focused(pilot) == f"field-{field}")


def _focused(pilot: Pilot[None]) -> str | None:
    focused = pilot.app.focused
    return focused.id if focused is not None else None


def _both(screen: str) -> str:
    """The screen as it stands, and as one line for what is wrapped."""
    return f"{screen}\n{' '.join(screen.split())}"


def scan(pilot: Pilot[None], code: str, gap_s: float = 0.0, end: str = "enter") -> None:
    """Type as a barcode scanner does: everything at once, and Enter (or another key).

    All at one time, or `gap_s` from key to key, however busy the machine is that the test runs on.
    """
    driver = pilot.app._driver
    assert driver is not None
    names = [one if one.isalnum() else _character_to_key(one) for one in code]
    keys = [events.Key(name, character) for name, character in zip(names, code, strict=True)]
    keys.append(events.Key(end, "\r" if end == "enter" else None))
    begun = keys[-1].time
    for place, key in enumerate(keys):
        key.time = begun + place * gap_s
        driver.send_message(key)
