"""company.toml: strict, and every fault at once."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from erp_sync.config import load_config, parse_config
from erp_sync.errors import ConfigInvalid

HASH = "a" * 64
VALID = f"""
format = "taktline.company/1"
[site]
id = "s1"
timezone = "Europe/Berlin"
[store]
url = "sqlite:///data/sync.sqlite"
[api]
listen = "[::1]:0"
[[principal]]
name = "erp"
token_sha256 = "{HASH}"
scopes = ["plan:write", "edge:e1"]
[[edge]]
id = "e1"
"""
SAMPLE = Path(__file__).parents[3] / "examples/hardware_plant/company.toml"


def parsed(**changes: Any) -> Any:
    content = tomllib.loads(VALID)
    for place, value in changes.items():
        table, _, key = place.partition("__")
        if key:
            target = content[table][0] if isinstance(content[table], list) else content[table]
            target[key] = value
        else:
            content[table] = value
    return parse_config(content, Path("/plant/company.toml"))


def places(**changes: Any) -> list[str]:
    with pytest.raises(ConfigInvalid) as refused:
        parsed(**changes)
    assert all(fault.message and fault.mend for fault in refused.value.faults)
    return [fault.place for fault in refused.value.faults]


def test_a_valid_file() -> None:
    config = parsed()
    assert config.store_url == "sqlite:////plant/data/sync.sqlite"
    assert (config.host, config.port, config.edges) == ("::1", 0, frozenset({"e1"}))


def test_the_sample_is_valid() -> None:
    assert load_config(SAMPLE).edges == {"e1"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"format": "taktline.company/2"}, "format"),
        ({"colour": "red"}, "colour"),
        ({"site__timezone": "Europe/Berlim"}, "site.timezone"),
        ({"site__timezone": "../etc"}, "site.timezone"),
        ({"site__id": 7}, "site.id"),
        ({"store__url": "sqlite://"}, "store.url"),
        ({"store__url": "mysql://x/y"}, "store.url"),
        ({"store__url": "no url"}, "store.url"),
        ({"api__listen": "8080"}, "api.listen"),
        ({"api__listen": "x:99999"}, "api.listen"),
        ({"principal__token_sha256": "secret"}, "principal[0].token_sha256"),
        ({"principal__scopes": []}, "principal[0].scopes"),
        ({"principal__scopes": ["plan:read"]}, "principal[0].scopes"),
        ({"principal__scopes": ["edge:e2"]}, "principal[0].scopes"),
        ({"edge": [{"id": "e1"}, {"id": "e1"}]}, "edge[0].id"),
    ],
)
def test_a_fault_is_named_by_its_key(changes: dict[str, Any], place: str) -> None:
    assert place in places(**changes)


def test_all_faults_are_named_at_once() -> None:
    found = places(colour="red", site__timezone="x", store__url="x", api__listen="x")
    assert found == ["colour", "site.timezone", "store.url", "api.listen"]


@pytest.mark.parametrize("content", [b"[site", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "company.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigInvalid, match="is not TOML"):
        load_config(path)


def test_a_database_whose_driver_is_not_installed_is_named_without_its_password() -> None:
    with pytest.raises(ConfigInvalid) as refused:
        parsed(store__url="postgresql+pg8000://u:secret@h/x")
    [fault] = refused.value.faults
    assert (fault.place, "psycopg" in fault.mend) == ("store.url", True)
    assert "secret" not in str(refused.value)
