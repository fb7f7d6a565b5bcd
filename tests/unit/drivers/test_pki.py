"""The PKI folder: plain files that people may move about, too."""

import stat
from itertools import count
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from plc_drivers.opcua import pki

DAY = 86_400_000_000
NOW = 1_767_225_600_000_000  # 2026-01-01


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Certificates of others, valid for 1, 2, ... years."""
    folder = tmp_path_factory.mktemp("others")
    key = None
    ders = []
    for years in range(1, 4):
        one = pki.create(folder, NOW, uri=f"urn:plc{years}", days=365 * years, key=key)
        ders.append(one.der)
    return ders


def test_our_own_says_who_and_where_we_are(tmp_path: Path) -> None:
    one = pki.create(tmp_path, NOW, uri="urn:edge:1", hosts=["10.0.0.5", "edge.local"])
    assert one.uris == ("urn:edge:1",)
    assert one.hosts[1:] == ("10.0.0.5", "edge.local")
    assert (one.valid_from, one.days_left(NOW)) == (NOW - DAY, pki.VALID_DAYS)
    assert pki.own(tmp_path) == one
    assert stat.S_IMODE(pki.key_of(one).stat().st_mode) == 0o600
    usage = x509.load_der_x509_certificate(one.der).extensions.get_extension_for_class(
        x509.KeyUsage
    )
    assert usage.value.digital_signature
    assert usage.value.data_encipherment


def test_renewed_it_keeps_its_names_and_its_key_unless_told(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="create one"):
        pki.renew(tmp_path, NOW)
    first = pki.create(tmp_path, NOW, uri="urn:edge:1", hosts=["10.0.0.5"])
    key = pki.key_of(first).read_bytes()
    second = pki.renew(tmp_path, NOW + 700 * DAY)
    assert (second.uris, second.hosts) == (first.uris, first.hosts)
    assert pki.key_of(second).read_bytes() == key
    third = pki.renew(tmp_path, NOW + 700 * DAY, new_key=True)
    assert pki.key_of(third).read_bytes() != key
    assert pki.own(tmp_path) == third
    old = {file.name for file in (tmp_path / "own" / "old").iterdir()}
    assert old == {name.name for one in (first, second) for name in (one.file, pki.key_of(one))}


def test_trust_and_reject_move_a_certificate_by_any_spelling(
    tmp_path: Path, made: list[bytes]
) -> None:
    kept = [pki.refuse(tmp_path, der) for der in made]
    spelled = ":".join(kept[0].fingerprint.upper()[at : at + 2] for at in range(0, 64, 2))
    assert pki.trust(tmp_path, spelled).place == pki.TRUSTED
    assert pki.trust(tmp_path, kept[1].fingerprint[:12]).der == made[1]
    assert {one.der for one in pki.listed(tmp_path, pki.TRUSTED)} == set(made[:2])
    assert [one.der for one in pki.listed(tmp_path, pki.REJECTED)] == made[2:]
    pki.reject(tmp_path, kept[0].fingerprint)
    assert [one.der for one in pki.listed(tmp_path, pki.TRUSTED)] == [made[1]]
    for wrong in ("", "zz", "0" * 64):
        with pytest.raises(LookupError, match="mend"):
            pki.trust(tmp_path, wrong)


def test_a_file_is_trusted_as_der_or_pem_and_nothing_else(
    tmp_path: Path, made: list[bytes]
) -> None:
    pem = tmp_path / "server.pem"
    pem.write_bytes(x509.load_der_x509_certificate(made[0]).public_bytes(Encoding.PEM))
    assert pki.trust(tmp_path, str(pem)).der == made[0]
    pem.write_text("no certificate")
    with pytest.raises(ValueError):
        pki.trust(tmp_path, str(pem))


def test_files_that_people_put_there_are_read_and_others_left_out(
    tmp_path: Path, made: list[bytes]
) -> None:
    folder = tmp_path / "trusted"
    folder.mkdir()
    (folder / "press1.crt").write_bytes(made[0])
    (folder / "notes.txt").write_text("of anna")
    (folder / "broken.der").write_bytes(made[1][:100])
    assert [one.file.name for one in pki.listed(tmp_path)] == ["press1.crt"]


def test_a_damaged_revocation_list_is_named(tmp_path: Path) -> None:
    file = tmp_path / "crl" / "authority.crl"
    file.parent.mkdir()
    file.write_bytes(b"half a list")
    with pytest.raises(ValueError, match=f"{file} is no revocation list: .*; mend: copy it again"):
        list(pki.revoked(tmp_path))


def test_strangers_do_not_fill_the_disk(
    tmp_path: Path, made: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pki, "KEPT_REJECTED", 2)
    for der, _ in zip(made, count(), strict=False):
        pki.refuse(tmp_path, der)
    assert {one.der for one in pki.listed(tmp_path, pki.REJECTED)} == set(made[1:])
    pki.refuse(tmp_path, made[1])
    assert len(pki.listed(tmp_path, pki.REJECTED)) == 2


def test_what_expires_within_30_days_is_named(tmp_path: Path, made: list[bytes]) -> None:
    mine = pki.create(tmp_path, NOW, days=100)
    for der in made[:2]:
        pki.refuse(tmp_path, der)
        pki.trust(tmp_path, pki.fingerprint(der))
    pki.refuse(tmp_path, made[2])

    def named(day: int) -> list[tuple[bytes, int]]:
        at = NOW + day * DAY
        return [(one.der, one.days_left(at)) for one in pki.expiring(tmp_path, at)]

    assert named(70) == []
    assert named(71) == [(mine.der, 29)]
    assert named(340) == [(mine.der, -240), (made[0], 25)]
