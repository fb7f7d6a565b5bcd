"""All indicators that Taktline knows: the API, the command line and the docs come from here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from edge.kpi import indicators as by
from edge.kpi.elements import OPTIONAL, Elements
from edge.kpi.errors import KpiRefused
from edge.kpi.formula import Ratio
from edge.kpi.indicators import Indicator
from edge.kpi.scopes import SCOPES, Level, Period, Scope
from edge.kpi.sources import SOURCES


class Mark(StrEnum):
    """Where a formula comes from; the standard's paid text was not at hand."""

    READ = "read in an ontology of the standard"
    MEMORY = "from memory of the edition of 2014, not verified"
    VARIANT = "a variant of ours of a figure of the standard"
    EXTENSION = "an extension: not in the standard's list"


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """An indicator: `unit` is 1 for a ratio. `needs` says what must be recorded for it.

    `indicator` None: it is not one of the elements (capability, stock), and `text` is its formula.
    """

    name: str
    en: str
    zh: str
    unit: str
    scope: str
    mark: Mark
    indicator: Indicator | None
    text: str = ""
    needs: str = ""
    symbol: str = ""

    @cached_property
    def formula(self) -> str:
        """The formula in symbols."""
        return self.text or (self.indicator.formula.text if self.indicator else "")

    @cached_property
    def elements(self) -> tuple[str, ...]:
        """The elements that it is made of."""
        if self.indicator is None:
            return ()
        return tuple(one.element for one in self.indicator.formula.symbols)

    @cached_property
    def from_others(self) -> tuple[str, ...]:
        """Those of them that come from other records than states and pieces."""
        return tuple(name for name in self.elements if name in OPTIONAL)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The records that give those."""
        return tuple(
            source for source, names in SOURCES.items() if not set(names).isdisjoint(self.elements)
        )

    @property
    def where(self) -> Scope:
        """Its levels and periods."""
        return SCOPES[self.scope]

    def value(self, of: Elements) -> Ratio:
        """The exact figure, or None."""
        return self.indicator(of) if self.indicator else None


PLANNED, PIECES, ORDER = "planned time", "busy time and pieces", "order"
MATERIAL, FAILURES, CAPABILITY = "material", "failures", "capability"
ALONE = "failures of a unit"
LABOUR = "attendance and work of people"
INSPECTIONS = "first inspections of pieces, told apart from later ones"
CONSUMED = "material consumed, in one unit of material"
LOST_IN_STORE = f"{CONSUMED}, and losses booked as storage"
LOST_OTHERWISE = f"{CONSUMED}, and losses booked as other"
STOPS = "stops whose reason is a breakdown"
MEASURES = "50 measured values of a characteristic with limits (taktline quality)"
R, M, V, X = Mark.READ, Mark.MEMORY, Mark.VARIANT, Mark.EXTENSION
# name, symbol, English, Chinese, unit, scope, mark, indicator, what it needs
_ROWS: tuple[tuple[str, str, str, str, str, str, Mark, Indicator, str], ...] = (
    ("worker_efficiency", "", "Worker efficiency", "人员效率", "1", "people", R,
     by.worker_efficiency, LABOUR),
    ("allocation_ratio", "", "Allocation ratio", "分配率", "1", ORDER, R,
     by.allocation_ratio, ""),
    ("throughput_rate", "", "Throughput rate", "产出率", "pcs/h", ORDER, R,
     by.throughput_rate, ""),
    ("availability", "A", "Availability", "可用率", "1", PLANNED, R, by.availability, ""),
    ("effectiveness", "E", "Effectiveness", "性能率", "1", PIECES, R, by.effectiveness, ""),
    ("quality_ratio", "Q", "Quality ratio", "合格率", "1", PIECES, R, by.quality_ratio, ""),
    ("quality_ratio_by_pieces", "Q", "Quality ratio by pieces", "合格率（按件）", "1", PIECES, V,
     by.quality_ratio_by_pieces, ""),
    ("oee", "OEE", "OEE index", "设备综合效率", "1", PLANNED, R, by.oee, ""),
    ("oee_by_pieces", "OEE", "OEE index by pieces", "设备综合效率（按件）", "1", PLANNED, V,
     by.oee_by_pieces, ""),
    ("nee", "NEE", "NEE index", "净设备效率", "1", PLANNED, R, by.nee, ""),
    ("nee_by_pieces", "NEE", "NEE index by pieces", "净设备效率（按件）", "1", PLANNED, V,
     by.nee_by_pieces, ""),
    ("allocation_efficiency", "", "Allocation efficiency", "分配效率", "1", PLANNED, R,
     by.allocation_efficiency, ""),
    ("utilization_efficiency", "", "Utilization efficiency", "利用效率", "1", PIECES, R,
     by.utilization_efficiency, ""),
    ("technical_efficiency", "", "Technical efficiency", "技术效率", "1", PIECES, R,
     by.technical_efficiency, ""),
    ("setup_ratio", "", "Setup ratio", "换型率", "1", PIECES, R, by.setup_ratio, ""),
    ("production_process_ratio", "", "Production process ratio", "生产过程率", "1", ORDER, R,
     by.production_process_ratio, ""),
    ("scrap_ratio", "", "Scrap ratio", "废品率", "1", PIECES, R, by.scrap_ratio, ""),
    ("rework_ratio", "", "Rework ratio", "返工率", "1", PIECES, R, by.rework_ratio, ""),
    ("actual_to_planned_scrap_ratio", "", "Actual to planned scrap ratio", "实际与计划废品比",
     "1", "planned scrap", R, by.actual_to_planned_scrap_ratio,
     "planned_scrap_percent of the operation"),
    ("first_pass_yield", "FPY", "First pass yield", "一次合格率", "1", PIECES, R,
     by.first_pass_yield, INSPECTIONS),
    ("fall_off_ratio", "", "Fall-off ratio", "损耗率", "1", "operations of an order", R,
     by.fall_off_ratio, "the first operation of the order"),
    ("comprehensive_energy_consumption", "e", "Comprehensive energy consumption", "综合能耗",
     "kWh/pc", PIECES, R, by.comprehensive_energy_consumption,
     "a tag of role energy with max_rate_per_s"),
    ("finished_goods_ratio", "", "Finished goods ratio", "成品率", "pcs/unit", MATERIAL, R,
     by.finished_goods_ratio, CONSUMED),
    ("integrated_goods_ratio", "", "Integrated goods ratio", "综合成品率", "pcs/unit", MATERIAL, R,
     by.integrated_goods_ratio, CONSUMED),
    ("production_loss_ratio", "", "Production loss ratio", "生产损失率", "1", MATERIAL, R,
     by.production_loss_ratio, CONSUMED),
    ("storage_and_transportation_loss_ratio", "", "Storage and transportation loss ratio",
     "储运损失率", "1", MATERIAL, R, by.storage_and_transportation_loss_ratio, LOST_IN_STORE),
    ("other_loss_ratio", "", "Other loss ratio", "其他损失率", "1", MATERIAL, R,
     by.other_loss_ratio, LOST_OTHERWISE),
    ("equipment_load_ratio", "", "Equipment load ratio", "设备负荷率", "1", PLANNED, R,
     by.equipment_load_ratio, "capacity_per_hour of the work center"),
    ("equipment_load_ratio_by_standard_time", "", "Equipment load ratio by standard time",
     "设备负荷率（按标准工时）", "1", PLANNED, V, by.equipment_load_ratio_by_standard_time, ""),
    ("mean_time_between_failures", "MTBF", "Mean operating time between failures",
     "平均故障间隔时间", "h", FAILURES, V, by.mean_time_between_failures, STOPS),
    ("mean_time_between_failures_fe_plus_1", "MTBF", "MTBF divided by FE + 1",
     "平均故障间隔时间（FE+1）", "h", ALONE, M, by.mean_time_between_failures_fe_plus_1, STOPS),
    ("mean_time_to_failure", "MTTF", "Mean time to failure", "平均失效前时间", "h", FAILURES, V,
     by.mean_time_to_failure, STOPS),
    ("mean_time_to_failure_fe_plus_1", "MTTF", "MTTF divided by FE + 1",
     "平均失效前时间（FE+1）", "h", ALONE, M, by.mean_time_to_failure_fe_plus_1, STOPS),
    ("mean_time_to_restoration", "MTTR", "Mean time to restoration", "平均修复时间", "h",
     FAILURES, V, by.mean_time_to_restoration, STOPS),
    ("mean_time_to_restoration_fe_plus_1", "MTTR", "MTTR divided by FE + 1",
     "平均修复时间（FE+1）", "h", ALONE, M, by.mean_time_to_restoration_fe_plus_1, STOPS),
    ("corrective_maintenance_ratio", "", "Corrective maintenance ratio", "故障维修比", "1",
     FAILURES, R, by.corrective_maintenance_ratio, "maintenance times"),
    ("teep_extension", "TEEP", "TEEP", "设备完全有效生产率", "1", PLANNED, X, by.teep, ""),
)  # fmt: skip
_OTHERS = (
    ("inventory_turns", "", "Inventory turns", "库存周转率", "stock",
     "throughput / average inventory", R,
     "the stock of finished goods over time: when goods leave to the customer is not recorded"),
    ("machine_capability", "Cm", "Machine capability index", "机器能力指数", CAPABILITY,
     "(USL - LSL) / (6 s)", R, MEASURES),
    ("critical_machine_capability", "Cmk", "Critical machine capability index", "关键机器能力指数",
     CAPABILITY, "min(USL - x̄, x̄ - LSL) / (3 s)", R, MEASURES),
    ("process_capability", "Cp", "Process capability index", "过程能力指数", CAPABILITY,
     "(USL - LSL) / (6 σ̂)", R, MEASURES),
    ("critical_process_capability", "Cpk", "Critical process capability index",
     "关键过程能力指数", CAPABILITY, "min(USL - x̿, x̿ - LSL) / (3 σ̂)", R, MEASURES),
)  # fmt: skip
KPIS: Mapping[str, Kpi] = {
    row[0]: Kpi(
        name=row[0], symbol=row[1], en=row[2], zh=row[3], unit=row[4], scope=row[5],
        mark=row[6], indicator=row[7], needs=row[8],
    )
    for row in _ROWS
} | {
    row[0]: Kpi(
        name=row[0], symbol=row[1], en=row[2], zh=row[3], unit="1", scope=row[4],
        text=row[5], mark=row[6], indicator=None, needs=row[7],
    )
    for row in _OTHERS
}  # fmt: skip


def kpi(name: str) -> Kpi:
    """The indicator of a name; raises KpiRefused."""
    if name not in KPIS:
        raise KpiRefused(f"no KPI {name!r}; there are: {', '.join(KPIS)}")
    return KPIS[name]


def chosen(names: Iterable[str], level: Level, period: Period) -> tuple[Kpi, ...]:
    """The indicators of these names, or, without any, all that mean something there.

    Raises KpiRefused for a name that is not known, or means nothing at that level and period.
    """
    wanted = [kpi(name) for name in names]
    for one in wanted:
        if why := one.where.refusal(level, period):
            raise KpiRefused(f"{one.name}: {why}")
    return tuple(wanted) or tuple(
        one for one in KPIS.values() if not one.where.refusal(level, period)
    )
