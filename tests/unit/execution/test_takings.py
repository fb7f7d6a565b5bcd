"""Which order takes which promise over: each promise once, each order one, nothing that ran out."""

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.orders import OperationsRequest
from edge.domain.promises import HAS, RESERVED, Reservation
from edge.execution.promising.taking import takings

STATES = ("reserved", "ordered", "cancelled", "shipped")


def reservation(id_: int, state: str, until: int, order: str, product: str) -> Reservation:
    return Reservation(
        id=id_,
        at=0,
        actor="sales",
        product=product,
        revision="A",
        quantity=10,
        from_stock=4,
        make=6,
        customer="",
        priority=1,
        date=5,
        until=until,
        kept="in_gaps",
        note="",
        state=state,
        order_id=order if state in HAS else "",
        closed_at=None,
    )


def request(id_: str, promise: int | None, product: str = "HINGE") -> OperationsRequest:
    return OperationsRequest(
        id=id_,
        number=None,
        product=product,
        product_revision="A",
        quantity=10,
        release=None,
        due=9,
        customer="",
        priority=1,
        promise=promise,
    )


NAMES = st.sampled_from(["WO1", "WO2", "WO3", "WO4"])
PRODUCTS = st.sampled_from(["HINGE", "BOLT"])


@given(
    st.lists(st.tuples(st.sampled_from(STATES), st.integers(0, 20), NAMES, PRODUCTS), max_size=4),
    st.dictionaries(NAMES, st.tuples(st.none() | st.integers(1, 5), PRODUCTS)),
)
def test_each_is_given_once_and_who_does_not_get_it_is_told(
    given_out: list[tuple[str, int, str, str]],
    wanted: dict[str, tuple[int | None, str]],
) -> None:
    now = 10
    rows = [reservation(id_, *said) for id_, said in enumerate(given_out, start=1)]
    requests = [request(id_, *said) for id_, said in wanted.items()]
    found = takings(requests, rows, now, lambda _: True)
    ids = [one.id for one in found.taken.values()]
    assert len(ids) == len(set(ids))
    assert all(one.state_at(now) == RESERVED for one in found.taken.values())
    has = {(one.order_id, one.id) for one in rows if one.state in HAS}
    for one in requests:
        told = [other for other in found.refused if other.order == one.id]
        if one.promise is None or (one.id, one.promise) in has:
            assert not told
            assert one.id not in found.taken
        else:
            assert bool(told) != (one.id in found.taken)
            assert all(str(other.promise) in str(other) for other in told)
