"""What can be wrong with the input of a KPI: mend the ledger or the master data."""


class KpiInputInvalid(ValueError):
    """Spans, quantities or run times contradict themselves: mend them and ask again."""


class SpansOverlap(KpiInputInvalid):
    """Two spans of one unit cover the same time: its ledger is wrong."""


class RunTimeInvalid(KpiInputInvalid):
    """A run time per item is no positive decimal or fraction of seconds."""


class KpiRefused(ValueError):
    """No such KPI, or it means nothing at that level and period: ask for another."""
