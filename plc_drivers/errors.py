"""Errors of drivers, named by what the caller must do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a configuration.

    `key` is relative to the device or tag that was checked (`url`, `address`); `value` is
    what stands there; `mend` says what would be right.
    """

    key: str
    value: object
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.key} = {self.value!r}: {self.message}; mend: {self.mend}"


class DriverError(Exception):
    """Any failure of a driver that its caller is meant to handle."""


class ConfigInvalid(DriverError):
    """Stop: the configuration cannot work as it stands; show `problems`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class Unreachable(DriverError):
    """Try again later, with a new driver: the device did not answer, or not in time.

    `url` names the device, `detail` says why.
    """

    def __init__(self, url: str, detail: str) -> None:
        self.url = url
        self.detail = detail
        super().__init__(f"{url}: {detail}")


class Untrusted(Unreachable):
    """As Unreachable, and a person must decide: the device shows a certificate that is not trusted.

    `fingerprint` (SHA-256) and `subject` name the certificate; `mend` says what a person does,
    the command included. Attempts may go on: the next one after the decision comes through.
    """

    def __init__(self, url: str, detail: str, *, fingerprint: str, subject: str, mend: str) -> None:
        self.fingerprint = fingerprint
        self.subject = subject
        self.mend = mend
        super().__init__(url, f"{detail}; mend: {mend}")


class Refused(DriverError):
    """Keep the connection and show it: the device or the configuration forbids what was asked.

    `reasons` says why by tag id (the empty id stands for the whole request). Other tags of
    the same write may have been written: read them back before going on.
    """

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__("; ".join(f"{tag}: {why}" if tag else why for tag, why in reasons.items()))
