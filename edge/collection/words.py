"""What devices do and say, as sentences; a library's or a device's own words stand in them as
they came, because whoever mends it looks for them.
"""

from collections.abc import Mapping

from edge.collection.counters import Doubt
from edge.domain.sentences import Sentence, say
from plc_drivers.errors import Refused, Unreachable, Untrusted
from plc_drivers.reading import Quality, Reading

NOT_CONNECTED = say("device.not_connected", "not connected yet")
CHANGED = say("device.changed", "its configuration has changed")
NO_ANSWER = say("device.no_answer", "no answer from the device")
LATE = say("device.late", "no answer in time")
HEARTBEAT_STANDS = say("device.heartbeat", "the heartbeat stands")
NOT_IN_PLANT = say("device.gone", "it is not in plant.toml any more")
OUT_OF_RANGE = say("device.range", "a value is out of its range")
STATES: Mapping[str, Sentence] = {
    "connected": say("word.device_connected", "connected"),
    "connecting": say("word.device_connecting", "connecting"),
    "silent": say("word.device_silent", "silent"),
}
QUALITIES: Mapping[Quality, Sentence] = {
    Quality.GOOD: say("word.quality_good", "good"),
    Quality.UNCERTAIN: say("word.quality_uncertain", "uncertain"),
    Quality.BAD: say("word.quality_bad", "bad"),
}


def of_error(error: Exception) -> Sentence:
    """Why a device has not done, or not answered, what was asked."""
    if isinstance(error, Refused):
        return say("device.refused", "refused: {words}", words=str(error))
    if isinstance(error, Untrusted):
        return say(
            "device.untrusted",
            "{url}: {words}",
            url=error.url,
            words=error.detail,
        )
    if isinstance(error, Unreachable):
        return say("device.unreachable", "{url}: {words}", url=error.url, words=error.detail)
    if not str(error):
        return LATE
    return say("device.failed", "{words}", words=str(error))


def of_refusal(error: Refused) -> dict[str, Sentence]:
    """Why a device has not taken values, by tag."""
    return {
        tag: say("write.device", "{words}", words=words) for tag, words in error.reasons.items()
    }


def of_fault(error: Exception) -> Sentence:
    """What else went wrong, a fault of ours or of a library."""
    words = str(error)
    return say("device.fault", "{kind}: {words}", kind=type(error).__name__, words=words)


def of_reading(tag: str, reading: Reading) -> Sentence:
    """What a tag shows that is not good."""
    quality = QUALITIES[reading.quality]
    if not reading.detail:
        return say("device.quality", "{tag}: {quality}", tag=tag, quality=quality)
    return say(
        "device.quality_words",
        "{tag}: {quality} {words}",
        tag=tag,
        quality=quality,
        words=reading.detail,
    )


DOUBTS: Mapping[Doubt, Sentence] = {
    Doubt.JUMP: say("word.doubt_jump", "jump"),
    Doubt.PRESET: say("word.doubt_preset", "preset"),
    Doubt.ROLLOVER_OR_RESET: say("word.doubt_rollover_or_reset", "rollover_or_reset"),
    Doubt.CORRECTION_OR_RESET: say("word.doubt_correction_or_reset", "correction_or_reset"),
    Doubt.BACKWARD: say("word.doubt_backward", "backward"),
    Doubt.AWAY: say("word.doubt_away", "away"),
    Doubt.LESS_AT_LEAST: say("word.doubt_less_at_least", "less_at_least"),
}


def of_counters(reasons: Mapping[str, str]) -> list[Sentence]:
    """Why counters are read again, by tag: words of `Doubt`."""
    return [
        say("device.counter", "{tag}: {doubt}", tag=tag, doubt=DOUBTS[Doubt(why)])
        for tag, why in reasons.items()
    ]
