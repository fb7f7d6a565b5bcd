"""A store for many examples: each takes an edge of its own."""

from collections.abc import Iterator

import pytest

from erp_sync.storage.engine import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'sync.sqlite'}")
    yield made
    made.close()
