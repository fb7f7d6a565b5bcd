"""Modbus exception codes in words (Modbus Application Protocol V1.1b3, 7)."""

DESCRIPTIONS = {
    1: "the device does not know this function",
    2: "the device has no such address",
    3: "the device does not take this value or count",
    4: "the device failed while answering",
    5: "the device needs longer for this",
    6: "the device is busy",
    7: "the device cannot do this",
    8: "the device found a parity error in its memory",
    10: "the gateway has no path to the device",
    11: "the device behind the gateway does not answer",
}
ADDRESS_CODES = (2, 3)
"""A block that met one of these may be answered in parts."""
SILENCE_CODES = (10, 11)
"""The gateway answered, the device did not."""


def describe(code: int) -> str:
    """A code in words, with its number."""
    return f"Modbus exception {code}: {DESCRIPTIONS.get(code, 'not in the standard')}"
