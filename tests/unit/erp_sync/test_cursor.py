"""Cursors come back as they went, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_sync.endpoint.cursor import Cursor, Filter, decode, placed
from erp_sync.errors import Problem

cursors = st.builds(
    Cursor,
    feed=st.text(max_size=8),
    grouping=st.sampled_from(["fact", "hour"]),
    kinds=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    position=st.integers(0, 2**62),
    check=st.text(max_size=12),
)


@given(cursors)
def test_a_cursor_survives_its_text(cursor: Cursor) -> None:
    text = cursor.encode()
    assert decode(text) == cursor
    assert placed(text, cursor.feed, Filter(cursor.grouping, cursor.kinds)) == cursor


@given(st.text(max_size=40))
def test_any_other_text_is_refused(text: str) -> None:
    try:
        status = 200 if isinstance(decode(text), Cursor) else 500
    except Problem as refused:
        status = refused.status
    assert status in {200, 422}


def test_another_feed_is_gone_and_another_filter_invalid() -> None:
    text = Cursor("feed", "fact", (), 7, "x").encode()
    for feed, wanted, status in (
        ("other", Filter(), 410),
        ("feed", Filter("hour"), 422),
        ("feed", Filter(kinds=("scrap",)), 422),
    ):
        with pytest.raises(Problem) as refused:
            placed(text, feed, wanted)
        assert refused.value.status == status
