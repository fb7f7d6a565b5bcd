"""Raw ranges: what goes on is booked, what comes again is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.facts import Fact, FactKind, decode
from erp_sync.errors import Alarm
from erp_sync.inbox.ranges import RawRanges
from tests.unit.erp_sync.chains import Chain

steps = st.lists(st.integers(1, 30_000), min_size=1, max_size=20)


def counted(quantities: list[int]) -> list[Fact]:
    chain = Chain()
    return [decode(chain.count(quantity)) for quantity in quantities]


@given(steps)
def test_a_counter_may_wrap_as_often_as_it_likes(quantities: list[int]) -> None:
    ranges = RawRanges({}, set())
    for fact in counted(quantities):
        ranges.take(fact)
    assert len(ranges.moved) == 1


@given(steps, st.data())
def test_what_was_booked_last_is_refused_when_it_comes_again(
    quantities: list[int], data: st.DataObject
) -> None:
    facts = counted(quantities)
    ranges = RawRanges({}, set())
    for fact in facts:
        ranges.take(fact)
    again = data.draw(st.sampled_from(facts))
    # Only a lap that ends just where it began looks like going on.
    if again.body["raw_from"] != facts[-1].body["raw_to"]:
        with pytest.raises(Alarm) as refused:
            ranges.take(again)
        assert refused.value.kind == "overlapping-range"


def test_an_epoch_begins_once() -> None:
    chain, ranges = Chain(), RawRanges({}, set())
    body = {"tag": "good", "counter_epoch": 2, "raw": 0, "reason": "reset"}
    ranges.take(decode(chain.add(FactKind.COUNTER_BASELINE, body)))
    ranges.take(decode(chain.add(FactKind.COUNTER_BASELINE, body)))
    with pytest.raises(Alarm):
        ranges.take(decode(chain.add(FactKind.COUNTER_BASELINE, body | {"raw": 7})))


def test_a_quarantine_is_filled_once_and_exactly() -> None:
    chain, ranges = Chain(), RawRanges({}, set())
    ranges.take(decode(chain.count(4, raw=(0, 4))))
    held = {"tag": "good", "counter_epoch": 1, "raw_from": 4, "raw_to": 900, "reason": "jump"}
    ranges.take(decode(chain.add(FactKind.QUARANTINE, held)))
    with pytest.raises(Alarm):
        ranges.take(decode(chain.count(895, raw=(4, 899))))
    ranges.take(decode(chain.count(896, raw=(4, 900))))
    with pytest.raises(Alarm):
        ranges.take(decode(chain.count(896, raw=(4, 900))))


def test_an_operators_count_has_no_range() -> None:
    chain, ranges = Chain(), RawRanges({}, set())
    body = {"role": "good", "quantity": 1, "tag": None, "hour": 0}
    ranges.take(decode(chain.add(FactKind.PRODUCTION_COUNT, body)))
    assert not ranges.moved
