"""Workbooks that are read in the tests' own process, where it is not the process that is tested."""

from collections.abc import Iterator

import pytest

from erp_sync.planfiles import apart, workbook


@pytest.fixture(scope="module")
def read_here() -> Iterator[None]:
    """The code of the reader's process, and its JSON, without starting one for each file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "ask", apart.answer)
        yield
