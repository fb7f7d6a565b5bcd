"""A run's own copy of the example: free ports, fresh tokens, nothing shared with another run."""

import hashlib
import re
import secrets
import shutil
import socket
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.demo.errors import DemoInvalid

ENDPOINT = re.compile(r"(127\.0\.0\.1:)(\d+)")
EDGE_TOKEN = "TAKTLINE_SYNC_TOKEN"
# Below the range that systems hand out to clients, so that no connection of the
# run itself can take the port of a process that is just being started again.
PORTS = range(20_000, 30_000)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A run's files and addresses; `tokens` by principal of `company.toml`."""

    directory: Path
    edge_url: str
    sync_url: str
    edge_token_env: str
    edge_token: str
    tokens: Mapping[str, str]

    @property
    def plant(self) -> Path:
        return self.directory / "plant.toml"

    @property
    def company(self) -> Path:
        return self.directory / "company.toml"

    @property
    def scenario(self) -> Path:
        return self.directory / "scenario.toml"

    @property
    def shift(self) -> Path:
        return self.directory / "shift.toml"

    @property
    def books(self) -> Path:
        return self.directory / "erp.sqlite"

    @property
    def truth(self) -> Path:
        return self.directory / "truth.sqlite"


def prepare(example: Path, directory: Path) -> Site:
    """Copy `example` into the empty folder `directory` and make it this run's own.

    Raises DemoInvalid if the example lacks a file or the folder holds something.
    """
    missing = [n for n in ("plant.toml", "company.toml", "scenario.toml", "erp.toml")
               if not (example / n).is_file()]  # fmt: skip
    if missing:
        raise DemoInvalid(f"example {example}: lacks {', '.join(missing)}; name another: --example")
    try:
        if directory.exists() and any(directory.iterdir()):
            raise DemoInvalid(f"run directory {directory} is not empty; name a new one: --run-dir")
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=directory) as aside:
            # Made aside and then moved: whoever watches the folder never reads a port or a
            # token of the example.
            tokens = _make_own(example, Path(aside) / "files")
            for made in (Path(aside) / "files").iterdir():
                made.rename(directory / made.name)
    except (OSError, shutil.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise DemoInvalid(
            f"run directory {directory}: {why}; name a new one that you may write: --run-dir"
        ) from error
    return _site(directory, tokens)


def _make_own(example: Path, directory: Path) -> dict[str, str]:
    """A copy of the example with ports and tokens of its own; its tokens by principal."""
    shutil.copytree(example, directory)
    _replace_ports(directory)
    tokens = _replace_tokens(directory / "company.toml")
    _join_sync(directory / "plant.toml", _sync_url(_load(directory / "company.toml")))
    return tokens


def _sync_url(company: Mapping[str, Any]) -> str:
    return f"http://{_key(company, 'api', 'listen')}"


def _site(directory: Path, tokens: Mapping[str, str]) -> Site:
    company, plant = _load(directory / "company.toml"), _load(directory / "plant.toml")
    return Site(
        directory=directory,
        edge_url=f"http://{_key(plant, 'api', 'listen')}",
        sync_url=_sync_url(company),
        edge_token_env=str(_key(plant, "sync", "token_env")),
        edge_token=_edge_token(company, tokens),
        tokens=tokens,
    )


def free_ports(count: int) -> list[int]:
    """Ports on which nobody listens now."""
    found: list[int] = []
    while len(found) < count:
        port = secrets.choice(PORTS)
        if port not in found and _is_free(port):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _replace_ports(directory: Path) -> None:
    """The same free port for the same port of the example, in all files."""
    texts = {path: path.read_text(encoding="utf-8") for path in directory.rglob("*.toml")}
    ports = sorted({found[2] for text in texts.values() for found in ENDPOINT.finditer(text)})
    new = dict(zip(ports, free_ports(len(ports)), strict=True))
    for path, text in texts.items():
        replaced = ENDPOINT.sub(lambda found: f"{found[1]}{new[found[2]]}", text)
        path.write_text(replaced, encoding="utf-8")


def _replace_tokens(path: Path) -> dict[str, str]:
    text, tokens = path.read_text(encoding="utf-8"), {}
    for principal in _load(path).get("principal", []):
        name, old = str(principal["name"]), str(principal["token_sha256"])
        if text.count(old) != 1:
            raise DemoInvalid(f"{path}: token_sha256 of {name!r} must be unlike all others")
        tokens[name] = secrets.token_urlsafe(32)
        text = text.replace(old, hashlib.sha256(tokens[name].encode()).hexdigest())
    path.write_text(text, encoding="utf-8")
    return tokens


def _edge_token(company: Mapping[str, Any], tokens: Mapping[str, str]) -> str:
    for principal in company["principal"]:
        if any(str(scope).startswith("edge:") for scope in principal["scopes"]):
            return tokens[principal["name"]]
    raise DemoInvalid("company.toml: no principal has the scope of an edge; add one")


def _join_sync(path: Path, url: str) -> None:
    """An edge alone becomes one with a sync service."""
    if "sync" in _load(path):
        return
    with path.open("a", encoding="utf-8") as plant:
        plant.write(f'\n[sync]\nurl = "{url}"\ntoken_env = "{EDGE_TOKEN}"\n')


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DemoInvalid(f"{path}: {error}") from error


def _key(document: Mapping[str, Any], table: str, key: str) -> str:
    try:
        return str(document[table][key])
    except (KeyError, TypeError):
        raise DemoInvalid(f"the example has no [{table}] {key}; add it") from None
