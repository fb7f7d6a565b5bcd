"""The rooms of the More menu: every module of terminal_ui/rooms has a ROOM."""

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from edge.domain.gs1 import LOT, SERIAL, SSCC, NoLabel, elements, is_label, is_marked, readable
from terminal_ui import rooms
from terminal_ui.items import Item, Room, Scan

LOT_PREFIX, SERIAL_PREFIX, PALLET_PREFIX = "LOT:", "SN:", "PAL:"


def load_rooms() -> tuple[Room, ...]:
    """All rooms in the order of the menu. Raises TypeError for a module without a ROOM."""
    found = [_room(module.name) for module in iter_modules(rooms.__path__)]
    return tuple(sorted(found, key=lambda room: (room.order, room.name)))


def _room(name: str) -> Room:
    room = getattr(import_module(f"{rooms.__name__}.{name}"), "ROOM", None)
    if not isinstance(room, Room) or room.name != name:
        raise TypeError(f"terminal_ui/rooms/{name}.py needs ROOM = Room(name={name!r}, ...)")
    return room


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """What a code stands for: the item it begins, and its value without the prefix."""

    room: Room
    item: Item
    scan: Scan
    value: str


def _with_prefix(code: str) -> str:
    """A label of GS1 behind the prefix of what it names; any other code as it is.

    A marked one is taken as people read it, with brackets, which can stand in a form.
    """
    if not is_label(code):
        return code
    try:
        said = elements(code)
        names = {ai for ai, _ in said}
        code = readable(said) if is_marked(code) else code
    except NoLabel:
        return f"{LOT_PREFIX}{code}"  # the edge says what is wrong with it
    if LOT in names:
        return f"{LOT_PREFIX}{code}"
    if SERIAL in names:
        return f"{SERIAL_PREFIX}{code}"
    return f"{PALLET_PREFIX if SSCC in names else LOT_PREFIX}{code}"


def scanned(code: str, all_rooms: tuple[Room, ...]) -> Scanned | None:
    """Who takes `code`: of several prefixes that fit the longest; None if nobody does."""
    code = _with_prefix(code)
    fits = [
        (len(scan.prefix), room, scan)
        for room in all_rooms
        for scan in room.scans
        if code.startswith(scan.prefix) and len(code) > len(scan.prefix)
    ]
    if not fits:
        return None
    length, room, scan = max(fits, key=lambda fit: fit[0])
    item = next(item for item in room.items if item.name == scan.item)
    return Scanned(room=room, item=item, scan=scan, value=code[length:])
