"""The indicators of ISO 22400-2, as functions of the elements.

Each returns an exact Fraction, or None where its denominator is 0 or its input is not
there. None is ever capped: effectiveness above 1 is bad master data and is flagged by
the report, not hidden. Formulas follow the edition of 2014 with amendment 2017 as far
as it could be read without the paid text (docs/kpi_conformance.md): availability is
APT / PBT, not AUBT / PBT as in older drafts. Headline quality and OEE are by standard time,
because pieces of different products add up only in time; by pieces is a labelled variant.
"""

from dataclasses import dataclass
from fractions import Fraction

from edge.kpi import symbols as of_iso
from edge.kpi.elements import Elements
from edge.kpi.formula import Formula, Parts, Ratio, Terms

# Below this share of known time (or of pieces with a run time) a figure would mislead.
LEAST_COVERAGE = Fraction(95, 100)


@dataclass(frozen=True)
class Indicator:
    """A formula, and what must be known before its figure is shown.

    `covered`: 95 % of the planned time have a known state. `rated`: 95 % of the pieces have a
    run time.
    """

    formula: Formula
    covered: bool = False
    rated: bool = False

    def __call__(self, of: Elements) -> Ratio:
        """The exact figure, or None."""
        found = self.parts(Known(of))
        return None if found is None else Fraction(*found)

    def parts(self, of: "Known") -> Parts | None:
        """The same, not cancelled."""
        if (self.covered and not of.covered) or (self.rated and not of.rated):
            return None
        return self.formula.parts(of)


class Known(Terms):
    """What all figures of some elements share."""

    def __init__(self, of: Elements) -> None:
        super().__init__(of)
        self.covered, self.rated = is_covered(of), is_rated(of)


def is_covered(of: Elements) -> bool:
    """Whether enough of the planned time is known to show an OEE figure."""
    known = of.planned_busy_time - of.unknown_time
    return of.planned_busy_time > 0 and known * 100 >= of.planned_busy_time * 95


def is_rated(of: Elements) -> bool:
    """Whether enough pieces have a run time to show a figure by standard time."""
    rated = of.produced_quantity - of.unrated_quantity
    return rated * 100 >= of.produced_quantity * 95


def coverage(of: Elements) -> Ratio:
    """(PBT - unknown time) / PBT: the share of planned time whose state is known. Ours."""
    if not of.planned_busy_time:
        return None
    return Fraction(of.planned_busy_time - of.unknown_time, of.planned_busy_time)


_ = of_iso
_EFFECTIVENESS = _.STP / _.APT
_QUALITY_BY_PIECES = _.GQ / _.PQ
_NET_AVAILABILITY = _.AUPT / _.PBT
_OEE = _.STG / _.PBT
_MTBF = _.AUPT / _.FE / _.AN_HOUR

availability = Indicator(_.APT / _.PBT)
effectiveness = Indicator(_EFFECTIVENESS, rated=True)
quality_ratio = Indicator(_.STG / _.STP, rated=True)
quality_ratio_by_pieces = Indicator(_QUALITY_BY_PIECES)
# A shift of downtime has no parts to multiply, but its good standard time over PBT is a true 0.
oee = Indicator(_OEE, covered=True, rated=True)
oee_by_pieces = Indicator(
    (_.APT / _.PBT) * _EFFECTIVENESS * _QUALITY_BY_PIECES, covered=True, rated=True
)
nee = Indicator(_NET_AVAILABILITY * _EFFECTIVENESS * (_.STG / _.STP), covered=True, rated=True)
nee_by_pieces = Indicator(
    _NET_AVAILABILITY * _EFFECTIVENESS * _QUALITY_BY_PIECES, covered=True, rated=True
)
teep = Indicator(_OEE * (_.PBT / _.CALENDAR), covered=True, rated=True)
allocation_efficiency = Indicator(_.AUBT / _.PBT)
utilization_efficiency = Indicator(_.APT / _.AUBT)
technical_efficiency = Indicator(_.APT / (_.APT + _.ADET))
setup_ratio = Indicator(_.ASUT / _.AUPT)
scrap_ratio = Indicator(_.SQ / _.PQ)
rework_ratio = Indicator(_.RQ / _.PQ)
worker_efficiency = Indicator(_.APWT / _.APAT)
allocation_ratio = Indicator(_.AUBT / _.AOET)
throughput_rate = Indicator(_.PQ_LAST * _.AN_HOUR / _.AOET)
production_process_ratio = Indicator(_.APT / _.AOET)
actual_to_planned_scrap_ratio = Indicator(_.SQ / _.PSQ)
first_pass_yield = Indicator(_.GP / _.IP)
fall_off_ratio = Indicator(_.SQ / _.PQ_FIRST)
comprehensive_energy_consumption = Indicator(_.E / _.KILO / _.PQ)
finished_goods_ratio = Indicator(_.GQ / _.CM)
integrated_goods_ratio = Indicator(_.IGQ / _.CM)
production_loss_ratio = Indicator(_.PL / _.CM)
storage_and_transportation_loss_ratio = Indicator(_.STL / _.CM)
other_loss_ratio = Indicator(_.OL / _.CM)
equipment_load_ratio = Indicator(_.PQ / _.EPC)
equipment_load_ratio_by_standard_time = Indicator(_.STP / _.PBT, rated=True)
mean_time_between_failures = Indicator(_MTBF)
mean_time_between_failures_fe_plus_1 = Indicator(_.AUPT / (_.FE + _.ONE) / _.AN_HOUR)
mean_time_to_failure = Indicator(_MTBF)
mean_time_to_failure_fe_plus_1 = Indicator(_.AUPT / (_.FE + _.ONE) / _.AN_HOUR)
mean_time_to_restoration = Indicator(_.TTR / _.FE / _.AN_HOUR)
mean_time_to_restoration_fe_plus_1 = Indicator(_.TTR / (_.FE + _.ONE) / _.AN_HOUR)
corrective_maintenance_ratio = Indicator(_.CMT / (_.CMT + _.PMT))
