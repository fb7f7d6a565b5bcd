"""How two series moved beside each other: pure. Looks are matched by their times, because a
place that could not be read once has one look less than its neighbours."""

from collections.abc import Sequence
from fractions import Fraction

from plc_drivers.discovery.series import Series

OWN_CODES = 24  # a state has at most so many values
FEWEST_MOVES = 5  # less often together is chance


def shown_at_move(state: Series, counter: Series, at: int) -> set[int]:
    """What `state` showed when `counter` was seen to have moved, and just before.

    Nothing if it was not read both times: then nobody knows at which value it moved.
    """
    times = counter.times[at - 1 : at + 1]
    if not all(time in state.by_time for time in times):
        return set()
    return {state.by_time[time] for time in times}


def made_at(state: Series, counters: Sequence[Series]) -> tuple[dict[int, int], int]:
    """Pieces by the value that stood when they were seen, or just before; and all of them."""
    by_value = dict.fromkeys(state.distinct, 0)
    total = 0
    for counter in counters:
        for at in counter.moves:
            step = counter.steps[at - 1]
            shown = shown_at_move(state, counter, at)
            total += step if shown else 0
            for value in shown:
                by_value[value] += step
    return by_value, total


def running(state: Series, counters: Sequence[Series]) -> int:
    """The value at which most pieces were made."""
    by_value, _ = made_at(state, counters)
    return max(by_value, key=by_value.__getitem__)


def share_at_running(state: Series, counters: Sequence[Series]) -> Fraction:
    """The share of all pieces that were made at the value for running; 0 for no state."""
    if state.constant or state.counts or len(state.distinct) > OWN_CODES or not counters:
        return Fraction(0)
    by_value, total = made_at(state, counters)
    return Fraction(max(by_value.values()), total) if total else Fraction(0)


def stands(state: Series, counters: Sequence[Series]) -> int:
    """How many looks show the value for running."""
    return state.values.count(running(state, counters))


def runs_at(series: Series, state: Series, value: int) -> bool:
    """Whether at least half of the moves of `series` were seen while `state` showed `value`."""
    looks = [shown for at in series.moves if (shown := shown_at_move(state, series, at))]
    return 2 * sum(value in look for look in looks) >= len(looks)


def follows(one: Series, other: Series) -> bool:
    """Whether `one` moves only when `other` does, at most as far, too often for chance."""
    if one.times != other.times or len(one.moves) < FEWEST_MOVES:
        return False
    within = all(other.steps[at - 1] >= one.steps[at - 1] for at in one.moves)
    # Where the other one never rests, moving together says nothing: the shares must tell.
    rests = 3 * (len(other.steps) - len(other.moves)) >= len(other.steps)
    return within and (rests or 2 * one.total > other.total)


def beside(series: Series, other: Series) -> list[tuple[int, int]]:
    """The values of both at each look that both have."""
    return [
        (value, other.by_time[time])
        for time, value in zip(series.times, series.values, strict=True)
        if time in other.by_time
    ]
