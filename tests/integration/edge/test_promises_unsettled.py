"""Orders that change, end or are begun while a promise has pieces in stock for them: none of these
pieces is lost, and none is made twice."""

from pathlib import Path

import httpx
import pytest

from edge.domain.facts import Source
from edge.domain.recording import Recorded, Recording, StoreUnavailable
from edge.execution.promising.drafts import of_erp
from tests.integration.edge.replanned import Planning
from tests.integration.edge.test_promises import LINE, asked, post, promising
from tests.integration.edge.test_promises_taken import (
    STOCK,
    cancelled,
    check_facts,
    naming,
    take,
)
from tests.unit.execution.floor_parts import definition, order, schedule

PLATE = definition("PLATE", ("L1",))


async def promised(client: httpx.AsyncClient, stock: int, quantity: int = 100) -> int:
    """A promise that has so much in stock."""
    lot = {**STOCK, "lot": f"F{stock}"}
    await post(client, "/lots", **lot, quantity=str(stock))
    made = (await asked(client, quantity=quantity, reserve_s=360_000))["reservation"]
    assert made["from_stock"] == stock
    return int(made["id"])


def wanted(plant: Planning) -> tuple[int, int]:
    """Pieces of WO7 that are to be made, and that are there."""
    request = plant.here.floor.register.data.requests["WO7"]
    return request.quantity, request.from_stock


def planned(plant: Planning) -> int:
    """Pieces of WO7 that the floor is to make; hours that are frozen may still show others."""
    return plant.here.floor.job("WO7.10").quantity


async def finished(plant: Planning, good: int) -> None:
    """WO7 is made, and its job order is over."""
    await plant.start("WO7.10")
    plant.at(30)
    await plant.makes("WO7.10", good)
    floor = plant.here.floor
    await floor.change(floor.job("WO7.10"), "complete", None, source=Source.SYSTEM, actor="t")


async def shipped(client: httpx.AsyncClient, id_: int, lot: str, many: int) -> httpx.Response:
    lots = [{"lot": lot, "quantity": many}]
    return await post(client, f"/promises/{id_}/shipment", lots=lots)


async def test_an_order_of_another_product_has_nothing_of_the_promise(tmp_path: Path) -> None:
    """30 hinges are there for it; it is of 100 plates now, and then of hinges again."""
    async with promising(tmp_path, (LINE, PLATE)) as (plant, client):
        id_ = await promised(client, 30)
        await take(plant, 1, naming(id_))
        assert (wanted(plant), planned(plant)) == ((70, 30), 70)
        await take(plant, 2, naming(id_) | {"product": "PLATE"})
        assert (wanted(plant), planned(plant)) == ((100, 0), 100)
        assert plant.replanner.problem == (
            f"promise {id_} holds 30 pieces of HINGE in stock for order WO7, which is of PLATE"
            " now; say that they were shipped, or cancel it"
        )
        assert plant.here.rooms.promises.places() == {}
        await take(plant, 3, naming(id_))
        assert (wanted(plant), planned(plant)) == ((70, 30), 70)
        assert plant.replanner.problem == ""
        await take(plant, 4, naming(id_) | {"product": "PLATE"})
        assert (await cancelled(client, id_)).status_code == 201
        await take(plant, 5, naming(id_))
        assert (wanted(plant), planned(plant)) == ((100, 0), 100)
        assert (await asked(client, quantity=90))["from_stock"] == 30
        before = list(plant.here.rooms.promises.reader.claims())
        await plant.here.store.rebuild()
        assert list(plant.here.rooms.promises.reader.claims()) == before
        check_facts(plant.here)


