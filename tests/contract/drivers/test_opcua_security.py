"""Secured connections against a real server: who is trusted, who signs in, what is refused."""

import datetime
import time
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest
import pytest_asyncio
from asyncua.common.utils import ServiceError
from asyncua.ua.status_codes import StatusCodes
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from plc_drivers.configuration import (
    SECURITY_MODES,
    SECURITY_POLICIES,
    DeviceConfig,
    SecurityConfig,
    TagConfig,
)
from plc_drivers.errors import ConfigInvalid, Unreachable, Untrusted
from plc_drivers.opcua import pki
from plc_drivers.reading import Reading
from tests.contract.drivers.processes import blackhole
from tests.contract.drivers.secured import (
    PASSWORD,
    USER,
    Identity,
    SecuredServer,
    identity,
    now,
    read_once,
    write_user,
)

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("opcua-secured")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[SecuredServer]:
    server = SecuredServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="module")
def proper() -> Identity:
    return identity()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our certificate: making one takes a while."""
    folder = tmp_path_factory.mktemp("own")
    pki.create(folder, now())
    return folder


@pytest.fixture
def folder(own: Path, tmp_path: Path) -> Path:
    """A PKI folder that trusts nobody yet."""
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki" / "own").symlink_to(own / "own")
    return tmp_path / "pki"


@pytest_asyncio.fixture(loop_scope="module")
async def server(running: SecuredServer, proper: Identity) -> SecuredServer:
    running.validates(None)
    if running.shown != proper:
        await running.shows(proper)
    return running


async def read(url: str, pki_folder: Path, **security: object) -> Reading:
    config = DeviceConfig(
        id="press1",
        driver="opcua",
        url=url,
        timeout_ms=3000,
        security=SecurityConfig(pki=pki_folder, **security),  # type: ignore[arg-type]
        tags=(TagConfig(id="good", address="ns=2;s=Good", type="uint16"),),
    )
    return await read_once(config)


def trusted(folder: Path, one: Identity) -> Path:
    (folder / "server.der").write_bytes(one.der)
    pki.trust(folder, str(folder / "server.der"))
    return folder


@pytest.mark.parametrize(("policy", "mode"), list(product(SECURITY_POLICIES, SECURITY_MODES)))
async def test_every_policy_and_mode_reads(
    server: SecuredServer, folder: Path, policy: str, mode: str
) -> None:
    trusted(folder, server.shown)
    assert (await read(server.url(), folder, policy=policy, mode=mode)).value == 7


@pytest.mark.parametrize("mode", SECURITY_MODES)
async def test_a_user_signs_in_with_the_password_of_the_environment(
    server: SecuredServer, folder: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted(folder, server.shown)
    sign_in = {"mode": mode, "user": USER, "password_env": "PRESS1_PASSWORD"}
    monkeypatch.delenv("PRESS1_PASSWORD", raising=False)
    with pytest.raises(ConfigInvalid, match=r"PRESS1_PASSWORD.*not set"):
        await read(server.url(), folder, **sign_in)
    monkeypatch.setenv("PRESS1_PASSWORD", "wrong")
    with pytest.raises(Unreachable, match="BadUserAccessDenied; mend: check user and password"):
        await read(server.url(), folder, **sign_in)
    monkeypatch.setenv("PRESS1_PASSWORD", PASSWORD)
    assert (await read(server.url(), folder, **sign_in)).value == 7


async def test_a_user_signs_in_with_a_certificate(server: SecuredServer, folder: Path) -> None:
    trusted(folder, server.shown)
    certificate, key = write_user(folder)
    sign_in = {"user_certificate": certificate, "user_key": key}
    assert (await read(server.url(), folder, **sign_in)).value == 7
    assert server.users.shown == certificate.read_bytes()
    with pytest.raises(ConfigInvalid, match=r"user_key.*cannot be used"):
        await read(server.url(), folder, **(sign_in | {"user_key": certificate}))


async def test_an_unknown_certificate_is_refused_until_the_command_it_names_is_run(
    server: SecuredServer, folder: Path
) -> None:
    with pytest.raises(Untrusted) as refused:
        await read(server.url(), folder)
    print_ = server.shown.fingerprint
    assert refused.value.fingerprint == print_
    for part in (print_, "CN=PLC", "valid 20", f"certificates trust {print_} --pki {folder}"):
        assert part in str(refused.value)
    assert [one.fingerprint for one in pki.listed(folder, pki.REJECTED)] == [print_]
    pki.trust(folder, print_)
    assert (await read(server.url(), folder)).value == 7
    assert not pki.listed(folder, pki.REJECTED)
    pki.reject(folder, print_)
    with pytest.raises(Untrusted):
        await read(server.url(), folder)


async def test_a_certificate_signed_by_a_trusted_authority_passes_and_no_other(
    server: SecuredServer, folder: Path
) -> None:
    authority = identity(is_authority=True, uri="urn:authority")
    await server.shows(identity(authority=authority))
    trusted(folder, authority)
    assert (await read(server.url(), folder)).value == 7
    await server.shows(identity(authority=identity(is_authority=True, uri="urn:authority")))
    with pytest.raises(Untrusted, match="is not trusted"):
        await read(server.url(), folder)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"days": (-30, -1)}, r"BadCertificateTimeInvalid: .*mend: renew the server's"),
        ({"days": (1, 30)}, r"BadCertificateTimeInvalid: .*mend: renew the server's"),
        ({"uri": "urn:somebody:else"}, "BadCertificateUriInvalid"),
        ({"hosts": ("press2",)}, r"not for host 127.0.0.1 but for press2: .*mend: write the url"),
    ],
)
async def test_a_trusted_certificate_must_be_in_time_and_of_this_server(
    server: SecuredServer, folder: Path, given: dict[str, object], words: str
) -> None:
    await server.shows(identity(**given))  # type: ignore[arg-type]
    trusted(folder, server.shown)
    with pytest.raises(Untrusted, match=words):
        await read(server.url(), folder)


async def test_a_revoked_certificate_is_refused(server: SecuredServer, folder: Path) -> None:
    authority = identity(is_authority=True, uri="urn:authority")
    await server.shows(identity(authority=authority))
    trusted(folder, authority)
    today = datetime.datetime.now(datetime.UTC)
    serial = server.shown.certificate.serial_number
    entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(today).build()
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.certificate.subject)
    builder = builder.last_update(today).next_update(today + datetime.timedelta(days=1))
    (folder / "crl").mkdir()
    content = builder.add_revoked_certificate(entry).sign(authority.key, hashes.SHA256())
    (folder / "crl" / "authority.crl").write_bytes(content.public_bytes(Encoding.PEM))
    with pytest.raises(Untrusted, match="BadCertificateRevoked"):
        await read(server.url(), folder)


async def test_a_server_that_does_not_trust_us_is_named(
    server: SecuredServer, folder: Path
) -> None:
    async def nobody(*_: object) -> None:
        raise ServiceError(StatusCodes.BadCertificateUntrusted)

    trusted(folder, server.shown)
    server.validates(nobody)
    with pytest.raises(Unreachable, match="BadCertificateUntrusted; mend: trust our certificate"):
        await read(server.url(), folder)


async def test_our_certificate_is_made_by_the_first_connection(
    server: SecuredServer, tmp_path: Path
) -> None:
    trusted(tmp_path, server.shown)
    assert (await read(server.url(), tmp_path)).value == 7
    mine = pki.own(tmp_path)
    assert mine is not None
    assert pki.key_of(mine).stat().st_mode & 0o777 == 0o600
    assert (await read(server.url(), tmp_path)).value == 7
    assert pki.listed(tmp_path, pki.OWN) == (mine,)


async def test_a_port_that_never_answers_is_told_in_time(folder: Path) -> None:
    with blackhole("opcua") as url:
        started = time.monotonic()
        with pytest.raises(Unreachable, match="no answer within 3 s"):
            await read(url, folder)
        assert time.monotonic() - started < 6
