"""The demo's own reader of the feed: page by page to its tip, corrections included."""

from simulators.demo.comparison import Quantities
from simulators.demo.reader import FeedReader
from simulators.erp.client import SyncClient
from tests.integration.simulators.feed_server import TOKEN, Feed, served
from tests.unit.simulators.feed_items import correction, count, scrapped


def test_it_counts_all_that_was_posted() -> None:
    feed = Feed(items=[count(seq, 1) for seq in range(1, 602)])
    with served(feed) as url:
        client = SyncClient(url, TOKEN)
        reader = FeedReader(client)
        reader.read_to_tip()
        assert reader.posted() == {("WO1001", 10): Quantities(601)}
        feed.items += [
            scrapped(602, 1),
            correction(603, 1, quantity=3),
            correction(604, 2, job_order_id="WO1002.10"),
            count(605, 4, order=None),
        ]
        reader.read_to_tip()
        assert len(reader.ids) == 605
        assert reader.posted() == {
            ("WO1001", 10): Quantities(601, 1),
            ("WO1002", 10): Quantities(1),
            ("", 0): Quantities(4),
        }
        client.close()
