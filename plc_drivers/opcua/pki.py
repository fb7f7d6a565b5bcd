"""The PKI folder: our own certificate, whom we trust, whom we refused; loads no protocol library.

Plain files, named by the certificate's SHA-256 fingerprint:

    own/FINGERPRINT.der, .pem       our certificate, and its key that only its owner may read
    own/old/                        what was renewed
    trusted/                        certificates of servers, or of authorities that sign them
    rejected/                       certificates of servers that nobody has trusted yet
    crl/                            revocation lists of authorities, if there are any

Files that somebody put there under another name are read too. Times are microseconds UTC.
"""

import ipaddress
import os
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

OWN, TRUSTED, REJECTED, CRL = "own", "trusted", "rejected", "crl"
VALID_DAYS = 730
WARN_DAYS = 30
KEY_BITS = 2048
KEPT_REJECTED = 50  # whoever calls itself by ever new certificates does not fill the disk
_BACKDATED = timedelta(days=1)  # a controller's clock may be behind ours
_SUFFIXES = {".der", ".pem", ".crt", ".cer"}
_DAY_US = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """One certificate of the folder; `place` is own, trusted or rejected."""

    place: str
    file: Path
    fingerprint: str
    subject: str
    uris: tuple[str, ...]
    hosts: tuple[str, ...]
    valid_from: int
    valid_until: int
    der: bytes

    def days_left(self, now: int) -> int:
        """Whole days until it expires; below 0 once it has."""
        return (self.valid_until - now) // _DAY_US


