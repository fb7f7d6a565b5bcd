"""The indicators of ISO 22400-2 that Taktline ships, as functions of the elements.

Each returns an exact Fraction, or None where its denominator is 0 or its input is not
there. None is ever capped: effectiveness above 1 is bad master data and is flagged by
the report, not hidden. Formulas follow the edition of 2014 with amendment 2017 as far
as it could be read without the paid text (docs/kpi.md): availability is APT / PBT, not
AUBT / PBT as in older drafts. Headline quality and OEE are by standard time, because
pieces of different products add up only in time; by pieces is a labelled variant.
"""

from fractions import Fraction

from edge.kpi.elements import Elements

# Below this share of known time (or of pieces with a run time) a figure would mislead.
LEAST_COVERAGE = Fraction(95, 100)

Ratio = Fraction | None


def coverage(of: Elements) -> Ratio:
    """(PBT - unknown time) / PBT: the share of planned time whose state is known. Ours."""
    return _ratio(of.planned_busy_time - of.unknown_time, of.planned_busy_time)


def availability(of: Elements) -> Ratio:
    """APT / PBT. Setup, delay and down time are losses; unknown time is none of ours."""
    return _ratio(of.actual_production_time, of.planned_busy_time)


def effectiveness(of: Elements) -> Ratio:
    """Sum(PRI x PQ) / APT, each piece by its own product's run time. Can exceed 1."""
    if not is_rated(of):
        return None
    return _ratio(of.standard_time_produced, of.actual_production_time)


def quality_ratio(of: Elements) -> Ratio:
    """Sum(PRI x GQ) / sum(PRI x PQ): by standard time, the headline."""
    if not is_rated(of):
        return None
    return _ratio(of.standard_time_good, of.standard_time_produced)


def quality_ratio_by_pieces(of: Elements) -> Ratio:
    """GQ / PQ: by pieces, as the standard writes it for one product."""
    return _ratio(of.good_quantity, of.produced_quantity)


def oee(of: Elements) -> Ratio:
    """OEE index = availability x effectiveness x quality ratio, by standard time.

    None below 95 % coverage: only the parts are shown. A shift of downtime (APT or pieces
    0) has no parts to multiply, but its good standard time over PBT is a true 0.
    """
    if not is_covered(of) or not is_rated(of):
        return None
    return _ratio(of.standard_time_good, of.planned_busy_time)


def oee_by_pieces(of: Elements) -> Ratio:
    """OEE with the quality ratio GQ / PQ; not additive over products."""
    if not is_covered(of):
        return None
    return _product(availability(of), effectiveness(of), quality_ratio_by_pieces(of))


def nee(of: Elements) -> Ratio:
    """NEE index = AUPT / PBT x effectiveness x quality ratio: setup is not a loss."""
    return _net(of, quality_ratio(of))


def nee_by_pieces(of: Elements) -> Ratio:
    """NEE with the quality ratio GQ / PQ."""
    return _net(of, quality_ratio_by_pieces(of))


def allocation_efficiency(of: Elements) -> Ratio:
    """AUBT / PBT: how much of the planned time was allocated to orders at all."""
    return _ratio(of.actual_unit_busy_time, of.planned_busy_time)


def utilization_efficiency(of: Elements) -> Ratio:
    """APT / AUBT: how much of the busy time was productive."""
    return _ratio(of.actual_production_time, of.actual_unit_busy_time)


def technical_efficiency(of: Elements) -> Ratio:
    """APT / (APT + ADET): production against malfunctions and other delays."""
    return _ratio(of.actual_production_time, of.actual_production_time + of.actual_unit_delay_time)


def setup_ratio(of: Elements) -> Ratio:
    """ASUT / AUPT."""
    return _ratio(of.actual_unit_setup_time, of.actual_unit_processing_time)


def scrap_ratio(of: Elements) -> Ratio:
    """SQ / PQ, in pieces."""
    return _ratio(of.scrap_quantity, of.produced_quantity)


def rework_ratio(of: Elements) -> Ratio:
    """RQ / PQ, in pieces."""
    return _ratio(of.rework_quantity, of.produced_quantity)


def teep(of: Elements) -> Ratio:
    """OEE x PBT / calendar time. Extension: not in the list of ISO 22400-2."""
    return _product(oee(of), _ratio(of.planned_busy_time, of.calendar_time))


def is_covered(of: Elements) -> bool:
    """Whether enough of the planned time is known to show an OEE figure."""
    share = coverage(of)
    return share is not None and share >= LEAST_COVERAGE


def is_rated(of: Elements) -> bool:
    """Whether enough pieces have a run time to show a figure by standard time."""
    rated = of.produced_quantity - of.unrated_quantity
    return rated >= LEAST_COVERAGE * of.produced_quantity


def _net(of: Elements, quality: Ratio) -> Ratio:
    if not is_covered(of):
        return None
    net_availability = _ratio(of.actual_unit_processing_time, of.planned_busy_time)
    return _product(net_availability, effectiveness(of), quality)


def _ratio(numerator: int | Fraction, denominator: int | Fraction) -> Ratio:
    return Fraction(numerator) / Fraction(denominator) if denominator else None


def _product(*factors: Ratio) -> Ratio:
    product = Fraction(1)
    for factor in factors:
        if factor is None:
            return None
        product *= factor
    return product
