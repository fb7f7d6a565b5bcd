"""Lets clients into an OPC UA server as the scenario says: policies, certificates and users."""

import asyncio
from pathlib import Path

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.internal_server import InternalServer
from asyncua.server.server import Server
from asyncua.server.user_managers import UserManager
from asyncua.ua.status_codes import StatusCodes
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from simulators.access import NO_POLICY, Access
from simulators.blueprint import MachineSpec
from simulators.opcua.identity import application_uri, own_identity, trusted_in


async def secure(server: Server, spec: MachineSpec) -> str:
    """Before the server starts; answers the fingerprint of its certificate, "" without one.

    Raises IdentityUnusable.
    """
    access = spec.access
    await server.set_application_uri(application_uri(spec.id))
    server.set_security_policy(_policies(access))
    server.allow_remote_admin(False)
    if access.accounts:
        server.iserver.set_user_manager(Users(access))
        tokens = [ua.UserNameIdentityToken]
        server.set_identity_tokens([ua.AnonymousIdentityToken, *tokens][not access.anonymous :])
    if access.trusted:
        server.set_certificate_validator(OnlyTrusted(access.trusted).validate)
    if not access.is_secured:
        return ""
    # A key takes a moment to be found; the other machines need not wait for it.
    identity = await asyncio.to_thread(own_identity, access.certificates, spec.id, spec.host)
    server.iserver.certificate, server.iserver.private_key = identity.certificate, identity.key
    return identity.fingerprint


class Users(UserManager):
    """Those of the scenario, and nobody if that is allowed; none of them is an administrator."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def get_user(
        self,
        iserver: InternalServer,
        username: str | None = None,
        password: str | None = None,
        certificate: bytes | None = None,
    ) -> User | None:
        if username is None:
            admitted = self._access.anonymous
        else:
            admitted = self._access.admits(username, password or "")
        return User(role=UserRole.User, name=username) if admitted else None


class OnlyTrusted:
    """Lets in clients whose certificate lies in a folder, which is looked at each time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def validate(
        self, certificate: x509.Certificate, _application: ua.ApplicationDescription
    ) -> None:
        if certificate.public_bytes(Encoding.DER) not in trusted_in(self._folder):
            raise ServiceError(StatusCodes.BadCertificateUntrusted)


def _policies(access: Access) -> list[ua.SecurityPolicyType]:
    names = [
        "NoSecurity" if policy == NO_POLICY else f"{policy}_{mode}"
        for policy in access.policies
        for mode in (("",) if policy == NO_POLICY else ("Sign", "SignAndEncrypt"))
    ]
    return [ua.SecurityPolicyType[name] for name in names]
