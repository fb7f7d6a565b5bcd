"""The real edge before the simulator, fault by fault, compared with the truth to the piece.

Each fault is given to a machine of every protocol that can have it, at the same time, while
pieces are made (50 a second). The quick rows supervise impatiently, the longer ones as the
product does; both print a row of figures for docs/devices.md.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from edge.domain.facts import FactKind
from simulators.clock import SystemClock
from tests.integration.faults.hall import QUICK, Hall, Patience, hall, until
from tests.integration.faults.table import ROWS, Row

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("faults")]
UNKNOWN_S, AGAIN_S = 5.0, 10.0  # what the product promises
PACES = [
    pytest.param(QUICK, id="quick"),
    pytest.param(Patience(), id="as shipped", marks=pytest.mark.longer),
]
now = SystemClock().monotonic


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=PACES)
async def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Hall]:
    directory = tmp_path_factory.mktemp("hall")
    async with hall(directory, request.param) as made:
        yield made


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row.name, marks=[pytest.mark.longer] if row.longer else [])
        for row in ROWS
    ],
)
async def test_no_piece_is_lost_or_counted_twice(shop: Hall, row: Row) -> None:
    await shop.settle(row.on)
    facts, begun = len(shop.store.facts), now()
    words = row.words if shop.patience == QUICK or not row.shipped else row.shipped
    await asyncio.gather(*(shop.tell("fault", id_, words) for id_ in row.on))
    if row.then:
        await asyncio.gather(*(shop.tell("fault", id_, row.then) for id_ in row.on))
    unknown = [0.0]
    if row.silences:
        unknown = await asyncio.gather(*(_unknown(shop, id_, begun) for id_ in row.on))
    await shop.made(row.on, 10)
    if not row.instant:
        await shop.tell("clear")
    again = await asyncio.gather(*(_counting(shop, id_, now()) for id_ in row.on))
    await shop.tell("freeze")
    await asyncio.gather(*(shop.read(id_) for id_ in row.on))
    missing = await _compared(shop, row, facts)
    print(f"\n| {row.name} | {max(unknown):.1f} | {max(again):.1f} | {missing} |")
    assert max(unknown) < UNKNOWN_S
    assert max(again) < AGAIN_S


async def _unknown(shop: Hall, id_: str, begun: float) -> float:
    await until(lambda: shop.is_unknown(id_), f"{id_} unknown")
    return now() - begun


async def _counting(shop: Hall, id_: str, cleared: float) -> float:
    facts = len(shop.store.facts)
    await until(
        lambda: bool(shop.of(id_, FactKind.PRODUCTION_COUNT, after=facts)), f"{id_} counting"
    )
    return now() - cleared


async def _compared(shop: Hall, row: Row, facts: int) -> int:
    """Pieces that were made and not recorded; AssertionError if that is not as it must be."""
    truth, total = await shop.truth(), 0
    for id_ in row.on:
        made, recorded = shop.start[id_]
        moved = {role: truth[id_][role] - made[role] for role in made}
        counted = {role: shop.recorded(id_)[role] - recorded[role] for role in made}
        quarantined = shop.of(id_, FactKind.QUARANTINE, after=facts)
        if row.exact:
            assert (id_, counted) == (id_, moved)
            assert not quarantined
            continue
        counts = shop.of(id_, FactKind.PRODUCTION_COUNT, after=facts)
        flagged = [one for one in counts if "lower_bound" in one.body["flags"]]
        # A reset that is seen at 0 has no count to flag: a gap says so.
        gaps = shop.of(id_, FactKind.DATA_GAP, after=facts)
        reset = [one for one in gaps if one.body["reason"] == "reset"]
        assert quarantined or flagged or reset
        for role in made:
            assert counted[role] <= moved[role], (id_, role)
            total += moved[role] - counted[role]
    return total
