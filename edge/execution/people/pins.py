"""PINs: kept as Argon2id hashes (RFC 9106), and guarded against being guessed."""

import os
from dataclasses import dataclass, field

from edge.domain.clock import Clock
from edge.domain.sentences import say
from edge.execution.errors import NotRecognised

SALT_BYTES, HASH_BYTES = 16, 32
MEMORY_KIB, ROUNDS, LANES = 19 * 1024, 2, 1  # OWASP's least for Argon2id
TRIES, LOCKED_S = 5, 60.0


def pin_hash(pin: str) -> str:
    """What plant.toml keeps of a PIN."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    kdf = Argon2id(
        salt=os.urandom(SALT_BYTES),
        length=HASH_BYTES,
        iterations=ROUNDS,
        lanes=LANES,
        memory_cost=MEMORY_KIB,
    )
    return kdf.derive_phc_encoded(pin.encode())


def is_pin(pin: str, hash_: str) -> bool:
    """Whether a PIN is that of the hash; a hash that cannot be read is nobody's."""
    # Loaded with the first PIN, so that an edge begins to count before.
    from cryptography.exceptions import InvalidKey
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        Argon2id.verify_phc_encoded(pin.encode(), hash_)
    except (InvalidKey, ValueError):
        return False
    return True


@dataclass
class Guard:
    """Counts wrong PINs by person; after `TRIES` of them none is looked at for a while."""

    clock: Clock
    _wrong: dict[str, int] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)  # monotonic seconds

    def check(self, person: str) -> None:
        """Raise NotRecognised while the person is locked."""
        left = self._until.get(person, 0.0) - self.clock.monotonic()
        if left > 0:
            raise NotRecognised(
                say(
                    "pin.locked",
                    "too many wrong PINs for {person}",
                    "wait {seconds} s, or scan a badge",
                    person=person,
                    seconds=f"{left:.0f}",
                )
            )

    def wrong(self, person: str) -> None:
        """One more wrong PIN."""
        self._wrong[person] = self._wrong.get(person, 0) + 1
        if self._wrong[person] >= TRIES:
            self._until[person] = self.clock.monotonic() + LOCKED_S
            self._wrong[person] = 0

    def right(self, person: str) -> None:
        """The PIN was right."""
        self._wrong.pop(person, None)
