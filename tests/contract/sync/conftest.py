"""The service under test, one for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.sync.site import Site, site_at


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with site_at(tmp_path) as made:
        yield made
