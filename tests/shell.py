"""Commands as a person types them, each in a process of its own, forked from one that has already read the code.

Reading the code takes longer than most commands. `python -m tests.shell` is that first process: it takes a command a
line as JSON, runs it in a child with streams, environment and folder of its own, and answers with the exit code.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from directory.cli import main

ROOT = Path(__file__).resolve().parent.parent


def run(data_dir: Path, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    """Run `python -m directory …` over a data directory."""
    environ = {"DIRECTORY_SECRET_KEY": "for tests"} | os.environ
    environ |= {"DIRECTORY_DATA_DIR": str(data_dir), "DIRECTORY_DATABASE_URL": url}
    server = _server()
    assert server.stdin and server.stdout
    with tempfile.TemporaryDirectory() as folder:
        streams = [str(Path(folder) / name) for name in ("stdout", "stderr")]
        command = {"arguments": arguments, "environ": environ, "streams": streams}
        server.stdin.write(json.dumps(command) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        out, err = (Path(path).read_text(encoding="utf-8") for path in streams)
    return subprocess.CompletedProcess([*arguments], code, out, err)


@cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.shell"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    atexit.register(server.kill)
    return server


def _serve() -> None:
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        command = json.loads(line)
        child = os.fork()
        if not child:
            _run(command)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def _run(command: Mapping[str, Any]) -> None:
    """Run a command as the interpreter would, and end this process with its exit code."""
    os.environ.clear()
    os.environ.update(command["environ"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, path in enumerate(command["streams"], 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    code: Any = 0
    try:
        main(args=command["arguments"], prog_name="cso-directory")
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    _serve()
