"""Times of schedules, read once each: a plan names most of those that the one before it named."""

from functools import lru_cache

from edge.domain.clock import parse_time

SAME_TIMES = 16_384

moment = lru_cache(maxsize=SAME_TIMES)(parse_time)
"""Microseconds UTC of an ISO 8601 time, as `parse_time`."""
