"""What `taktline watch` says, in English and Chinese."""

from collections.abc import Mapping

LANGUAGES = ("en", "zh")
TEXTS: Mapping[str, tuple[str, str]] = {
    "device": ("Device", "设备"),
    "state": ("State", "状态"),
    "latency": ("Latency ms/p95", "延迟 ms/p95"),
    "requests": ("Requests", "请求"),
    "errors": ("Errors", "错误"),
    "reconnects": ("Reconn.", "重连"),
    "missed": ("Missed", "遗漏"),
    "skew": ("Clock s", "时钟差 s"),
    "tag": ("Tag", "变量"),
    "role": ("Role", "角色"),
    "value": ("Value", "值"),
    "quality": ("Quality", "质量"),
    "age": ("Age s", "时龄 s"),
    "rate": ("Rate/s", "变化/s"),
    "connected": ("connected", "已连接"),
    "connecting": ("connecting", "连接中"),
    "silent": ("silent", "无应答"),
    "resting": ("waiting", "等待重试"),
    "good": ("good", "良好"),
    "uncertain": ("uncertain", "不确定"),
    "bad": ("bad", "坏值"),
    "never": ("not read", "未读取"),
    "live": ("live", "实时"),
    "paused": ("paused", "已暂停"),
    "lost": ("no answer", "无应答"),
    "filter": ("Filter", "筛选"),
    "pause": ("Pause", "暂停"),
    "sort": ("Sort", "排序"),
    "language": ("中文", "English"),
    "quit": ("Quit", "退出"),
    "name": ("name", "名称"),
    "sorted_by": ("sorted by", "排序："),
    "filter_hint": (
        "part of a name, role or quality; Enter keeps it, Esc clears it",
        "名称、角色或质量的一部分；回车保留，Esc 清除",
    ),
    "no_tags": ("no tag fits the filter", "没有符合筛选的变量"),
}


def text(key: str, language: str) -> str:
    """The text of a key in one of LANGUAGES; the key itself if there is none."""
    found = TEXTS.get(key)
    return found[LANGUAGES.index(language)] if found else key
