"""Boards for the unit tests, made from the one of the test floor."""

from typing import Any

from terminal_ui.model import Board, board_from
from tests.integration.terminal.floor import Floor


def board(**changes: Any) -> Board:
    return board_from(Floor().board() | changes)


def job(state: str, **changes: Any) -> dict[str, Any]:
    return {**Floor().jobs[0], "state": state, **changes}


def stop(id_: int, to: int | None, reason: str = "", fault: int | None = 204) -> dict[str, Any]:
    stop = {"id": id_, "from": 1, "to": to, "fault": fault, "reason": reason}
    return stop | {"version": 0, "parts": []}
