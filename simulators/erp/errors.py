"""Errors of the ERP simulator, named by what the caller must do."""


class ExampleInvalid(Exception):
    """Stop: a file of the example is not what it must be; the text says place, value and mend."""


class ServiceUnavailable(Exception):
    """Try again later: a service could not be reached, or is not able to answer now."""


class CursorGone(Exception):
    """Read the feed again from its start: the feed of this cursor was restored (410)."""


class RequestRefused(Exception):
    """Stop and show: a service refused what was sent; trying again would not help."""


class ItemsUnknown(RequestRefused):
    """Keep the acknowledgements: the service was put back and does not hold these items now."""
