"""The service under test, one for each test."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from erp_sync.storage.engine import Store
from tests.contract.sync.site import Site, config_at, site_at


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store with its schema, to be copied: migrating takes longer than most tests."""
    folder = tmp_path_factory.mktemp("migrated")
    Store(config_at(folder).store_url).close()
    return folder / "sync.sqlite"


@pytest.fixture
async def site(tmp_path: Path, migrated: Path) -> AsyncIterator[Site]:
    shutil.copy(migrated, tmp_path)
    async with site_at(tmp_path) as made:
        yield made
