"""A real OPC UA server with every security policy, whose certificate a test may change."""

import datetime
import ipaddress
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from asyncua import ua
from asyncua.crypto import cert_gen
from asyncua.crypto.cert_gen import generate_private_key
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.user_managers import UserManager
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from plc_drivers.configuration import DeviceConfig
from plc_drivers.opcua.driver import OpcuaDriver
from plc_drivers.reading import Reading
from simulators.opcua.standard_space import new_server

URI = "urn:taktline:secured"
USER, PASSWORD = "anna", "secret"
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Identity:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def now() -> int:
    """Microseconds UTC."""
    return time.time_ns() // 1000


async def read_once(config: DeviceConfig) -> Reading:
    """The one tag of a device, over a connection of its own."""
    driver = OpcuaDriver(config, now)
    try:
        await driver.connect()
        (reading,) = await driver.poll()
    finally:
        await driver.close()
    return reading


def identity(
    *,
    hosts: Sequence[str] = ("127.0.0.1",),
    uri: str = URI,
    days: tuple[int, int] = (-1, 365),
    authority: "Identity | None" = None,
    is_authority: bool = False,
) -> Identity:
    """A certificate as a controller may have it: no authority of its own, unless told."""
    key = generate_private_key()
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "authority" if is_authority else "PLC")]
    )
    now = datetime.datetime.now(datetime.UTC)
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri)]
    for host in hosts:
        numeric = host.replace(".", "").isdigit()
        names.append(x509.IPAddress(ipaddress.ip_address(host)) if numeric else x509.DNSName(host))
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"), True
    )
    others = dict.fromkeys(("key_agreement", "encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(authority.certificate.subject if authority else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * DAY)
        .not_valid_after(now + days[1] * DAY)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(**usage, **others, key_cert_sign=is_authority, crl_sign=is_authority),
            critical=False,
        )
        .add_extension(
            x509.ExtendedKeyUsage(
                [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
            ),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if authority:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
        builder = builder.add_extension(issuer, critical=False)
    signer = authority.key if authority else key
    return Identity(builder.sign(signer, hashes.SHA256()), key)


class Users(UserManager):
    """One user with a password, and everybody without one.

    `shown` is the certificate of the last one who signed in: the user's, else the channel's.
    """

    shown: bytes | None = None

    def get_user(
        self,
        iserver: object,
        username: str | None = None,
        password: str | None = None,
        certificate: bytes | None = None,
    ) -> User | None:
        self.shown = certificate
        if username is not None:
            return User(role=UserRole.User) if (username, password) == (USER, PASSWORD) else None
        return User(role=UserRole.User)


@dataclass
class SecuredServer:
    """Listens on one port; `shows` gives it another certificate while it runs."""

    shown: Identity = field(default_factory=identity)
    users: Users = field(default_factory=Users)

    async def start(self) -> None:
        self._server = new_server(self.users)
        await self._server.init()
        self._server.set_endpoint("opc.tcp://127.0.0.1:0")
        await self._server.set_application_uri(URI)
        await self._server.register_namespace("urn:taktline:contract")
        await self._server.nodes.objects.add_variable(
            ua.NodeId(ua.String("Good"), ua.Int16(2)), "Good", ua.Variant(7, ua.VariantType.UInt16)
        )
        self._set(self.shown)
        await self._server.start()
        assert self._server.bserver is not None
        self.port = int(self._server.bserver._server.sockets[0].getsockname()[1])  # type: ignore[union-attr]

    async def shows(self, shown: Identity) -> None:
        """From the next connection on."""
        self.shown = shown
        self._set(shown)
        self._server.iserver.endpoints.clear()
        self._server._policies.clear()
        await self._server._setup_server_nodes()
        assert self._server.bserver is not None
        self._server.bserver.set_policies(self._server._policies)

    def validates(self, validator: object) -> None:
        """Judge clients by this validator; None: all are welcome."""
        self._server.iserver.certificate_validator = validator  # type: ignore[assignment]

    async def stop(self) -> None:
        await self._server.stop()

    def url(self, host: str = "127.0.0.1") -> str:
        return f"opc.tcp://{host}:{self.port}"

    def _set(self, shown: Identity) -> None:
        self._server.iserver.certificate = shown.certificate
        self._server.iserver.private_key = shown.key


def write_user(folder: Path) -> tuple[Path, Path]:
    """A user's certificate and key as files."""
    user = identity(uri="urn:anna", hosts=("localhost",))
    certificate, key = folder / "user.der", folder / "user.pem"
    certificate.write_bytes(user.der)
    key.write_bytes(cert_gen.dump_private_key_as_pem(user.key))
    return certificate, key
