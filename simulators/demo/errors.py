"""Errors of the demo, named by what the caller must do."""


class DemoInvalid(Exception):
    """Mend the options or the example's files; the text says place, value and mend."""


class DemoFailed(Exception):
    """Stop everything and show the log of `process`, if one is named."""

    def __init__(self, text: str, process: str | None = None) -> None:
        super().__init__(text)
        self.process = process


class NoAnswer(Exception):
    """Ask again later: a process does not answer now; the text says which and why."""
