"""What all tests share: one hypothesis profile, the switches for what takes longer or more, and
what is said of tests that cannot be run here."""

import gc
import os
import signal
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import stores
from tests.needs import lacking

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


# Whoever starts the tests in the background may have Ctrl-C ignored, and processes inherit that:
# those of the tests that are to be interrupted would not be.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _stores_are_copied() -> Iterator[None]:
    with stores.copied():
        yield


@pytest.fixture(scope="module")
def by_migrations() -> Iterator[None]:
    """Stores are made by the migrations, each anew."""
    with stores.by_migrations():
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--longer", action="store_true", help="run the longer checks too")
    parser.addoption(
        "--complete", action="store_true", help="a test that this machine lacks something for fails"
    )
    parser.addoption(
        "--interop", action="store_true", help="run what needs programs that nobody here wrote"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    off = {mark for mark in ("longer", "interop") if not config.getoption(f"--{mark}")}
    left_out = [item for item in items if off & {mark.name for mark in item.iter_markers()}]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end: the collector of cycles need not visit them each time."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for why in filter(None, map(lacking, mark.args)):
            if item.config.getoption("--complete"):
                pytest.fail(why, pytrace=False)
            pytest.skip(why)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The last lines say what was not shown here, and why."""
    skipped = terminalreporter.getreports("skipped")
    texts = [one.longrepr[2] for one in skipped if isinstance(one.longrepr, tuple)]
    reasons = Counter(text.removeprefix("Skipped: ") for text in texts)
    for reason, tests in reasons.items():
        terminalreporter.write_line(f"NOT RUN, tests: {tests}: {reason}", yellow=True, bold=True)
