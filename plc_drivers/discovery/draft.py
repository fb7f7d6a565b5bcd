"""A draft plant.toml: one device, its tags with the evidence for each, and a work center."""

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction

from plc_drivers.discovery.roles import Proposal

MOST_OTHERS = 300


def draft(
    *,
    device: str,
    driver: str,
    url: str,
    proposals: Sequence[Proposal],
    connection: Sequence[str] = (),
    notes: Sequence[str] = (),
    timezone: str = "UTC",
) -> str:
    """The text of the file; `connection` are further lines of the device, `notes` comments."""
    lines = [
        "# A draft that was made by watching the device. Read each comment, mend what is wrong,",
        "# then: taktline check FILE, and taktline read --config FILE --once",
        *(f"# {note}" for note in notes),
        'format = "taktline.plant/1"',
        "",
        "[site]",
        'id = "s1"',
        f"timezone = {_text(timezone)}  # the zone of the plant; it makes hours, shifts and days",
        "",
        "[edge]",
        'id = "e1"',
        "",
        "[[calendar]]",
        'id = "always"  # write the plant\'s shifts',
        "always = true",
        "",
        "[[device]]",
        f"id = {_text(device)}",
        f"driver = {_text(driver)}",
        f"url = {_text(url)}",
        *_state_model(proposals),
        *connection,
        *_state_rows(proposals),
    ]
    known = [one for one in proposals if one.role != "other"]
    others = [one for one in proposals if one.role == "other"]
    for proposal in known:
        lines += ["", *_tag(proposal)]
    if others:
        lines += ["", "# What it means could not be told. Take away the # of those that you need."]
    for proposal in others[:MOST_OTHERS]:
        lines += ["", *(_commented(line) for line in _tag(proposal))]
    if len(others) > MOST_OTHERS:
        lines += ["", f"# and {len(others) - MOST_OTHERS} more"]
    lines += [
        "",
        "[[work_center]]",
        'id = "L1"',
        f"device = {_text(device)}",
        'calendar = "always"',
    ]
    return "\n".join(lines) + "\n"


def _state(proposals: Sequence[Proposal]) -> Proposal | None:
    return next((one for one in proposals if one.role == "state"), None)


def _state_model(proposals: Sequence[Proposal]) -> Iterator[str]:
    state = _state(proposals)
    if state is not None and state.place.states == "machinery":
        yield 'states = "machinery"  # item states of OPC 40001-1'
    elif state is not None and state.states is not None:
        yield 'states = "table"'


def _state_rows(proposals: Sequence[Proposal]) -> Iterator[str]:
    """A row for the state in which it counts; the others are left to people."""
    state = _state(proposals)
    if state is None or state.states is None:
        return
    shown = state.place.series.distinct if state.place.series else frozenset()
    for raw, packml in state.states.items():
        yield from ("", "[[device.state]]", f"raw = {raw}", f"packml = {packml}  # it counts in it")
    for raw in sorted(shown - set(state.states)):
        yield from ("", "# [[device.state]]", f"# raw = {raw}", "# packml = ?  # it did not count")


def _tag(proposal: Proposal) -> Iterator[str]:
    place = proposal.place
    for words in (*proposal.evidence, *place.evidence):
        yield f"# {words}"
    yield "[[device.tag]]"
    yield f"id = {_text(place.id)}"
    yield f"address = {_text(place.address)}"
    yield f"type = {_text(place.type)}"
    if place.order != "ABCD":
        yield f"order = {_text(place.order)}"
    yield f"role = {_text(proposal.role)}"
    if proposal.modulus is not None:
        yield f"modulus = {proposal.modulus}{_modulus_words(proposal)}"
    if proposal.max_rate_per_s is not None:
        rate = _decimal(proposal.max_rate_per_s)
        yield f"max_rate_per_s = {_text(rate)}  # half above what was seen: ask the data sheet"
    if place.unit or place.type.startswith("float") or proposal.role in ("speed", "energy"):
        unit = place.unit or "?"
        yield f"unit = {_text(unit)}{'' if place.unit else '  # write its unit'}"


def _modulus_words(proposal: Proposal) -> str:
    series = proposal.place.series
    if series is not None and series.wraps:
        return "  # it was seen to go round there"
    if proposal.place.type.startswith("uint"):
        return "  # by its width; it was not seen to go round"
    return "  # a guess: where a signed counter goes round is its builder's choice"


def _commented(line: str) -> str:
    return line if line.startswith("#") else f"# {line}"


def _decimal(value: Fraction) -> str:
    return f"{float(value):.1f}".removesuffix(".0")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
