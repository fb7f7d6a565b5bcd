"""A secured connection: which endpoint, whose certificate, and who signs in.

The server's certificate is judged before anything is encrypted for it, from what GetEndpoints
tells, and the library sees to it that the session comes from the same one (OPC 10000-4, 6.1.3).
"""

import asyncio
import logging
import os
import shlex
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.utils import ServiceError
from asyncua.crypto import security_policies
from asyncua.crypto.truststore import TrustStore
from asyncua.crypto.uacrypto import CertProperties
from asyncua.crypto.validator import CertificateValidator, CertificateValidatorOptions
from asyncua.ua.uaerrors import UaError
from cryptography import x509

from plc_drivers.configuration import SecurityConfig
from plc_drivers.errors import ConfigInvalid, Problem, Unreachable, Untrusted
from plc_drivers.opcua import pki
from plc_drivers.opcua.values import name_of

POLICIES: dict[str, type[security_policies.SecurityPolicy]] = {
    "Basic256Sha256": security_policies.SecurityPolicyBasic256Sha256,
    "Aes128Sha256RsaOaep": security_policies.SecurityPolicyAes128Sha256RsaOaep,
    "Aes256Sha256RsaPss": security_policies.SecurityPolicyAes256Sha256RsaPss,
}
_POLICY_NAMES = {policy.URI: name for name, policy in POLICIES.items()}
_PINNED = CertificateValidatorOptions.TIME_RANGE | CertificateValidatorOptions.URI
_BY_AUTHORITY = CertificateValidatorOptions.TRUSTED_VALIDATION
_CREATING = threading.Lock()
_log = logging.getLogger(__name__)

REFUSALS = {
    "BadUserAccessDenied": "check user and password, and what the server lets that user do",
    "BadIdentityTokenRejected": "check user and password, or the certificate of the user",
    "BadIdentityTokenInvalid": "write a sign-in that the server offers: user, certificate, or none",
    "BadCertificateUntrusted": "trust our certificate on the server",
    "BadCertificateUriInvalid": "make a new certificate: taktline certificates create",
    "BadCertificateTimeInvalid": "set the clocks, or renew: taktline certificates renew",
    "BadSecurityChecksFailed": "trust our certificate on the server",
    "BadSecurityPolicyRejected": "write a policy and a mode that the server offers",
}
"""What to do when a server refuses by one of these status codes."""


class SecuredClient(Client):
    """A client that never sends a password in clear."""

    def _add_user_auth(
        self, params: ua.ActivateSessionParameters, username: str | None, password: str | None
    ) -> None:
        policy = self.server_policy(ua.UserTokenType.UserName).SecurityPolicyUri
        in_clear = policy == security_policies.SecurityPolicyNone.URI
        if in_clear and self.security_policy.Mode != ua.MessageSecurityMode.SignAndEncrypt:
            raise UaError("the server asks for the password in clear; mend: SignAndEncrypt")
        super()._add_user_auth(params, username, password)


async def secure(client: Client, security: SecurityConfig, now: int) -> None:
    """Make a client that has not connected yet secure; talks to the server to know it first.

    ConfigInvalid if something is missing on our side, Unreachable if the server offers no such
    security, Untrusted if a person must look at its certificate.
    """
    mine = await asyncio.to_thread(_own, security.pki, now)
    await _sign_in(client, security)
    endpoint = _chosen(await client.connect_and_get_server_endpoints(), client, security)
    der = _first_of_chain(endpoint.ServerCertificate or b"")
    url = client.server_url.geturl()
    shown = await _judge(der, endpoint.Server, url, security.pki)
    if (days := shown.days_left(now)) < pki.WARN_DAYS:
        _log.warning(
            "%s: the server's certificate expires in %d days: %s", url, days, shown.subject
        )
    client.application_uri = next(iter(mine.uris), client.application_uri)
    await client.set_security(
        POLICIES[security.policy],
        certificate=CertProperties(mine.der, "der"),
        private_key=CertProperties(pki.key_of(mine), "pem"),
        server_certificate=CertProperties(der, "der"),
        mode=ua.MessageSecurityMode[security.mode],
    )


def _own(folder: Path, now: int) -> pki.Certificate:
    """Our certificate; made by the first device that needs it."""
    with _CREATING:
        try:
            return pki.own(folder) or pki.create(folder, now)
        except OSError as error:
            mend = "let the edge write into this folder, or write another one: [edge] pki"
            problem = Problem("security.pki", str(folder), str(error), mend)
            raise ConfigInvalid([problem]) from error


async def _sign_in(client: Client, security: SecurityConfig) -> None:
    if security.user:
        password = os.environ.get(security.password_env)
        if not password:
            message = "holds no password: the environment variable is not set"
            mend = f"set {security.password_env} where the edge is started"
            raise ConfigInvalid(
                [Problem("security.password_env", security.password_env, message, mend)]
            )
        client.set_user(security.user)
        client.set_password(password)
    if security.user_certificate and security.user_key:
        await _loaded("user_certificate", security.user_certificate, client)
        await _loaded("user_key", security.user_key, client)


async def _loaded(key: str, file: Path, client: Client) -> None:
    try:
        kind = "pem" if b"-----BEGIN" in await asyncio.to_thread(file.read_bytes) else "der"
        if key == "user_key":
            await client.load_private_key(file, extension=kind)
        else:
            await client.load_client_certificate(str(file), kind)
    except (OSError, ValueError, TypeError) as error:
        mend = "name a certificate (DER or PEM) and its key (PEM, without a passphrase)"
        problem = Problem(f"security.{key}", str(file), f"cannot be used: {error}", mend)
        raise ConfigInvalid([problem]) from error


