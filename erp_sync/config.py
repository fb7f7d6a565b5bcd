"""`company.toml`: strictly validated, every fault at once by key, value and mend."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from edge.domain.faults import Fault
from erp_sync.errors import ConfigInvalid
from erp_sync.masterdata.documents import Id
from erp_sync.masterdata.faults import faults_of
from erp_sync.principals import EDGE_PREFIX, SCOPES, Principal

PAGE = "docs/sync.md"
BACKENDS = ("sqlite", "postgresql")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Site(_Table):
    id: Id
    timezone: StrictStr


class _Store(_Table):
    url: StrictStr


class _Api(_Table):
    listen: StrictStr = "127.0.0.1:8080"


class _Principal(_Table):
    name: Id
    token_sha256: Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]
    scopes: Annotated[list[StrictStr], Field(min_length=1)]


class _Edge(_Table):
    id: Id


class _File(_Table):
    format: Literal["taktline.company/1"]
    site: _Site
    store: _Store
    api: _Api = _Api()
    principal: list[_Principal] = []
    edge: list[_Edge] = []


@dataclass(frozen=True)
class CompanyConfig:
    """What the sync service runs with; `store_url` is absolute, port 0 is any free one."""

    site_id: str
    zone: ZoneInfo
    store_url: str
    host: str
    port: int
    principals: tuple[Principal, ...]
    edges: frozenset[str]


def load_config(path: Path) -> CompanyConfig:
    """Read `company.toml`; raises ConfigInvalid with every fault."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        mend = "name a company.toml that you may read"
        faults = [Fault("", "", f"cannot be read: {error.strerror or error}", mend)]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults = [Fault("", "", f"is not TOML: {error}", "mend that place")]
    else:
        return parse_config(content, path)
    raise ConfigInvalid(str(path), faults)


def parse_config(content: dict[str, Any], path: Path) -> CompanyConfig:
    """The configuration of a file's content; relative paths are seen from its folder."""
    try:
        file = _File.model_validate(content)
    except ValidationError as error:
        # What can be judged beside the broken fields is judged too.
        faults = faults_of(error, see=PAGE) + _loose_faults(content)
        raise ConfigInvalid(str(path), faults) from error
    if faults := _faults(file):
        raise ConfigInvalid(str(path), faults)
    host, port = _address(file.api.listen) or ("", 0)
    return CompanyConfig(
        site_id=file.site.id,
        zone=ZoneInfo(file.site.timezone),
        store_url=_absolute(file.store.url, path.parent),
        host=host,
        port=port,
        principals=tuple(
            Principal(one.name, one.token_sha256, frozenset(one.scopes)) for one in file.principal
        ),
        edges=frozenset(one.id for one in file.edge),
    )


def _loose_faults(content: dict[str, Any]) -> list[Fault]:
    site, store, api = (_table(content, name) for name in ("site", "store", "api"))
    faults = []
    if isinstance(zone := site.get("timezone"), str):
        faults += _zone_faults(zone)
    if isinstance(url := store.get("url"), str):
        faults += _url_faults(url)
    if isinstance(listen := api.get("listen"), str):
        faults += _listen_faults(listen)
    return faults


def _table(content: dict[str, Any], name: str) -> dict[str, Any]:
    table = content.get(name)
    return table if isinstance(table, dict) else {}


def _faults(file: _File) -> list[Fault]:
    return [
        *_zone_faults(file.site.timezone),
        *_url_faults(file.store.url),
        *_listen_faults(file.api.listen),
        *_twice("principal", "name", [one.name for one in file.principal]),
        *_twice("principal", "token_sha256", [one.token_sha256 for one in file.principal]),
        *_twice("edge", "id", [one.id for one in file.edge]),
        *_scope_faults(file),
    ]


def _zone_faults(name: str) -> list[Fault]:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        mend = "write a name of the IANA list, for example Europe/Berlin"
        return [Fault("site.timezone", name, "is not a time zone", mend)]
    return []


def _url_faults(url: str) -> list[Fault]:
    mend = "write sqlite:///sync.db or postgresql+psycopg://user@host/name"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return [Fault("store.url", url, "is not a database URL", mend)]
    if parsed.get_backend_name() not in BACKENDS:
        return [Fault("store.url", url, "is of a database that is not supported", mend)]
    if parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"}:
        return [Fault("store.url", url, "names no file; facts must last", mend)]
    try:
        parsed.get_dialect().import_dbapi()
    except (ImportError, ArgumentError) as error:
        mend = "install its driver (psycopg), and write postgresql+psycopg://user@host/name"
        # Not the url itself, which may hold a password.
        return [Fault("store.url", parsed.render_as_string(), f"has no driver: {error}", mend)]
    return []


def _listen_faults(listen: str) -> list[Fault]:
    if _address(listen):
        return []
    mend = "write HOST:PORT, for example 127.0.0.1:8080"
    return [Fault("api.listen", listen, "is not an address", mend)]


def _address(listen: str) -> tuple[str, int] | None:
    host, colon, port = listen.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and int(port) < 65536):
        return None
    return host.strip("[]"), int(port)


def _twice(table: str, key: str, values: list[str]) -> list[Fault]:
    counts = Counter(values)
    return [
        Fault(f"{table}[{at}].{key}", value, "is there twice", "give each its own")
        for at, value in enumerate(values)
        if counts[value] > 1
    ]


def _scope_faults(file: _File) -> list[Fault]:
    edges = {EDGE_PREFIX + one.id for one in file.edge}
    known = {*SCOPES, *edges}
    listed = ", ".join(sorted(known))
    return [
        Fault(f"principal[{at}].scopes", scope, "is not a scope", f"write one of {listed}")
        for at, one in enumerate(file.principal)
        for scope in one.scopes
        if scope not in known
    ]


def _absolute(url: str, folder: Path) -> str:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database is None:
        return url
    path = (folder.resolve() / parsed.database).as_posix()
    return parsed.set(database=path).render_as_string(hide_password=False)
