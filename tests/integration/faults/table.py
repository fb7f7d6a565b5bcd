"""The fault matrix: what is told to the simulator, to whom, and what must come of it."""

from dataclasses import dataclass

MODBUS = ("TCP", "RTU_TCP", "RTU")
SOCKETS = ("UA", "TCP", "RTU_TCP")
SERIAL = ("RTU_TCP", "RTU")
EVERY = ("UA", *MODBUS)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A fault of the matrix.

    `silences`: the state is unknown while it lasts. `exact`: the pieces are equal to the
    truth; else never more, and what is missing is flagged or quarantined.
    `instant`: nothing is to be cleared.
    """

    name: str
    words: str
    on: tuple[str, ...] = EVERY
    silences: bool = False
    exact: bool = True
    instant: bool = False
    longer: bool = False
    then: str = ""  # told after it
    shipped: str = ""  # what is told where the edge is as patient as shipped


ROWS = (
    Row(name="silent", words="silent", silences=True),
    Row(name="dropped", words="dropped", silences=True),
    Row(name="some dropped", words="dropped share=0.2"),
    Row(name="closed", words="closed", on=SOCKETS, silences=True),
    Row(name="closed once", words="closed for=0", on=SOCKETS),
    Row(name="slow", words="slow delay_ms=150"),
    Row(name="late", words="late delay_ms=600", shipped="late delay_ms=6000", silences=True),
    Row(name="wrong unit", words="wrong_unit", on=MODBUS, silences=True),
    Row(name="wrong transaction", words="wrong_transaction", on=("TCP",), silences=True),
    Row(name="truncated", words="truncated bytes=7", silences=True),
    Row(name="garbled", words="garbled", on=SERIAL, silences=True),
    *(
        Row(
            name=f"exception {code}",
            words=f"exception code={code}",
            on=MODBUS,
            silences=True,
            longer=code not in (2, 4, 6, 11),
        )
        for code in (1, 2, 3, 4, 5, 6, 7, 8, 10, 11)
    ),
    Row(name="bad quality", words="quality value=zero", on=("UA",), silences=True),
    Row(
        name="uncertain quality",
        words="quality status=UncertainLastUsableValue value=zero",
        on=("UA",),
        silences=True,
    ),
    Row(name="bad counter", words="quality tags=good value=none", on=("UA",)),
    Row(name="vanished node", words="vanished tags=good", on=("UA",)),
    Row(name="refused transfer", words="no_transfer", then="closed for=0", on=("UA",)),
    Row(name="node limit", words="limits nodes_per_read=4", on=("UA",)),
    Row(name="clock off", words="wrong_clock", on=("UA",)),
    Row(name="restart", words="restart", silences=True),
    Row(name="restart with power", words="restart power=true", silences=True),
    Row(name="heartbeat", words="heartbeat", silences=True),
    Row(name="wiped", words="wiped", exact=False, instant=True),
    Row(name="wiped at a start", words="wiped boot=true", exact=False, instant=True),
    Row(name="jumped", words="preset value=40000", exact=False, instant=True),
    Row(name="rollover", words="rollover left=20", exact=False, instant=True),
)