def _chosen(
    offered: Sequence[ua.EndpointDescription], client: Client, security: SecurityConfig
) -> ua.EndpointDescription:
    uri, mode = POLICIES[security.policy].URI, ua.MessageSecurityMode[security.mode]
    for one in offered:
        if one.SecurityPolicyUri == uri and one.SecurityMode == mode and one.ServerCertificate:
            return one
    known = [(_POLICY_NAMES.get(one.SecurityPolicyUri), one.SecurityMode) for one in offered]
    usable = sorted({f"{name} {mode.name}" for name, mode in known if name})
    detail = (
        f"the server does not offer {security.policy} {security.mode}; "
        f"mend: {_one_of(usable)} in [device.security]"
    )
    raise Unreachable(client.server_url.geturl(), detail)


def _one_of(usable: Sequence[str]) -> str:
    return f"write one of {', '.join(usable)}" if usable else "let the server offer security"


async def _judge(
    der: bytes, server: ua.ApplicationDescription, url: str, folder: Path
) -> pki.Certificate:
    """What the certificate says; Untrusted unless we trust it, and it is this server's, now."""
    try:
        cert = x509.load_der_x509_certificate(der)
        shown = await asyncio.to_thread(pki.described, der)
    except ValueError as error:
        raise Unreachable(url, f"the server's certificate cannot be read: {error}") from error
    store = await asyncio.to_thread(_Store.of, folder)
    pinned = store.is_pinned(cert)
    if not pinned and not store.is_trusted(cert):
        kept = await asyncio.to_thread(pki.refuse, folder, der)
        command = f"taktline certificates trust {kept.fingerprint} --pki {shlex.quote(str(folder))}"
        mend = f"compare the fingerprint with the one that the server shows, then: {command}"
        raise _untrusted(url, shown, "is not trusted", mend)
    options = (_PINNED if pinned else _BY_AUTHORITY) | CertificateValidatorOptions.PEER_SERVER
    if pinned:  # a person has looked at this very one; what it may be used for is theirs to say
        options |= CertificateValidatorOptions.REVOKED
    try:
        await CertificateValidator(options, store).validate(cert, server)
    except ServiceError as error:
        name = name_of(error.code)
        mend = _MENDS.get(name, "let the server have a proper certificate")
        raise _untrusted(url, shown, f"is not accepted: {name}", mend) from error
    host = (urlsplit(url).hostname or "").lower()
    if host not in {each.lower() for each in shown.hosts}:
        known = ", ".join(shown.hosts) or "no host"
        mend = f"write the url with one of these, or renew the server's certificate for {host}"
        raise _untrusted(url, shown, f"is not for host {host} but for {known}", mend)
    return shown


_MENDS = {
    "BadCertificateTimeInvalid": "renew the server's certificate, or set the clocks",
    "BadCertificateUriInvalid": "renew the server's certificate: it names another application",
    "BadCertificateRevoked": "find out why its authority has revoked it",
    "BadCertificateUseNotAllowed": "let the server have a certificate for servers, or trust it "
    "by its own fingerprint",
}


def _untrusted(url: str, cert: pki.Certificate, what: str, mend: str) -> Untrusted:
    detail = (
        f"the server's certificate {what}: SHA-256 {cert.fingerprint}, {cert.subject}, "
        f"valid {_day(cert.valid_from)} to {_day(cert.valid_until)}"
    )
    return Untrusted(url, detail, fingerprint=cert.fingerprint, subject=cert.subject, mend=mend)


def _day(micros: int) -> str:
    return str(pki.moment(micros).date())


class _Store(TrustStore):
    """The library's store over our folder; trusts a certificate itself, too, as well as by CA.

    The library's own way to find it trusted is by its signature, which needs certificates that
    are their own authority: those of many controllers are not.
    """

    def __init__(self, trusted: Sequence[x509.Certificate]) -> None:
        super().__init__([], [])
        self._trusted = set(trusted)
        self._trust_store = x509.verification.Store(list(trusted)) if trusted else None

    @classmethod
    def of(cls, folder: Path) -> "_Store":
        """With what lies in the folder now; damaged files are left out."""
        ders = [one.der for one in pki.listed(folder, pki.TRUSTED)]
        store = cls([x509.load_der_x509_certificate(der) for der in ders])
        store._revoked_list = list(pki.revoked(folder))
        return store

    def is_pinned(self, certificate: x509.Certificate) -> bool:
        """Whether this very certificate is trusted."""
        return certificate in self._trusted

    def is_trusted(self, certificate: x509.Certificate) -> bool:
        """Whether it, or the authority that signed it, is trusted; time is judged elsewhere."""
        if self.is_pinned(certificate) or self._trust_store is None:
            return self.is_pinned(certificate)
        verifier = self.policy_builder.store(self._trust_store).build_client_verifier()
        try:
            verifier.verify(certificate, [])
        except x509.verification.VerificationError:
            return False
        return True


def _first_of_chain(der: bytes) -> bytes:
    """The server's own certificate; those of its authorities may follow it."""
    return der[: int.from_bytes(der[2:4], "big") + 4] if len(der) > 4 else der
