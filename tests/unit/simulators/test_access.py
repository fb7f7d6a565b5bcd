"""Who may connect to a simulated machine: passwords, certificates, and what a scenario says."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from simulators.access import Access, Account, digest_of, is_password
from simulators.errors import IdentityUnusable, ScenarioInvalid
from simulators.opcua.identity import application_uri, make_identity, own_identity, trusted_in
from simulators.scenario import load_scenario
from tests.unit.simulators.test_scenario import SMALL, write

OPCUA = (
    SMALL.replace("modbus.tcp:", "opc.tcp:").partition("[[machine.stop]]")[0]
    + 'security = ["None", "Basic256Sha256"]\n'
)


def access_of(directory: Path, more: str) -> Access:
    return load_scenario(write(directory, OPCUA + more)).machines[0].access


def test_a_password_is_kept_as_a_salted_hash() -> None:
    one, other = digest_of("secret"), digest_of("secret")
    assert one != other
    assert "secret" not in one
    assert is_password("secret", one)
    assert not is_password("Secret", one)
    assert not is_password("secret", "secret")


def test_only_the_users_that_are_known_are_admitted() -> None:
    access = Access(accounts=(Account(name="anna", digest=digest_of("secret")),))
    assert access.admits("anna", "secret")
    assert not access.admits("anna", "")
    assert not access.admits("bert", "secret")


def test_all_keys_of_a_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESS_PASSWORD", "from outside")
    (tmp_path / "clients").mkdir()
    access = access_of(
        tmp_path,
        f"""
certificates = "own"
trusted = "clients"
anonymous = false
user = [
    {{ name = "anna", password_hash = "{digest_of("secret")}" }},
    {{ name = "bert", password_env = "PRESS_PASSWORD" }},
]
""",
    )
    assert access.policies == ("None", "Basic256Sha256")
    assert access.is_secured
    assert (access.certificates, access.trusted) == (tmp_path / "own", tmp_path / "clients")
    assert not access.anonymous
    assert access.admits("anna", "secret")
    assert access.admits("bert", "from outside")


@pytest.mark.parametrize(
    ("more", "key", "words"),
    [
        ("anonymous = false", "anonymous", "lets nobody in"),
        ('trusted = "nowhere"', "trusted", "is no folder"),
        ('user = [{ name = "a", password_env = "NO_SUCH" }]', "user[0].password_env", "is not set"),
        ('user = [{ name = "a", password_hash = "x" }]', "user[0].password_hash", "no hash"),
        ('user = [{ name = "a" }]', "user[0].password_hash", "is missing"),
        ('user = [{ name = "a", password = "x", password_hash = "y" }]', "user[0].password", ""),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, more: str, key: str, words: str) -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        access_of(tmp_path, more)
    told = {fault.place: fault.message for fault in refused.value.faults}
    assert words in told[f"machine[0].{key}"]


def test_modbus_has_no_users_and_no_certificates(tmp_path: Path) -> None:
    text = SMALL.replace("boot = 9", 'boot = 9\nsecurity = ["None"]')
    with pytest.raises(ScenarioInvalid, match=r"security .*is not possible on modbus\.tcp"):
        load_scenario(write(tmp_path, text))


def test_a_certificate_is_made_once_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    made = own_identity(folder, "A/1", "press.example")
    again = own_identity(folder, "A/1", "press.example")
    assert again.fingerprint == made.fingerprint
    assert again.key.private_numbers() == made.key.private_numbers()
    assert (folder / "A%2F1.pem").stat().st_mode & 0o777 == 0o600
    names = made.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [application_uri("A/1")]
    assert "press.example" in names.get_values_for_type(x509.DNSName)


def test_a_certificate_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "A.der").write_bytes(b"no certificate")
    (tmp_path / "A.pem").write_bytes(b"no key")
    with pytest.raises(IdentityUnusable, match=f"A: certificate in {tmp_path}"):
        own_identity(tmp_path, "A", "127.0.0.1")


def test_trusted_certificates_in_either_form(tmp_path: Path) -> None:
    one, other = (make_identity(name, "127.0.0.1").certificate for name in ("one", "other"))
    (tmp_path / "one.der").write_bytes(one.public_bytes(Encoding.DER))
    (tmp_path / "other.pem").write_bytes(other.public_bytes(Encoding.PEM))
    (tmp_path / "note.txt").write_text("from the integrator")
    assert trusted_in(tmp_path) == {each.public_bytes(Encoding.DER) for each in (one, other)}