async def test_a_promise_of_a_finished_order_is_shipped_and_not_cancelled(tmp_path: Path) -> None:
    """Its 70 are made and over: nobody would make the 30 that a cancellation takes from it."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        id_ = await promised(client, 30)
        await take(plant, 1, naming(id_), order("WO1", quantity=10))
        await finished(plant, 70)
        refused = await cancelled(client, id_)
        assert (refused.status_code, refused.json()["code"]) == (409, "promise.finished")
        assert "order the pieces anew" in refused.text
        assert wanted(plant) == (70, 30)
        assert (await shipped(client, id_, "F30", 30)).status_code == 201
        assert wanted(plant) == (70, 30)
        (row,) = (
            one
            for one in (await client.get("/api/v1/orders")).json()["items"]
            if one["id"] == "WO7"
        )
        assert [row[name] for name in ("good", "left", "from_stock")] == [70, 0, 30]


async def test_an_operation_that_is_over_makes_no_more(tmp_path: Path) -> None:
    """Operation 10 passed 70 on and is over, 20 has not begun: 30 would be missing there."""
    async with promising(tmp_path, (definition("HINGE"),)) as (plant, client):
        id_ = await promised(client, 30)
        await take(plant, 1, naming(id_))
        await finished(plant, 70)
        refused = await cancelled(client, id_)
        assert (refused.status_code, refused.json()["code"]) == (409, "promise.finished")
        await take(plant, 2, naming(id_, quantity=70))  # the ERP wants no more than was passed on
        assert (await cancelled(client, id_)).status_code == 201
        assert wanted(plant) == (70, 0)
        assert plant.here.floor.job("WO7.20").quantity == 70


async def test_a_promise_of_a_finished_order_that_is_gone_can_be_cancelled(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (plant, client):
        id_ = await promised(client, 30)
        await take(plant, 1, naming(id_))
        await finished(plant, 70)
        await take(plant, 2, order("WO1", quantity=10))
        assert (await cancelled(client, id_)).status_code == 201
        assert (await asked(client, quantity=90))["from_stock"] == 30


@pytest.mark.parametrize("many", [0, 19, 21, 30])
async def test_only_what_the_order_wants_of_it_is_shipped(tmp_path: Path, many: int) -> None:
    """It holds 30, and its order is of 20 now: 20 go out, ten are free."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        id_ = await promised(client, 30)
        await take(plant, 1, naming(id_, quantity=20), order("WO1", quantity=10))
        lots = [{"lot": "F30", "quantity": many}] if many else []
        refused = await post(client, f"/promises/{id_}/shipment", lots=lots)
        assert (refused.status_code, refused.json()["code"]) == (422, "promise.not_all")
        assert (await asked(client, quantity=90))["from_stock"] == 0
        assert (await shipped(client, id_, "F30", 20)).status_code == 201
        assert (await asked(client, quantity=90))["from_stock"] == 10
        await take(plant, 2, naming(id_, quantity=50), order("WO1", quantity=10))
        assert (wanted(plant), planned(plant)) == ((30, 20), 30)  # 20 have it, not 30
        await plant.here.store.rebuild()
        assert wanted(plant) == (30, 20)
        check_facts(plant.here)


