"""A machine with the truth beside it, and everything that can go wrong between it and the edge."""

from dataclasses import dataclass, field
from fractions import Fraction

from edge.collection.counters import CounterRules
from edge.collection.settings import CounterTag
from edge.domain.recording import Baseline, StoreUnavailable
from tests.traces import doubtful, recorded
from tests.unit.collection.bench_machine import BenchMachine, settings

LOOKS = 20  # as the edge reads again while a counter is doubted
TOGETHER_S = 2.0  # a late reply is no older than this


@dataclass(frozen=True, kw_only=True)
class Plant:
    """A counter, as plant.toml says it and as the machine keeps it.

    `retentive`: a start of the machine keeps its value. `boot_tag`: the machine shows how
    often it was started. `words`: it is read as two words, which can be torn.
    """

    rules: CounterRules
    boot_tag: bool = True
    retentive: bool = False
    words: bool = False
    start: int = 0

    @property
    def reset_by_hand(self) -> bool:
        """Whether somebody may reset it in between, by the plant's own word."""
        return self.rules.resettable is True

    @property
    def reset_by_start(self) -> bool:
        return not self.retentive and self.rules.resettable is not False

    @property
    def reckoned_with(self) -> bool:
        """Whether a wrap can never be told from a reset."""
        return self.rules.may_be_reset(False if self.boot_tag else None)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What happens next: `what`, over `seconds`, in which `share` of the possible pieces are made.

    `early` is the share of these that come before a boot, reset or correction in it.
    """

    what: str
    seconds: int
    share: Fraction
    early: Fraction
    back: int = 0


@dataclass
class Truth:
    """The machine and its edge; `made` is gross, `back` what the machine took back.

    Each time that the edge has taken a reading, what it recorded since the one before is held
    against what was made since. `passed`: in between the counter was reset unseen and has
    counted to its old value or past it: the one bound that no rule can lift.
    """

    plant: Plant
    made: int = 0
    back: int = 0
    passed: bool = False
    _held: tuple[int, int, int] = (0, 0, 0)  # facts, made and taken back at the reading before
    _raw: int = 0
    _boot: int = 1
    _unseen_reset: bool = False
    _shown: list[tuple[float, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._raw = self.plant.start
        counter = CounterTag(tag="good", role="good", rules=self.plant.rules)
        roles = ("state", "boot") if self.plant.boot_tag else ("state",)
        self.edge = BenchMachine(settings(counter, roles=roles))

    async def begin(self) -> None:
        """The first reading of all."""
        await self._poll(self._register())

    async def step(self, step: Step) -> None:
        """The machine goes on, and perhaps the edge looks."""
        before = self._register()
        self._go_on(step)
        self.edge.clock.advance(step.seconds)
        if step.what == "clock":
            self.edge.clock.plant += (step.back - 2) * 1_800_000_000
        if step.what == "kill":
            self.edge.begin()
        if step.what == "silent":
            await self.edge.collector.tick()
            return
        self.edge.bad = {"good"} if step.what == "bad" else set()
        self.edge.store.down = step.what == "store"
        await self._poll(self._first_shown(step, before))
        self.edge.bad, self.edge.store.down = set(), False

    async def end(self) -> None:
        """Last readings, good ones, with nothing made between them."""
        for _ in range(3):
            self.edge.clock.advance(1)
            await self._poll(self._register())

    def _go_on(self, step: Step) -> None:
        made = int(self.plant.rules.max_rate * step.seconds * step.share)
        early = int(made * step.early)
        self.made += made
        self._add(early)
        if step.what == "boot":
            self._boot += 1
            if self.plant.reset_by_start:
                self._reset(seen=self.plant.boot_tag)
        if step.what == "reset" and self.plant.reset_by_hand:
            self._reset(seen=False)
        self._add(made - early)
        if step.what == "correct":
            took = min(step.back, self.plant.rules.correction_band, max(self._raw, 0))
            if self._raw != self.plant.rules.saturates_at:
                self._raw -= took
                self.back += took

    def _add(self, pieces: int) -> None:
        rules = self.plant.rules
        self._raw += pieces
        if rules.saturates_at is not None:
            self._raw = min(self._raw, rules.saturates_at)
        elif rules.modulus is not None:
            self._raw %= rules.modulus

    def _reset(self, *, seen: bool) -> None:
        self._raw, self._shown = 0, []
        self._unseen_reset |= not seen

    def _register(self) -> int:
        """What the register holds: a signed one shows its upper half below 0."""
        rules = self.plant.rules
        signed = rules.modulus is not None and rules.lowest < 0
        upper = signed and self._raw >= (rules.modulus or 0) // 2
        return self._raw - (rules.modulus or 0) if upper else self._raw

    def _first_shown(self, step: Step, before: int) -> int:
        """What the first look sees: an old reply, or two words of two moments."""
        now = self.edge.clock.monotonic()
        late = [raw for at, raw in self._shown if now - at <= TOGETHER_S]
        if step.what == "late" and late and step.seconds <= 1:
            return late[0]
        if step.what == "torn" and self.plant.words:
            old, new = (before, self._register()) if step.back % 2 else (self._register(), before)
            return (old & ~0xFFFF) | (new & 0xFFFF)
        return self._register()

    async def _poll(self, shown: int) -> None:
        """One round of the edge: read again, at once, while a counter is doubted."""
        for _ in range(LOOKS):
            stood = self.edge.store.rows.get(("L1", "good"))
            extra = {"boot": self._boot} if self.plant.boot_tag else {}
            try:
                taken = await self.edge.show(0, good=shown, **extra)
            except StoreUnavailable:
                return
            self._shown = [*self._shown[-3:], (self.edge.clock.monotonic(), self._register())]
            if not taken.again:
                if shown == self._register() and not self.edge.bad:
                    self._hold_against(stood)
                return
            self.edge.clock.advance(0.1)
            shown = self._register()

    def _hold_against(self, stood: Baseline | None) -> None:
        """Never more than was made; and as much, unless something is said or cannot be seen."""
        passed = self._unseen_reset and stood is not None and self._raw >= stood.raw
        at_end = stood is not None and stood.raw == self.plant.rules.saturates_at
        self._unseen_reset, self.passed = False, self.passed or passed
        facts, made, back = self._held
        new = self.edge.store.facts[facts:]
        made, back = self.made - made, self.back - back
        pieces = recorded(new)
        assert pieces <= made, f"{pieces} recorded, {made} made"
        exact = pieces == made - back
        assert exact or passed or at_end or doubtful(new), (
            f"{pieces} recorded, {made} - {back} made"
        )
        self._held = (facts + len(new), self.made, self.back)
