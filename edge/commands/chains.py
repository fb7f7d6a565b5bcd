"""The facts behind a figure, drawn together: one line for each chain of a counter's readings.

A chain is what one counter showed without a hole: each fact begins at the reading at which the one
before it ended, in the same counter epoch. What is missing between two chains is in no piece here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.commands.language import Language
from edge.domain.sentences import Sentence, say

Json = Mapping[str, Any]


@dataclass
class Chain:
    """Facts of one counter that join, or of one kind that have no counter."""

    name: str
    epoch: int | None = None
    start: int | None = None
    end: int | None = None
    facts: set[int] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    flags: set[str] = field(default_factory=set)


def chain_line(chain: Chain, language: Language) -> str:
    """`good 64900..65060 in 103 facts, 160 pieces`, with roles where there are several."""
    counter = chain.name if chain.start is None else f"{chain.name} {chain.start}..{chain.end}"
    if chain.epoch:
        counter += language(say("explained.epoch", " (counter epoch {epoch})", epoch=chain.epoch))
    count = len(chain.facts)
    one, many = say("explained.one", "1 fact"), say("explained.many", "{count} facts", count=count)
    told = say(
        "explained.chain",
        "{counter} in {facts}, {amount}",
        counter=counter,
        facts=one if count == 1 else many,
        amount=_amount(chain),
    )
    flags = f" [{', '.join(sorted(chain.flags))}]" if chain.flags else ""
    return f"{language(told)}{flags}"


def _amount(chain: Chain) -> Sentence | str:
    roles = {role: n for role, n in chain.counts.items() if n}
    if len(roles) == 1 and set(roles) <= {"good", "scrap", "rework"}:
        return say("explained.amount", "{count} pieces", count=sum(roles.values()))
    amounts = ", ".join(f"{n} {role}" for role, n in roles.items())
    return amounts or say("word.nothing_now", "nothing now")


def chains(rows: Iterable[Json]) -> list[Chain]:
    """The chains of all facts of `rows`, in the order in which they begin.

    A fact that is in several rows, because its pieces were divided, is one fact of its chain.
    """
    facts = sorted((fact for row in rows for fact in row.get("facts", ())), key=_seq)
    found: list[Chain] = []
    for fact in facts:
        chain = next((one for one in reversed(found) if _joins(one, fact)), None)
        if chain is None:
            chain = _begun(fact)
            found.append(chain)
        _add(chain, fact)
    return found


def _seq(fact: Json) -> int:
    return int(fact["seq"])


def _joins(chain: Chain, fact: Json) -> bool:
    if chain.name != _name(fact) or chain.epoch != fact.get("counter_epoch"):
        return False
    return fact["seq"] in chain.facts or chain.end == fact.get("raw_from")


def _begun(fact: Json) -> Chain:
    return Chain(name=_name(fact), epoch=fact.get("counter_epoch"), start=fact.get("raw_from"))


def _add(chain: Chain, fact: Json) -> None:
    chain.end = fact.get("raw_to")
    chain.facts.add(fact["seq"])
    chain.counts.update(fact["counts"])
    chain.flags.update(fact.get("flags") or ())


def _name(fact: Json) -> str:
    return str(fact["tag"] if "raw_from" in fact else fact["kind"])
