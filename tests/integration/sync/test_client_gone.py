"""A client that is killed in the middle of a request is no fault of the sync service."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

from tests.contract.sync.tokens import token_of
from tests.integration.sync.running import running, write_config

HEAD = (
    "POST /api/v1/edges/e1/facts HTTP/1.1\r\nHost: sync\r\nContent-Type: application/json\r\n"
    "Authorization: Bearer {token}\r\nContent-Length: 1000\r\n\r\n"
)


def test_half_a_request_is_not_told_as_a_failure(tmp_path: Path) -> None:
    with running(write_config(tmp_path)) as sync:
        where = urlsplit(sync.url)
        with socket.create_connection((where.hostname, where.port)) as half:
            half.sendall(HEAD.format(token=token_of("edge")).encode() + b'{"epoch": 1, "fa')
        with sync.client("edge") as http:
            hello = {"store_id": "a", "epoch": 1, "last_seq": 0, "last_hash": "", "version": "1"}
            assert http.post("edges/e1/hello", json=hello).status_code == 200
        sync.process.terminate()
        assert sync.process.wait(10) == 0
    assert any("client_gone" in line for line in sync.log)
    assert not any('"error"' in line for line in sync.log)
