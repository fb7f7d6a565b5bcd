"""What the demo says while it runs, in English and Chinese.

What the edge says comes with a code; its Chinese is that of the terminal, whose texts are read as
data: nothing of the product is called.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from string import Formatter
from typing import Any

View = Mapping[str, Any]
EDGE_TEXTS = Path("locales") / "edge"
BETWEEN = {"en": "; ", "zh": "；"}
TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "came": "{at}  {person} signs on at {place}, {late} minutes late",
        "plan": "{at}  plan {plan}: {why}",
        "moved": "       operations: {what}",
        "later": "{count} later (first {job} on {center}: done {after}, was {before})",
        "earlier": "{count} earlier (first {job} on {center}: done {after}, was {before})",
        "elsewhere": "{count} elsewhere (first {job} on {center}: done {after}, was {before})",
        "late": "late now: {orders}",
        "on_time": "on time again: {orders}",
        "hours": "hour instructions changed: {count}",
        "nothing": "nothing moves",
    },
    "zh": {
        "came": "{at}  {person} 在 {place} 签到，迟到 {late} 分钟",
        "plan": "{at}  计划 {plan}：{why}",
        "moved": "       变动：{what}",
        "later": "推后 {count} 道工序（首先 {center} 的 {job}：{before} 改为 {after} 完成）",
        "earlier": "提前 {count} 道工序（首先 {center} 的 {job}：{before} 改为 {after} 完成）",
        "elsewhere": "换位 {count} 道工序（首先 {center} 的 {job}：{before} 改为 {after} 完成）",
        "late": "现在延迟：{orders}",
        "on_time": "恢复按期：{orders}",
        "hours": "改变的小时指令：{count} 条",
        "nothing": "没有变动",
    },
}


class Language(StrEnum):
    """The languages of what is said while a demo runs."""

    EN = "en"
    ZH = "zh"


@dataclass(frozen=True)
class Words:
    """Texts of one language; `edge` are those of the edge's sentences, none for English."""

    language: str = "en"
    edge: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, name: str, **values: object) -> str:
        return TEXTS[self.language][name].format(**values)

    def joined(self, parts: Sequence[str]) -> str:
        return BETWEEN[self.language].join(parts)

    def told(self, view: View) -> str:
        """A sentence of the edge; its own English where there is no text for its code."""
        template = self.edge.get(f"{view.get('code')}.detail", "")
        params: View = view.get("params") or {}
        names = {name for _, name, _, _ in Formatter().parse(template) if name}
        if not template or not names <= set(params):
            return str(view["detail"])
        return template.format(**{name: self._value(params[name]) for name in names})

    def _value(self, value: object) -> object:
        if isinstance(value, Mapping) and "code" in value:
            return self.told(value)
        if isinstance(value, Mapping):
            return value.get(self.language) or next(iter(value.values()), "")
        if isinstance(value, Sequence) and not isinstance(value, str):
            return self.joined([str(self._value(one)) for one in value])
        return value


def words(language: str) -> Words:
    """The words of a language."""
    spec = find_spec("terminal_ui")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    file = folder / EDGE_TEXTS / f"{language}.toml"
    if not file.is_file():  # English comes with the sentences themselves
        return Words(language)
    return Words(language, _flat(tomllib.loads(file.read_text(encoding="utf-8"))))


def _flat(table: View, prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        flat |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: str(value)}
    return flat
