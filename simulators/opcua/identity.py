"""The certificate by which a simulated machine is known, and its key."""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

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

from simulators.errors import IdentityUnusable

# A machine may live in any plant time, so its certificate is never out of date.
VALID = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
KEY_BITS = 2048
USES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
NO_USES = ("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")


@dataclass(frozen=True)
class Identity:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def application_uri(machine: str) -> str:
    """What a machine's server calls itself; its certificate says the same."""
    return f"urn:taktline:simulator:{quote(machine, safe='')}"


def own_identity(folder: Path | None, machine: str, host: str) -> Identity:
    """That of the folder, made and kept there if there is none; without a folder a new one.

    Raises IdentityUnusable.
    """
    if folder is None:
        return make_identity(machine, host)
    try:
        return _kept(folder, machine, host)
    except (OSError, ValueError) as error:
        raise IdentityUnusable(f"{machine}: certificate in {folder}: {error}") from error


def _kept(folder: Path, machine: str, host: str) -> Identity:
    name = quote(machine, safe="")
    certificate, key = folder / f"{name}.der", folder / f"{name}.pem"
    if not (certificate.exists() and key.exists()):
        _keep(make_identity(machine, host), certificate, key)
    loaded = load_pem_private_key(key.read_bytes(), None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise ValueError(f"{key} is no RSA key")
    return Identity(x509.load_der_x509_certificate(certificate.read_bytes()), loaded)


def make_identity(machine: str, host: str) -> Identity:
    """A self-signed certificate as OPC 10000-6, 6.2.2 asks for, of this host and ours."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Simulator {machine}"[:64])])
    uses = dict.fromkeys(USES, True) | dict.fromkeys(NO_USES, False)
    builder = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID[0])
        .not_valid_after(VALID[1])
        .add_extension(_names(machine, host), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**uses), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Identity(builder.sign(key, hashes.SHA256()), key)


def trusted_in(folder: Path) -> set[bytes]:
    """The certificates of a folder as DER; a file that holds none is passed over."""
    return {der for path in folder.iterdir() if path.is_file() for der in _certificates(path)}


def _certificates(path: Path) -> Iterable[bytes]:
    content = path.read_bytes()
    try:
        if content.lstrip().startswith(b"-----"):
            loaded = x509.load_pem_x509_certificates(content)
        else:
            loaded = [x509.load_der_x509_certificate(content)]
    except ValueError:
        return []  # a key, a list of revoked ones, or a note
    return [certificate.public_bytes(Encoding.DER) for certificate in loaded]


def _names(machine: str, host: str) -> x509.SubjectAlternativeName:
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(application_uri(machine))]
    for each in dict.fromkeys((host, "localhost", "127.0.0.1", socket.gethostname())):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(each)))
        except ValueError:
            names.append(x509.DNSName(each))
    return x509.SubjectAlternativeName(names)


def _keep(made: Identity, certificate: Path, key: Path) -> None:
    certificate.parent.mkdir(parents=True, exist_ok=True)
    key.touch(mode=0o600)
    key.write_bytes(made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate.write_bytes(made.certificate.public_bytes(Encoding.DER))