def fingerprint(der: bytes) -> str:
    """SHA-256 over the certificate, as 64 hexadecimal digits."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(der)
    return digest.finalize().hex()


def described(der: bytes, place: str = "", file: Path = Path()) -> Certificate:
    """What a certificate says of itself; ValueError if it is none."""
    cert = x509.load_der_x509_certificate(der)
    names = _alternative_names(cert)
    return Certificate(
        place=place,
        file=file,
        fingerprint=fingerprint(der),
        subject=cert.subject.rfc4514_string(),
        uris=_named(names, x509.UniformResourceIdentifier),
        hosts=_named(names, x509.DNSName, x509.IPAddress),
        valid_from=_micros(cert.not_valid_before_utc),
        valid_until=_micros(cert.not_valid_after_utc),
        der=der,
    )


def listed(pki: Path, *places: str) -> tuple[Certificate, ...]:
    """The certificates of these places (none named: of all three); other files are left out."""
    return tuple(one for place in places or (OWN, TRUSTED, REJECTED) for one in _in(pki, place))


def own(pki: Path) -> Certificate | None:
    """Our certificate: of those with a key the one that was made last."""
    keyed = [one for one in _in(pki, OWN) if key_of(one).is_file()]
    return max(keyed, key=lambda one: (one.valid_from, one.file.stat().st_mtime_ns), default=None)


def key_of(certificate: Certificate) -> Path:
    """Where the key of one of our own certificates lies."""
    return certificate.file.with_suffix(".pem")


def create(
    pki: Path,
    now: int,
    *,
    uri: str = "",
    hosts: Sequence[str] = (),
    days: int = VALID_DAYS,
    key: rsa.RSAPrivateKey | None = None,
) -> Certificate:
    """Make our certificate (self-signed, OPC 10000-6, 6.2.2) and its key, and keep both."""
    host = _printable(socket.gethostname())
    key = key or rsa.generate_private_key(public_exponent=65_537, key_size=KEY_BITS)
    names = [host, *(each for each in hosts if each != host)]
    der = _signed(key, uri or f"urn:{host}:taktline", names, now, days).public_bytes(Encoding.DER)
    file = pki / OWN / f"{fingerprint(der)}.der"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(file.with_suffix(".pem"), private, 0o600)
    _write(file, der, 0o644)
    return described(der, OWN, file)


def renew(pki: Path, now: int, *, new_key: bool = False, days: int = VALID_DAYS) -> Certificate:
    """A new certificate of the same names, and of the same key unless a new one is asked for.

    The old files are kept in own/old. LookupError if there is none to renew.
    """
    old = own(pki)
    if old is None:
        raise LookupError(f"{pki / OWN} holds no certificate with its key; mend: create one")
    key = None if new_key else load_pem_private_key(key_of(old).read_bytes(), None)
    assert key is None or isinstance(key, rsa.RSAPrivateKey)
    made = create(pki, now, uri=next(iter(old.uris), ""), hosts=old.hosts, days=days, key=key)
    for file in (old.file, key_of(old)):
        if file != made.file:
            _move(file, pki / OWN / "old" / file.name)
    return made


def trust(pki: Path, which: str) -> Certificate:
    """Trust a rejected certificate by its fingerprint, or that of a file.

    LookupError if there is none such; ValueError if the file holds no certificate.
    """
    if Path(which).is_file():
        der = _der_of(Path(which))
    else:
        found = _found(pki, which, REJECTED, TRUSTED)
        der = found.der
        if found.place == REJECTED:
            found.file.unlink(missing_ok=True)
    return _keep(pki, TRUSTED, der)


def reject(pki: Path, which: str) -> Certificate:
    """Trust a certificate no more; it is kept in rejected. LookupError if it was not trusted."""
    found = _found(pki, which, TRUSTED)
    kept = _keep(pki, REJECTED, found.der)
    found.file.unlink(missing_ok=True)
    return kept


def refuse(pki: Path, der: bytes) -> Certificate:
    """Keep the certificate of a server that nobody has trusted, for a person to look at."""
    kept = sorted(_in(pki, REJECTED), key=lambda one: one.file.stat().st_mtime_ns)
    if fingerprint(der) not in {one.fingerprint for one in kept}:
        for one in kept[: max(0, len(kept) + 1 - KEPT_REJECTED)]:
            one.file.unlink(missing_ok=True)
    return _keep(pki, REJECTED, der)


def expiring(pki: Path, now: int, within_days: int = WARN_DAYS) -> tuple[Certificate, ...]:
    """Our certificate and those we trust that expire within so many days, or have."""
    mine = own(pki)
    candidates = [*([mine] if mine else []), *_in(pki, TRUSTED)]
    return tuple(one for one in candidates if one.days_left(now) < within_days)


def revoked(pki: Path) -> Iterator[x509.RevokedCertificate]:
    """What the revocation lists of the folder name; ValueError names one that is damaged."""
    folder = pki / CRL
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        content = file.read_bytes()
        load = x509.load_pem_x509_crl if b"-----BEGIN" in content else x509.load_der_x509_crl
        try:
            entries = list(load(content))
        except ValueError as error:
            mend = "copy it again from its authority, or take it away"
            raise ValueError(f"{file} is no revocation list: {error}; mend: {mend}") from error
        yield from entries


def moment(micros: int) -> datetime:
    """A time of a certificate, for people."""
    return _EPOCH + timedelta(microseconds=micros)


def _in(pki: Path, place: str) -> Iterator[Certificate]:
    folder = pki / place
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    for file in files:
        if file.suffix.lower() in _SUFFIXES and file.is_file():
            with suppress(ValueError, OSError):  # a key, or no certificate at all
                yield described(_der_of(file), place, file)


def _found(pki: Path, which: str, *places: str) -> Certificate:
    """The one certificate whose fingerprint begins so, written with or without colons."""
    wanted = which.replace(":", "").replace(" ", "").lower()
    found = {one.fingerprint: one for one in reversed(listed(pki, *places))}
    matching = [one for print_, one in found.items() if wanted and print_.startswith(wanted)]
    if len(matching) != 1:
        count = "more than one certificate" if matching else "no certificate"
        raise LookupError(
            f"{which}: {count} in {' and '.join(places)} of {pki} begins so; "
            "mend: write a fingerprint that taktline certificates list shows, or a file"
        )
    return matching[0]


def _keep(pki: Path, place: str, der: bytes) -> Certificate:
    file = pki / place / f"{fingerprint(der)}.der"
    if not file.is_file():
        _write(file, der, 0o644)
    return described(der, place, file)


def _der_of(file: Path) -> bytes:
    content = file.read_bytes()
    if b"-----BEGIN CERTIFICATE" in content:
        return x509.load_pem_x509_certificate(content).public_bytes(Encoding.DER)
    x509.load_der_x509_certificate(content)
    return content


def _signed(
    key: rsa.RSAPrivateKey, uri: str, hosts: Sequence[str], now: int, days: int
) -> x509.Certificate:
    """As OPC 10000-6, 6.2.2 asks for: the application's URI and hosts, and what the key is for."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Taktline {hosts[0]}"[:64])])
    begin = moment(now)
    alternatives = [x509.UniformResourceIdentifier(uri), *map(_host_name, hosts)]
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=True,
        data_encipherment=True,
        key_agreement=False,
        key_cert_sign=True,  # it signs itself
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - _BACKDATED)
        .not_valid_after(begin + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=False)
        .add_extension(usage, critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _host_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _alternative_names(cert: x509.Certificate) -> Sequence[x509.GeneralName]:
    try:
        return list(cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return []


def _named(names: Sequence[x509.GeneralName], *kinds: type) -> tuple[str, ...]:
    return tuple(str(name.value) for name in names if isinstance(name, kinds))


def _printable(host: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "-", host) or "localhost"


def _micros(when: datetime) -> int:
    return (when - _EPOCH) // timedelta(microseconds=1)


def _write(file: Path, content: bytes, mode: int) -> None:
    """All or nothing, and never readable by others for a moment if the mode says so."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _move(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.replace(to)
