"""In which hours good pieces were made that turn out bad: pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from edge.domain.production import HourQuantity


@dataclass(frozen=True, kw_only=True)
class Share:
    """Pieces of one hour bucket that turned out bad."""

    bucket: HourQuantity
    quantity: int


def shares(
    buckets: Iterable[HourQuantity],
    job_order_id: str,
    quantity: int,
    role: str = "good",
    *,
    latest: bool = True,
) -> list[Share]:
    """`quantity` bad pieces on the hours in which the job made good ones, the latest first.

    Nobody notes when the bad ones were made; the latest good ones are the ones at hand. Of
    another role it is what stands there as that. Gives less if there are not so many.
    """
    mine = [one for one in buckets if one.job_order_id == job_order_id and getattr(one, role) > 0]
    found, left = [], quantity
    for bucket in sorted(mine, key=lambda one: (one.hour, one.production_day), reverse=latest):
        if taken := min(left, getattr(bucket, role)):
            found.append(Share(bucket=bucket, quantity=taken))
            left -= taken
    return found
