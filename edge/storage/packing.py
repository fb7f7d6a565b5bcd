"""How a fact lies in the file: its canonical bytes without what the rows around it say, packed.

A fact's `seq` is its row's key and its `prev_hash` the hash in the row before it, so neither
is in the bytes that are kept; the rest is packed by Zstandard (RFC 8878) with a dictionary of
how facts begin and go on. The first byte says how, so that facts of every version of before
stay readable; a dictionary that has been released is never changed. What comes out is, byte
for byte, what was hashed.
"""

import threading
from functools import cache
from pathlib import Path

import zstandard

DICTIONARIES = Path(__file__).parent / "dictionaries"
# The first byte of what is kept.
PACKED = b"\x01"  # without seq and prev_hash, by dictionary 1
WHOLE = b"\x00"  # canonical bytes as they are: not written as `edge.domain.facts` writes them
PLAIN = b"{"  # the bytes themselves, as stores of before keep them

BLOCK = 256  # facts that are found by their hour, and archived, together
LEVEL = 1  # the next ones take twice as long for a twentieth less
MAGIC = b"\x28\xb5\x2f\xfd"  # begins every Zstandard frame; not kept
PREV_HASH, RECORDED_AT, SEQ, SOURCE = (
    b',"prev_hash":"',
    b',"recorded_at":',
    b',"seq":',
    b',"source":',
)

_own = threading.local()  # neither side of zstandard may be used by two threads at once


def pack(data: bytes) -> bytes:
    """Canonical bytes as they are kept; `unpack` gives them back from any bytes."""
    try:
        text = without_place(data)
    except ValueError:
        return WHOLE + data
    return pack_text(text)


def pack_text(text: bytes) -> bytes:
    """As `pack`, for canonical bytes that were written without their place."""
    return PACKED + _compressor().compress(text)[len(MAGIC) :]


def pack_checked(data: bytes, seq: int, prev_hash: bytes) -> bytes:
    """As `pack`, for bytes that others have made: looks whether they come back the same."""
    packed = pack(data)
    return packed if unpack(packed, seq, prev_hash) == data else WHOLE + data


def unpack(packed: bytes, seq: int, prev_hash: bytes) -> bytes:
    """The canonical bytes of the fact at `seq` behind the one with `prev_hash` (b"" at 1).

    Raises ValueError for bytes that were not made by `pack`.
    """
    form, rest = packed[:1], packed[1:]
    if form == WHOLE:
        return rest
    if form == PLAIN:
        return packed
    if form != PACKED:
        raise ValueError(f"packed in form {form!r}; mend: read it with the version that wrote it")
    try:
        return placed(_decompressor().decompress(MAGIC + rest), seq, prev_hash)
    except zstandard.ZstdError as error:
        raise ValueError(f"its bytes cannot be unpacked: {error}") from error


def without_place(data: bytes) -> bytes:
    """Canonical bytes less `seq` and `prev_hash`; raises ValueError where they are not named."""
    # What stands behind these names holds no text of people, so the last of each is the fact's.
    hash_from = data.rindex(PREV_HASH)
    hash_to = data.index(b'"', hash_from + len(PREV_HASH)) + 1
    seq_from = data.rindex(SEQ)
    seq_to = data.index(b",", seq_from + 1)
    return data[:hash_from] + data[hash_to:seq_from] + data[seq_to:]


def placed(text: bytes, seq: int, prev_hash: bytes) -> bytes:
    """The canonical bytes of `without_place`, with their place in the chain again."""
    recorded_at, source = text.rindex(RECORDED_AT), text.rindex(SOURCE)
    return b'%b,"prev_hash":"%b"%b,"seq":%d%b' % (
        text[:recorded_at],
        prev_hash.hex().encode(),
        text[recorded_at:source],
        seq,
        text[source:],
    )


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    data = (DICTIONARIES / f"facts-{number}.zdict").read_bytes()
    found = zstandard.ZstdCompressionDict(data, dict_type=zstandard.DICT_TYPE_FULLDICT)
    found.precompute_compress(level=LEVEL)
    return found


def _compressor() -> zstandard.ZstdCompressor:
    found: zstandard.ZstdCompressor | None = getattr(_own, "compressor", None)
    if found is None:
        found = zstandard.ZstdCompressor(LEVEL, _dictionary(1), write_dict_id=False)
        _own.compressor = found
    return found


def _decompressor() -> zstandard.ZstdDecompressor:
    found: zstandard.ZstdDecompressor | None = getattr(_own, "decompressor", None)
    if found is None:
        found = _own.decompressor = zstandard.ZstdDecompressor(_dictionary(1))
    return found
