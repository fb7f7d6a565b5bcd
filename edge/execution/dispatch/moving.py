"""Why a forecast has moved since it was told last: what made the edge plan, and the pace; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge.domain.outlook import Moved, Outlook
from edge.domain.pace import MINUTE
from edge.domain.sentences import Sentence, remembered, say

FAR = 10 * MINUTE  # a finish that moved by less has not moved
MOST = 3  # so many reasons are named, the latest ones
USUAL = frozenset(  # why a plan was made, and never why an order is late
    {
        "plan.because_hour",
        "plan.because_documents",
        "plan.because_started",
        "plan.because_decided",
    }
)


@dataclass
class Reasons:
    """Why plans were made, by order, since people were told when it is finished."""

    _said: dict[str, list[Sentence]] = field(default_factory=dict)

    def heard(self, orders: Iterable[str], why: Iterable[Sentence]) -> None:
        """A plan of these orders was made; orders that it has no more are forgotten."""
        several = [part for one in why for part in parts(one)]
        self._said = {one: [*self._said.get(one, []), *several] for one in orders}

    def recall(self, order: str, why: Iterable[Sentence]) -> None:
        """Plans were made for this since people were told of an order, before the edge started."""
        self._said[order] = [part for one in why for part in parts(one)]

    def moved(self, now: Outlook, before: Outlook | None, at: int) -> Outlook:
        """An outlook with when and why it has moved against the one that was told `before`."""
        if before is None or now.finish is None or before.finish is None:
            return now
        if abs(now.finish - before.finish) < FAR:
            return replace(now, moved=before.moved)
        because = _latest(self._said.get(now.order, []), now, before)
        return replace(now, moved=Moved(at=at, was=before.finish, because=because))

    def told(self, orders: Iterable[str]) -> None:
        """People know of these orders now."""
        for one in orders:
            self._said[one] = []


def parts(why: Sentence) -> Iterator[Sentence]:
    """Each of several sentences that are said as one, of a fact's too."""
    several = why.params.get("why")
    if not isinstance(several, list):
        yield why
        return
    for one in several:
        if isinstance(one, Sentence):
            yield one
        elif isinstance(one, Mapping) and "code" in one:
            yield remembered(one)


def _latest(said: Sequence[Sentence], now: Outlook, before: Outlook) -> tuple[Sentence, ...]:
    """The latest reasons, each once, and the pace; that an hour began is no reason."""
    news = {str(one): one for one in reversed(said) if one.code not in USUAL}
    documents = [one for one in said if one.code == "plan.because_documents"]
    found = [*news.values()][:MOST] or documents[:1]
    if (pace := _pace(now, before)) is not None:
        found.append(pace)
    if not found:
        found.append(say("forecast.by_made", "planned again by what was made of the hours so far"))
    return tuple(found)


def _pace(now: Outlook, before: Outlook) -> Sentence | None:
    """What work centers make of their hours, where that has moved it."""
    gap, was = _gap(now), _gap(before)
    if abs(gap - was) < FAR:
        return None
    if gap > MINUTE:
        return slower(gap)
    if gap < -MINUTE:
        return say(
            "forecast.quicker",
            "its work centers have made more of their hours than planned: {minutes} minutes less",
            minutes=-gap // MINUTE,
        )
    return say("forecast.in_pace", "its work centers make of their hours what was planned again")


def slower(gap: int) -> Sentence:
    """That it takes so much longer (us) than planned."""
    return say(
        "forecast.slower",
        "its work centers have made less of their hours than planned: {minutes} minutes more",
        "look at their stops, and whether the routing's rates are right",
        minutes=max(gap // MINUTE, 1),
    )


def _gap(one: Outlook) -> int:
    return (one.finish or 0) - (one.planned or 0)
