"""Canonical bytes of the facts that are recorded, as `edge.domain.facts.encode` makes them.

Bodies are written by msgspec, in a fifth of the time. What it writes otherwise than the
domain, it refuses (lone surrogates, subclasses of str and int), and then the domain writes it;
what it writes though the domain refuses it (times, UUIDs, sets) no draft holds. Both are
held together by a test over any body.
"""

import msgspec

from edge.domain.facts import Fact, Json, canonical, texts

_write = msgspec.json.Encoder(order="deterministic").encode


def written(fact: Fact) -> tuple[bytes, bytes]:
    """The fact's canonical bytes, and these without its place (`packing.without_place`)."""
    head, prev_hash, recorded_at, seq, tail = texts(fact, _body(fact.body))
    whole = f"{head}{prev_hash}{recorded_at}{seq}{tail}"
    return whole.encode(), f"{head}{recorded_at}{tail}".encode()


def _body(body: Json) -> str:
    try:
        return _write(body).decode()
    except (TypeError, ValueError, OverflowError, RecursionError):
        return canonical(body)
