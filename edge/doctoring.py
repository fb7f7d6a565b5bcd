"""What a doctor says of an edge: findings, each with what a person does about it. Pure.

It is asked with what `GET /store` and `GET /status` answer, or with the first alone where no
edge runs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from edge.domain.clock import to_datetime
from edge.storage.archives.lacking import MEND as MEND_ARCHIVE

Json = Mapping[str, Any]
HOUR = 3_600_000_000
SOUND, KNOW, ACT = "sound", "know", "act"
LATE_SNAPSHOT = 3 * HOUR
LOW_SPACE = 64 << 20
SKEWED_S = 60.0
MB = 1 << 20
# SQLite can damage a log when two connections write at once; mended in these versions.
MENDED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at: `level` is sound, know or act; `mend` for those to act on."""

    level: str
    about: str
    what: str
    mend: str = ""


def examined(
    store: Json, status: Json | None, held: int, now: int, zone: str = "UTC"
) -> list[Finding]:
    """All findings; `held` quarantines wait for a person, `now` is plant time (us)."""
    found = [*_file(store), *_snapshots(store, now), *_restores(store, ZoneInfo(zone))]
    found += _alarms(store)
    found.append(_sqlite(str(store["sqlite"])))
    if status is not None:
        found += [*_link(status), *_devices(status), *_certificates(status)]
    if held:
        mend = "taktline quarantine list, then release or discard"
        found.append(_act("quarantines", f"{held} readings wait for a person", mend))
    return found


def needs_a_person(findings: list[Finding]) -> bool:
    """Whether anything is to be acted on."""
    return any(one.level == ACT for one in findings)


def _act(about: str, what: str, mend: str) -> Finding:
    return Finding(level=ACT, about=about, what=what, mend=mend)


def _sound(about: str, what: str) -> Finding:
    return Finding(level=SOUND, about=about, what=what)


def _know(about: str, what: str) -> Finding:
    return Finding(level=KNOW, about=about, what=what)


def _file(store: Json) -> Iterator[Finding]:
    if damage := store.get("damage"):
        yield _act("store", f"damaged: {damage}", "start the edge: it puts a snapshot in its place")
    else:
        yield _sound("store", f"{store['path']}, {store['bytes'] // MB} MB")
    for fault in store.get("archives", ()):
        yield _act("archive", fault, MEND_ARCHIVE)
    free = store["free"]
    if free < LOW_SPACE:
        yield _act("disk", f"{free // MB} MB are free", "free space on the store's disk")
    else:
        yield _sound("disk", f"{free // MB} MB are free")
    if store["ballast"]["whole"]:
        yield _sound("ballast", f"{store['ballast']['bytes'] // MB} MB")
    else:
        yield _act(
            "ballast", "it gave way", "free space on the store's disk; the running edge makes it"
        )


def _snapshots(store: Json, now: int) -> Iterator[Finding]:
    snapshots = store["snapshots"]
    if not snapshots:
        yield _act(
            "snapshots", "there is none", "let the edge run for a minute, or taktline backup"
        )
        return
    last = snapshots[-1]
    age = max(now - last["made_at"], 0)
    minutes = age // 60_000_000
    what = f"{len(snapshots)}, the newest {minutes} minutes old with {last['facts']} facts"
    if age > LATE_SNAPSHOT:
        yield _act("snapshots", what, "see the log for why none is made; look at the folder's disk")
    else:
        yield _sound("snapshots", what)


def _moment(at: int, zone: ZoneInfo) -> str:
    return to_datetime(at).astimezone(zone).isoformat(timespec="seconds")


def _restores(store: Json, zone: ZoneInfo) -> Iterator[Finding]:
    for one in store["recoveries"]:
        lost = max(one["known_seq"] - one["seq"], 0)
        what = (
            f"{one['reason']} at {_moment(one['at'], zone)}: back at fact"
            f" {one['seq']}, {lost} facts behind;"
            f" lost from {_moment(one['lost_from'], zone)}; salvaged {one['salvaged']}"
        )
        if one["settled_at"] is None:
            yield _act("restore", what, "let sync answer: then what it holds is taken back")
        elif one["held"]:
            mend = "taktline quarantine list: decide what was made since"
            yield _act("restore", f"{what}; {one['held']} counters wait", mend)
        else:
            yield _know("restore", f"{what}; sync gave back {one['taken_back']}")
        if one["apart"]:
            mend = "say it again of what stands there now"
            said = f"{one['apart']} words of people spoke of counts that came back as others"
            yield _know("restore", f"{said}: audits word_apart; {mend}")
        if one["set_aside"]:
            yield _know("restore", f"set aside: {one['set_aside']}; yours to keep or remove")
    if store["unconfirmed"]:
        yield _act(
            "unconfirmed",
            f"{store['unconfirmed']} facts are not forwarded until sync has answered",
            "mend the way to sync",
        )


def _alarms(store: Json) -> Iterator[Finding]:
    for one in store["alarms"]:
        yield _act(one["code"], one["detail"], one["mend"])


def _sqlite(version: str) -> Finding:
    parts = tuple(int(part) for part in version.split("."))
    mended = parts >= MENDED[0] or any(
        parts[:2] == safe[:2] and parts >= safe for safe in MENDED[1:]
    )
    if mended:
        return _sound("sqlite", version)
    what = f"{version} can damage a log that two connections write; here only one ever does"
    return _know("sqlite", what)


def _link(status: Json) -> Iterator[Finding]:
    link, waiting = status["link"], status["waiting"]
    if link["state"] in {"connected", "off"}:
        yield _sound("sync", f"{link['state']}, waiting facts: {waiting}")
    else:
        what = f"{link['state']}: {link['detail']}; waiting facts: {waiting}"
        yield _act("sync", what, "look at sync, its token, and the network")


def _devices(status: Json) -> Iterator[Finding]:
    for one in status["devices"]:
        if one["state"] == "connected":
            yield _sound(f"device {one['id']}", "connected")
        else:
            what = f"{one['state']}: {one['detail']}"
            yield _act(f"device {one['id']}", what, "look at the machine and its network")
        skew = one["clock_skew_s"]
        if skew is not None and abs(skew) > SKEWED_S:
            yield _act(f"device {one['id']}", f"its clock is {skew:g} s ahead", "set its clock")


def _certificates(status: Json) -> Iterator[Finding]:
    for one in status["certificates"]:
        what = f"{one['subject']} ends in {one['days_left']} days"
        yield _act("certificate", what, "renew it; see taktline certificates")
