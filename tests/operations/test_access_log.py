"""The access log: one line of JSON a request, without what was searched, who asked, or the secret of a link."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from directory.operations.logs import DISCRETION
from directory.serve import ACCESS_LOG, AccessLogger


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/es/search", "/es/search"),
        ('/es/"quoted"\nand broken', '/es/"quoted"\nand broken'),
        ("/es/register/d/abcdefghijklmnopqrstuvwxyz/edit", "/es/register/d/…/edit"),
    ],
)
def test_a_line_is_json_and_says_little(tmp_path: Path, path: str, shown: str) -> None:
    config = Config()
    config.set("accesslog", str(tmp_path / "access.log"))
    config.set("access_log_format", ACCESS_LOG)
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "q=palabrasecreta", "RAW_URI": path,
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "192.0.2.7", "HTTP_USER_AGENT": "Agent",
    }  # fmt: skip
    response = SimpleNamespace(status="200 OK", sent=1234, headers=[("ETag", '"x"')])
    log = AccessLogger(config)
    DISCRETION.learn(["/es/register/d/<token>"])
    log.access(response, SimpleNamespace(headers=[]), environ, timedelta(seconds=1, microseconds=2_500))
    lines = (tmp_path / "access.log").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1
    said = json.loads(lines[0])
    assert said.pop("at")
    assert said == {"id": "-", "method": "GET", "path": shown, "status": 200, "bytes": "1234", "seconds": 1.0025}
