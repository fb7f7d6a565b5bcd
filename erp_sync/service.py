"""The sync service, wired: what its routes work with."""

import asyncio
from dataclasses import dataclass, field

from edge.domain.clock import Clock
from erp_sync.config import CompanyConfig
from erp_sync.endpoint.asking import Questions
from erp_sync.endpoint.pages import PageCache
from erp_sync.endpoint.signal import Signal
from erp_sync.metrics import Metrics
from erp_sync.storage import replays, sequences
from erp_sync.storage.engine import Store
from erp_sync.storage.replays import RequestKey

FILES_AT_ONCE = 2  # each workbook is read in a process that may take 1 GiB


@dataclass
class Service:
    """One store with its signals, metrics and caches; `feed` names the feed of facts.

    `files` bounds how many files are read at once.
    """

    config: CompanyConfig
    clock: Clock
    store: Store
    feed: str
    facts: Signal = field(default_factory=Signal)
    documents: Signal = field(default_factory=Signal)
    metrics: Metrics = field(default_factory=Metrics)
    pages: PageCache = field(default_factory=PageCache)
    in_flight: set[RequestKey] = field(default_factory=set)
    files: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FILES_AT_ONCE))

    def __post_init__(self) -> None:
        self.questions = Questions(self.clock)

    def stop_waiting(self) -> None:
        """End the long polls: the service stops."""
        self.facts.close()
        self.documents.close()
        self.questions.close()


def open_service(config: CompanyConfig, clock: Clock) -> Service:
    """Open the store and what belongs to it; raises StoreLocked or StoreUnavailable."""
    store = Store(config.store_url)
    feed = store.write_now(sequences.feed_id)
    store.write_now(lambda connection: replays.forget_old(connection, clock.now()))
    return Service(config, clock, store, feed)
