"""Reads a plant.toml: strictly, all faults at once, nothing half taken over.

The plant's own types are in `edge.configuration.model` and can be imported from here.
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

from edge.configuration.build import build_plant
from edge.configuration.faults import ConfigFaults, Fault, Finder
from edge.configuration.fields import check_fields
from edge.configuration.model import (
    COUNTER_ROLES,
    HOUR_ROLES,
    ROLES,
    SENSOR_ROLES,
    SETPOINT_ROLES,
    ApiConfig,
    Device,
    EdgeConfig,
    FaultText,
    PlantConfig,
    Reason,
    SiteConfig,
    SyncConfig,
    WorkCenterConfig,
)
from edge.configuration.rows import Row
from edge.configuration.rules import cross_faults
from edge.configuration.shape import PlantShape
from edge.configuration.tokens import missing_tokens

__all__ = [
    "COUNTER_ROLES",
    "HOUR_ROLES",
    "ROLES",
    "SENSOR_ROLES",
    "SETPOINT_ROLES",
    "ApiConfig",
    "ConfigFaults",
    "Device",
    "EdgeConfig",
    "Fault",
    "FaultText",
    "PlantConfig",
    "Reason",
    "SiteConfig",
    "SyncConfig",
    "WorkCenterConfig",
    "load",
    "missing_tokens",
]


def load(file: Path) -> PlantConfig:
    """The plant of a file; ConfigFaults with every fault. Reads the file and the templates
    of its labels, and nothing else."""
    finder = Finder(file)
    content = _read(finder)
    raw = _parse(content, finder)
    fields = check_fields(raw, finder)
    plant = Row("", fields.known, fields.faulty)
    faults = (*fields.faults, *cross_faults(plant, finder))
    if faults:
        raise ConfigFaults(faults)
    shape = PlantShape.model_validate(raw)
    return build_plant(shape, file, hashlib.sha256(content).hexdigest())


def _read(finder: Finder) -> bytes:
    try:
        return finder.file.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        fault = finder.fault("", None, message, "name a plant.toml that you may read")
        raise ConfigFaults([fault]) from error


def _parse(content: bytes, finder: Finder) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))  # some editors begin a file with a mark
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        fault = finder.fault(f"line {line}", None, "is not UTF-8", "save the file as UTF-8")
        raise ConfigFaults([fault]) from error
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).rpartition(" (at ")
        key = place.removesuffix(")") if message else ""
        text = f"is no TOML: {message or place}"
        fault = finder.fault(
            key, None, text, "mend the line; see toml.io for how values are written"
        )
        raise ConfigFaults([fault]) from error
