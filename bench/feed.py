"""CPU of a page of 500 rows of the feed, beside a FastAPI response model of the same rows.

Each of our pages is asked for once, so that none comes from the service's cache; the same
rows of the same store go through the response model. Then one page is asked for again and
again, which the service has kept, beside an ASGI function that sends as many bytes. CPU is
that of the server's process, in which all three run, told by itself.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import httpx

from bench.children import child
from bench.measuring import Side, Work, interleaved, steady
from bench.mix import Plant
from bench.ratio import Ratio
from edge.domain.facts import encode, placed, sha256

FEED = "/api/v1/operations-performance"
TOKEN = "token-of-the-benchmark"
ROWS = 500
PAGES = 8  # in a round
CACHED = 60
ROUNDS = 7
FACTS = ROWS + PAGES * (ROUNDS + 1)
PAGE_BYTES = 361_000  # about what 500 rows make; the exact length is of no weight


def chain() -> list[bytes]:
    """Counts as an edge has them."""
    found, prev_hash = [], ""
    for seq, draft in enumerate((one.draft for one in Plant().facts(FACTS)), 1):
        fact = placed(
            draft, edge_id="e1", epoch=1, seq=seq, recorded_at=seq * 1_000_000, prev_hash=prev_hash
        )
        found.append(encode(fact))
        prev_hash = sha256(found[-1])
    return found


def send(http: httpx.Client, facts: Sequence[bytes]) -> None:
    """Hand the facts to the service as their edge does."""
    body = b'{"epoch":1,"facts":[%b],"watermark":null}' % b",".join(facts)
    http.post("/api/v1/edges/e1/facts", content=body).raise_for_status()


def starts(http: httpx.Client) -> list[tuple[int, str | None]]:
    """Positions to read after, from the start on, each with its cursor."""
    found: list[tuple[int, str | None]] = [(0, None)]
    while len(found) < PAGES * (ROUNDS + 1):
        position, cursor = found[-1]
        page = http.get(FEED, params={"limit": 1} | ({"after": cursor} if cursor else {}))
        found.append((position + 1, page.raise_for_status().json()["next"]))
    return found


class Sides:
    """The three sides, asked through one connection."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.starts = starts(http)
        self.fresh = iter(self.starts)

    def check(self) -> int:
        """The response model must answer what the service answers; bytes of a page."""
        position, cursor = self.starts[1]
        ours = self.page(FEED, {"after": cursor or "", "limit": str(ROWS)})
        theirs = self.page("/model", {"after": str(position), "limit": str(ROWS)})
        assert json.loads(ours)["items"] == json.loads(theirs)["items"]
        assert len(json.loads(ours)["items"]) == ROWS
        return len(ours)

    def page(self, path: str, params: dict[str, str]) -> bytes:
        return self.http.get(path, params=params).raise_for_status().content

    @contextmanager
    def ours(self) -> Iterator[Work]:
        asked = [next(self.fresh) for _ in range(PAGES)]

        def work() -> None:
            for _, cursor in asked:
                after = {"after": cursor} if cursor else {}
                self.page(FEED, {"limit": str(ROWS), **after})

        yield work

    def model(self) -> None:
        for position, _ in self.starts[:PAGES]:
            self.page("/model", {"after": str(position), "limit": str(ROWS)})

    def cached(self) -> None:
        for _ in range(CACHED):
            self.page(FEED, {"limit": str(ROWS), "after": self.starts[1][1] or ""})

    def raw(self) -> None:
        for _ in range(CACHED):
            self.page("/raw", {})


def run() -> Iterable[Ratio]:
    hashed = hashlib.sha256(TOKEN.encode()).hexdigest()
    headers = {"authorization": f"Bearer {TOKEN}"}
    with (
        tempfile.TemporaryDirectory() as folder,
        child("feed", folder, hashed, str(PAGE_BYTES)) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", headers=headers) as http,
    ):
        send(http, chain())
        sides = Sides(http)
        size = sides.check()
        assert abs(size - PAGE_BYTES) < PAGE_BYTES / 20, size
        works: dict[str, Side] = {
            "ours": sides.ours,
            "model": steady(sides.model),
            "cached": steady(sides.cached),
            "raw": steady(sides.raw),
        }
        cost = interleaved(works, ROUNDS, server.cpu)
    yield Ratio(
        name=f"feed, CPU of a page of {ROWS} rows, beside a response model",
        ours=cost["ours"].cpu / PAGES * 1e6,
        bare=cost["model"].cpu / PAGES * 1e6,
        unit="us",
        target=0.5,
        at_most=True,
    )
    yield Ratio(
        name="feed, pages a CPU second that are kept, beside raw ASGI",
        ours=CACHED / cost["cached"].cpu,
        bare=CACHED / cost["raw"].cpu,
        unit="pages/s",
        target=0.5,
    )
