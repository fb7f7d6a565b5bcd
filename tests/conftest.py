"""What all tests share: one hypothesis profile, and the switch for the longer checks."""

import os

import pytest
from hypothesis import HealthCheck, settings

# Fixed seed and no time limits: the same tests on every run and on every machine.
settings.register_profile(
    "taktline",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "taktline"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--longer", action="store_true", help="run the longer checks too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--longer"):
        return
    chosen = [item for item in items if "longer" not in item.keywords]
    config.hook.pytest_deselected(items=[item for item in items if "longer" in item.keywords])
    items[:] = chosen
