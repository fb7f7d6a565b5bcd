"""The one visible table of drivers, imported only when they are needed."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.driver import Driver
from plc_drivers.errors import ConfigInvalid, Problem

MICROSECONDS = Callable[[], int]

LIBRARY_LOGGERS = ("asyncua", "pymodbus")
"""Loggers of the protocol libraries. They tell of every dead device at length; what matters
reaches the caller as Unreachable, so a program may silence them."""


class Rules(Protocol):
    """What a driver demands of a configuration; a module that loads no protocol library."""

    def device_problems(self, device: DeviceConfig) -> tuple[Problem, ...]:
        """What is wrong with the device itself and with its tags taken together."""
        ...

    def tag_problems(self, tag: TagConfig) -> tuple[Problem, ...]:
        """What is wrong with one tag."""
        ...

    def place(self, tag: TagConfig) -> str:
        """The address in one spelling, equal for two tags that read the same place."""
        ...


@dataclass(frozen=True)
class Entry:
    """Where a driver lives: the module of its rules, and `module:class`."""

    rules: str
    driver: str


DRIVERS = {
    "modbus": Entry("plc_drivers.modbus.rules", "plc_drivers.modbus.driver:ModbusDriver"),
    "opcua": Entry("plc_drivers.opcua.rules", "plc_drivers.opcua.driver:OpcuaDriver"),
}


def rules(driver: str) -> Rules:
    """The rules of a driver; ConfigInvalid if there is none of that name."""
    return cast("Rules", import_module(_entry(driver).rules))


def create(device: DeviceConfig, now: MICROSECONDS) -> Driver:
    """A driver that is not yet connected; ConfigInvalid with every problem at once."""
    problems = find_problems(device)
    if problems:
        raise ConfigInvalid(problems)
    module, _, name = _entry(device.driver).driver.partition(":")
    return cast("Driver", getattr(import_module(module), name)(device, now))


def find_problems(device: DeviceConfig) -> tuple[Problem, ...]:
    """All that the device's driver finds wrong with its configuration."""
    rule = rules(device.driver)
    of_tags = [
        Problem(f"tag[{index}].{problem.key}", problem.value, problem.message, problem.mend)
        for index, tag in enumerate(device.tags)
        for problem in rule.tag_problems(tag)
    ]
    # What concerns the tags together can be judged only when each is sound.
    return tuple(of_tags) or rule.device_problems(device)


def _entry(driver: str) -> Entry:
    if driver not in DRIVERS:
        mend = f"write one of {', '.join(sorted(DRIVERS))}"
        raise ConfigInvalid([Problem("driver", driver, "is no driver that is known", mend)])
    return DRIVERS[driver]


def silence_libraries() -> None:
    """Keep the protocol libraries' own tales of dead devices off the screen."""
    for name in LIBRARY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