async def test_of_an_order_that_is_gone_as_much_is_shipped_as_went_out(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (plant, client):
        id_ = await promised(client, 30)
        await take(plant, 1, naming(id_))
        await take(plant, 2, order("WO1", quantity=10))
        assert (await shipped(client, id_, "F30", 31)).status_code == 422
        nothing = await post(client, f"/promises/{id_}/shipment", lots=[])
        assert nothing.status_code == 422
        assert (await shipped(client, id_, "F30", 12)).status_code == 201
        assert (await asked(client, quantity=90))["from_stock"] == 18
        await take(plant, 3, naming(id_))
        assert wanted(plant) == (88, 12)


async def test_a_second_promise_ships_what_the_order_still_lacks(tmp_path: Path) -> None:
    """Of 50 pieces 30 went out by the first promise: the second one's 40 are 20 too many."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        first = await promised(client, 30)
        second = await promised(client, 40)
        await take(plant, 1, naming(first, quantity=50))
        assert (await shipped(client, first, "F30", 30)).status_code == 201
        await take(plant, 2, naming(second, quantity=50))
        assert wanted(plant) == (0, 50)
        assert (await shipped(client, second, "F40", 40)).status_code == 422
        assert (await shipped(client, second, "F40", 20)).status_code == 201
        assert wanted(plant) == (0, 50)
        assert (await asked(client, quantity=90))["from_stock"] == 20


@pytest.mark.parametrize("document_first", [False, True])
async def test_pieces_are_there_although_the_answer_was_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, document_first: bool
) -> None:
    """The store has the fact, and nobody was told: the 30 are not made again."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        id_ = await promised(client, 30)
        floor, room = plant.here.floor, plant.here.rooms.promises
        await plant.here.take(schedule(1, naming(id_)))
        record = floor.writer.record

        async def lost(recording: Recording) -> Recorded:
            await record(recording)
            raise StoreUnavailable("the answer was lost")

        with monkeypatch.context() as patch:
            patch.setattr(floor.writer, "record", lost)
            with pytest.raises(StoreUnavailable):
                await room.follow()
        if document_first:
            await plant.here.take(schedule(2, naming(id_), order("WO1", quantity=10)))
            assert plant.here.floor.job("WO7.10").quantity == 70
        await room.follow()
        await plant.replanner.replan(documents=True)
        assert (wanted(plant), planned(plant)) == ((70, 30), 70)
        (claim,) = room.reader.claims()
        assert (claim.state, claim.from_stock, claim.product) == ("ordered", 30, "HINGE")


@pytest.mark.parametrize("how", ["cancel", "ship"])
async def test_who_plans_is_told_when_the_next_promise_was_taken(tmp_path: Path, how: str) -> None:
    """The order names another promise; it has that once the first one is closed."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        first, second = await promised(client, 30), await promised(client, 20)
        await take(plant, 1, naming(first))
        await take(plant, 2, naming(second))
        told: list[tuple[int, int]] = []
        plant.here.rooms.promises.changed = lambda: told.append(wanted(plant))
        if how == "cancel":
            await cancelled(client, first)
        else:
            await shipped(client, first, "F30", 30)
        assert told[-1] == ((80, 20) if how == "cancel" else (50, 50))


async def test_an_old_promise_is_known_by_what_was_shipped(tmp_path: Path) -> None:
    """The fact of an older version does not say what its order has in stock: that makes all of
    it, until 80 went out."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        id_ = await promised(client, 80)
        room = plant.here.rooms.promises
        old = {"event": "ordered", "promise": id_, "order": "WO7"}
        draft = of_erp(plant.here.floor, old)
        await plant.here.floor.writer.record(Recording(drafts=(draft,)))
        await take(plant, 1, naming(id_))
        assert (wanted(plant), planned(plant)) == ((100, 0), 100)
        assert (await shipped(client, id_, "F80", 80)).status_code == 201
        await plant.replanner.replan(documents=True)
        assert (wanted(plant), planned(plant)) == ((20, 80), 20)
        before = list(room.reader.claims())
        await plant.here.store.rebuild()
        assert list(room.reader.claims()) == before
        check_facts(plant.here)


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("made", [0, 10])
async def test_a_begun_order_that_is_all_in_stock_is_asked_about(
    tmp_path: Path, made: int, closed: bool
) -> None:
    """Also in set-up, with no piece made: nobody guesses what becomes of it."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        await take(plant, 1, order("WO7", 7, quantity=100))
        await plant.start("WO7.10")
        plant.at(12)
        if made:
            await plant.makes("WO7.10", made)
        id_ = await promised(client, 100)
        await take(plant, 2, naming(id_))
        (question,) = plant.here.floor.register.questions
        assert (question.about, question.wanted, question.made) == ("cut", 0, made)
        assert question.answered is None
        await take(plant, 3, naming(id_))
        assert len(plant.here.floor.register.questions) == 1
        if closed:
            answer = {"actor": "ann", "answer": "close"}
            done = await post(client, f"/questions/{question.id}/answer", **answer)
            assert done.status_code == 201, done.text
            assert plant.here.floor.job("WO7.10").state == "Ended"
            assert (await cancelled(client, id_)).json()["code"] == "promise.finished"
            await take(plant, 4, naming(id_), order("WO1", quantity=10))
            assert plant.here.floor.job("WO7.10").state == "Ended"
            assert wanted(plant) == (0, 100)
            return
        await cancelled(client, id_)
        assert all(one.answered for one in plant.here.floor.register.questions)
        assert plant.here.floor.job("WO7.10").quantity == 100
