"""What is wrong with a request itself, named by what the caller must do."""


class InvalidRequest(Exception):
    """Mend it: the request is malformed; `errors` name each place."""

    def __init__(self, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.errors = errors or []


class BodyRefused(Exception):
    """Send another body: this one was not read, for its size (413) or its type (415)."""

    def __init__(self, status: int, detail: str, mend: str) -> None:
        super().__init__(detail)
        self.status, self.mend = status, mend


class ConfigurationRefused(Exception):
    """Mend the file and reload: nothing of it was taken over; `errors` name each place."""

    def __init__(self, detail: str, errors: list[dict[str, str]]) -> None:
        super().__init__(detail)
        self.errors = errors


class UnderWay(Exception):
    """Wait, then repeat it with the same key: the first request has no answer yet."""


class EventGone(Exception):
    """Begin anew: the stream cannot go on after an event that is not in the chain of facts."""
