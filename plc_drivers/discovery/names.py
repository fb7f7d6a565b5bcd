"""Words in the names of nodes that hint at a role: a hint, never a proof."""

import re

WORDS: dict[str, tuple[str, ...]] = {
    "good": ("good", "ok", "gut", "gutteile", "iocount", "accepted", "合格", "良品"),
    "reject": (
        "reject", "rejects", "scrap", "bad", "nok", "ng", "defect", "defective",
        "ausschuss", "schlecht", "不良", "废品",
    ),
    "rework": ("rework", "nacharbeit", "返工"),
    "total": (
        "total", "processed", "parts", "pieces", "count", "counter", "stueck", "gesamt", "总数",
    ),
    "state": ("state", "status", "statecurrent", "zustand", "状态"),
    "mode": ("mode", "unitmode", "unitmodecurrent", "betriebsart", "模式"),
    "fault": ("fault", "alarm", "error", "stoerung", "fehler", "故障", "报警"),
    "order": ("order", "job", "auftrag", "workorder", "工单"),
    "recipe": ("recipe", "program", "rezept", "programm", "配方"),
    "heartbeat": ("heartbeat", "alive", "lifebit", "watchdog", "lebenszeichen", "心跳"),
    "boot": ("boot", "boots", "starts", "startups", "neustart", "启动"),
    "speed": ("speed", "velocity", "rpm", "machspeed", "curmachspeed", "drehzahl", "速度"),
    "energy": ("energy", "kwh", "energie", "电能"),
}  # fmt: skip
_SETPOINTS = ("setpoint", "sp", "command", "cmd", "cntrlcmd", "target", "limit", "soll", "request")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[\u4e00-\u9fff]+")


def words_of(name: str) -> tuple[str, ...]:
    """`Line1.GoodCount` as line, 1, good, count; the name as a whole stands last."""
    last = re.split(r"[./]", name)[-1]
    return (*(part.lower() for part in _PARTS.findall(last)), last.lower())


def is_setpoint(name: str) -> bool:
    """Whether the name says that a client writes here."""
    return any(word in _SETPOINTS for word in words_of(name))


def hints(name: str) -> tuple[str, ...]:
    """Roles that the name hints at, in the order of the table."""
    said = set(words_of(name))
    return tuple(role for role, words in WORDS.items() if said & set(words))
