"""The words of plans that are drawn and written to files, in English and Chinese."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]
WORDS: Mapping[str, tuple[str, str]] = {
    "plan": ("Plan", "计划"),
    "version": ("version {version}", "版本 {version}"),
    "work_center": ("Work center", "工作中心"),
    "outside": ("outside", "外协"),
    "setup": ("set-up", "换型"),
    "run": ("run", "生产"),
    "closed": ("closed", "停工时间"),
    "frozen": ("frozen", "冻结"),
    "unchecked": ("no cycle time", "无节拍"),
    "unchecked_long": (
        "no cycle time: nobody has checked that it fits",
        "无节拍：未核对是否排得下",
    ),
    "late": ("late", "延期"),
    "now": ("now", "现在"),
    "order": ("Order", "订单"),
    "operation": ("Operation", "工序"),
    "product": ("Product", "产品"),
    "family": ("Family", "产品族"),
    "quantity": ("Quantity", "数量"),
    "pieces": ("pieces", "件"),
    "begun": ("Pieces to begin (with planned scrap)", "投产件数（含计划报废）"),
    "start": ("Start", "开始"),
    "end": ("End", "结束"),
    "kind": ("Kind", "类型"),
    "due": ("Due", "交货"),
    "done": ("Done", "完成"),
    "late_by": ("Late by (h)", "延期（小时）"),
    "late_pieces": ("Late pieces", "延期件数"),
    "why": ("Why", "原因"),
    "hour": ("Hour", "小时"),
    "day": ("Day", "日期"),
    "total": ("Total", "合计"),
    "setup_s": ("Set-up (s)", "换型（秒）"),
    "needed": ("Needed (h)", "需要（小时）"),
    "available": ("Available (h)", "可用（小时）"),
    "short": ("Short (h)", "不足（小时）"),
    "load": ("Load", "负荷"),
    "orders": ("Orders", "订单"),
    "hours": ("Hours", "小时指令"),
    "blocks": ("Blocks", "作业块"),
    "capacity": ("Capacity", "产能"),
    "reasons": ("Reasons", "延期原因"),
    "board": ("Board", "看板"),
    "type": ("Type", "类型"),
    "without": ("Done without it", "去除后的完成时间"),
    "figures": ("What it names", "数据"),
    "planned": ("Plan", "计划"),
    "expected": ("Expected", "应完成"),
    "actual": ("Actual", "实际"),
    "good": ("Good", "合格"),
    "scrap": ("Scrap", "报废"),
    "left": ("Left", "剩余"),
    "difference": ("Difference", "差异"),
    "cumulative": ("Running total", "累计差异"),
    "cause": ("Cause", "原因"),
    "signed": ("Signed by", "签字"),
    "rank": ("Rank", "次序"),
    "label": ("Label", "时间标签"),
    "jobs": ("Job orders", "作业订单"),
    "started": ("Started", "实际开始"),
    "ended": ("Ended", "实际结束"),
    "state": ("State", "状态"),
    "customer": ("Customer", "客户"),
    "on_time": ("on time", "按期"),
    "none_late": ("All orders are on time.", "所有订单按期。"),
    "late_orders": ("Late orders", "延期订单"),
    "find": ("Find an order, product or family", "查找订单、产品或产品族"),
    "fit": ("Fit", "全部"),
    "zoom_day": ("Day", "天"),
    "zoom_hour": ("Hours", "小时"),
    "beyond": ("{count} bars lie too far off and are not drawn", "{count} 个作业块太远，未显示"),
    "by_order": ("coloured by order", "按订单着色"),
    "tardiness": ("Weighted tardiness {hours} h", "加权延期 {hours} 小时"),
    "setup_sum": ("set-up {hours} h", "换型 {hours} 小时"),
    "makespan": ("makespan {hours} h", "总工期 {hours} 小时"),
    "late_count": ("{count} of {all} orders late", "{all} 个订单中 {count} 个延期"),
    "waits": ("Waiting", "等待"),
    "not_yet": ("why is not worked out yet", "原因尚未得出"),
    "no_single": ("no single constraint makes it so", "没有单一的约束能解释"),
    "kept": (
        "what is left of it stands in hours that stay as they are",
        "剩余部分都在保持不变的小时内",
    ),
    "pace": ("its work centers make less than planned", "其工作中心的产出低于计划"),
    "in_hours": ("{hours} h", "{hours} 小时"),
    "in_minutes": ("{minutes} min", "{minutes} 分钟"),
    "table_hour": ("hour", "小时"),
    "table_center": ("work center", "工作中心"),
    "table_order": ("order", "订单"),
    "table_step": ("op", "工序"),
    "table_pieces": ("pieces", "件数"),
    "table_setup": ("set-up", "换型"),
    "table_done": ("done", "完成"),
    "table_due": ("due", "交货"),
    "table_late_by": ("late by", "延期"),
    "table_late_pieces": ("late pieces", "延期件数"),
    "table_why": ("why", "原因"),
    "table_needed": ("needed h", "需要（小时）"),
    "table_available": ("available h", "可用（小时）"),
    "table_there": ("there h", "可用（小时）"),
    "table_short": ("short h", "不足（小时）"),
    "table_by": ("by", "资源"),
    "table_until": ("due", "期限"),
    "table_overloaded": ("overloaded", "超负荷"),
    "table_shares": ("orders (share of what is needed)", "订单（占所需的比例）"),
    "done_before": ("done before", "此前已完成"),
    "weighted_tardiness_s": ("weighted tardiness {hours} h", "加权延期 {hours} 小时"),
    "ask_why": (
        "no single constraint: `plan why` says more",
        "不是单一约束所致：`plan why` 有更多说明",
    ),
    "not_looked_for": ("not looked for: the search was ended", "未查找：搜索已结束"),
    "unexplained": (
        "{count} late orders: it was not looked for why, as the search was ended before that",
        "{count} 个延期订单未查找原因：搜索在此之前已结束",
    ),
    "no_optimizer": (
        "high: searched without constraint programming, which the extra brings: {mend}",
        "high：未用约束规划搜索，需安装附加组件：{mend}",
    ),
    "no_late_order": ("no late order", "没有延期订单"),
    "not_late": ("{order} is not late", "{order} 没有延期"),
    "nothing_due": (
        "Nothing is due that needs a work center.",
        "没有需要工作中心的到期任务。",
    ),
    "no_overload": (
        "No work center is overloaded by any due date, by the least work that must be done.",
        "按必须完成的最少工作量，任何交期前都没有工作中心超负荷。",
    ),
    "released_late": (
        "{order} is released {release} and due {due}: it is late in every plan.",
        "订单 {order} 于 {release} 才放行，而交期是 {due}：任何计划都会延期。",
    ),
    "more_released_late": (
        "{count} more are released after they are due.",
        "另有 {count} 个订单在交期之后才放行。",
    ),
    "lesser_overloads": (
        "{count} lesser overloads are left out.",
        "另有 {count} 处较小的超负荷未列出。",
    ),
    "others": ("{count} more", "另有 {count} 个"),
    "either": (" or ", " 或 "),
    "comma": (", ", "，"),
    "no_time": ("no time", "没有时间"),
    "MATERIAL": (
        "material is there from {until}; had it been there: {relaxed}",
        "物料 {until} 才到；若已到料：{relaxed}",
    ),
    "PRECEDENCE": (
        "batches wait for the operation before ({operations}); passed on piece by piece: {relaxed}",
        "等待前道工序整批转移（{operations}）；若逐件转移：{relaxed}",
    ),
    "CALENDAR": (
        "closed {closed}; if it were open: {relaxed}",
        "停工 {closed}；若开工：{relaxed}",
    ),
    "FROZEN": (
        "hours are frozen until {until}; if they were not: {relaxed}",
        "{until} 前已冻结；若未冻结：{relaxed}",
    ),
    "CAPACITY": (
        "{work_center} has {available} h by then and needs {needed} h; with room there: {relaxed}",
        "{work_center} 到期前可用 {available} 小时，需要 {needed} 小时；若有产能：{relaxed}",
    ),
    "BUSY": (  # CAPACITY where there is time enough in all
        "{work_center} is shut or busy with others when its pieces come; with room: {relaxed}",
        "其工件到达时，{work_center} 停工或正忙于其他订单；若有产能：{relaxed}",
    ),
}
WEEKDAYS = (
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
)
LANGUAGES = ("en", "zh")
SHOWN_CLOSURES = 3


class Words:
    """Texts of one language; times are those of the offset that they are written with."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._at = LANGUAGES.index(language)

    def __call__(self, name: str, **values: object) -> str:
        text = WORDS[name][self._at]
        return text.format(**values) if values else text

    def weekday(self, at: datetime) -> str:
        return WEEKDAYS[self._at][at.weekday()]

    def when(self, at: datetime) -> str:
        """Mon 06-08 14:00"""
        return f"{self.weekday(at)} {at:%m-%d %H:%M}"

    def whys(self, reasons: Sequence[Json], otherwise: str) -> list[str]:
        """Why an order is late: a sentence for each reason, else the text of that name."""
        return [self.reason(one) for one in reasons] or ([self(otherwise)] if otherwise else [])

    def reason(self, reason: Json) -> str:
        """Why an order is late, and what would be without that, in one sentence."""
        kind = str(reason.get("type", ""))
        if kind == "CAPACITY" and reason.get("needed_s", 0) <= reason.get("available_s", 0):
            kind = "BUSY"
        if kind not in WORDS:
            return ", ".join(f"{name} {value}" for name, value in reason.items())
        return self(kind, **self._figures(reason))

    def _figures(self, reason: Json) -> dict[str, object]:
        said = {name: self._said(name, value) for name, value in reason.items()}
        blank = ("until", "relaxed", "operations", "closed", "work_center")
        hours = {"needed": reason.get("needed_s", 0), "available": reason.get("available_s", 0)}
        return {
            **dict.fromkeys(blank, "?"),
            **said,
            **{name: hours_of(seconds) for name, seconds in hours.items()},
        }

    def _said(self, name: str, value: Any) -> str:
        if name in ("until", "relaxed") and value:
            return self.when(datetime.fromisoformat(value))
        if name == "closed":
            spans = [" - ".join(self.when(datetime.fromisoformat(one)) for one in s) for s in value]
            more = f" +{len(spans) - SHOWN_CLOSURES}" if len(spans) > SHOWN_CLOSURES else ""
            return ", ".join(spans[:SHOWN_CLOSURES]) + more
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def hours_of(seconds: float) -> str:
    """Hours with one decimal."""
    return f"{seconds / 3600:.1f}"
