"""How far the moments of a plan may lie apart: a year that was typed wrongly is none of a plan.

A date that no calendar reaches would hold up planning on the floor, so it is refused where it is
written. A due date, a release and a material date may be some years from the plan's start, a
long-term order is; the edge plans what is within ten years of its own now
(`edge.domain.reach`).
"""

from edge.domain.hours import DAY

SPAN_YEARS = 5
SPAN = SPAN_YEARS * 366 * DAY
OF_NO_PLAN = "is no date of a plan"
FAR = f"is more than {SPAN_YEARS} years from the plan's start"
MEND_FAR = f"write a date within {SPAN_YEARS} years of it"
MEND_OPTIONAL = f"{MEND_FAR}, or leave it empty"


def is_far(at: int, start: int) -> bool:
    """Whether a moment lies further from the plan's start than any order's."""
    return abs(at - start) > SPAN
