"""In which hours pieces were made that turn out bad, and which have no reason yet: pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from edge.domain.production import HourQuantity, Reasons, ShiftHour


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


def unnamed(buckets: Iterable[HourQuantity], known: Reasons) -> list[HourQuantity]:
    """Hours of one job with the scrap only that has no reason yet: a piece has one."""
    sums = {hour: sum(reasons.values()) for hour, reasons in known.items()}
    return [replace(bucket, scrap=bucket.scrap - taken) for bucket, taken in _taken(buckets, sums)]


def named(buckets: Iterable[HourQuantity], known: Reasons, reason: str) -> list[HourQuantity]:
    """Hours of one job with the scrap only that has this reason, said of no place."""
    sums = {hour: reasons.get((reason, ""), 0) for hour, reasons in known.items()}
    return [replace(bucket, scrap=taken) for bucket, taken in _taken(buckets, sums)]


def _taken(
    buckets: Iterable[HourQuantity], sums: dict[ShiftHour, int]
) -> Iterator[tuple[HourQuantity, int]]:
    """How much of the scrap of each bucket the sum of its hour covers."""
    for bucket in buckets:
        key = (bucket.hour, bucket.shift, bucket.production_day)
        taken = max(min(sums.get(key, 0), bucket.scrap), 0)
        sums[key] = sums.get(key, 0) - taken
        yield bucket, taken
