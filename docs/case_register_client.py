"""An example client for a national case register: send a referral, follow it, close it.

It needs Python and nothing else. Give it the token that the consulate made under “Keys”:

    export DIRECTORY_URL=https://directory.example.org
    export DIRECTORY_TOKEN=cso_…
    python docs/case_register_client.py refer casa-ejemplo shelter 12-17 today --agreed --case my-opaque-id-0001
    python docs/case_register_client.py state my-opaque-id-0001
    python docs/case_register_client.py close my-opaque-id-0001 helped

The register keeps the person's name; the directory never learns it. `case` is an id of the register that tells
nobody who it is (at least eight letters, digits, `.`, `_`, `:` or `-`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

Send = Callable[[str, str, dict[str, str], "bytes | None"], "tuple[int, bytes]"]
"""Method, address, headers and body in; status and body out."""


class Refused(Exception):
    """The directory said no: `status` and what it says in `detail`."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail


def send_by_http(method: str, url: str, headers: dict[str, str], body: bytes | None) -> tuple[int, bytes]:
    """One request over HTTP."""
    request = Request(url, data=body, headers=headers, method=method)  # noqa: S310  (the address is the operator's)
    try:
        with urlopen(request, timeout=30) as response:  # noqa: S310
            return response.status, response.read()
    except HTTPError as error:
        return error.code, error.read()


class CaseRegister:
    """Referrals of one consulate."""

    def __init__(self, base_url: str, token: str, send: Send = send_by_http) -> None:
        self._root = f"{base_url.rstrip('/')}/api/v1/referrals"
        self._token = token
        self._send = send

    def refer(self, need: dict[str, Any], case: str) -> dict[str, Any]:
        """Send a referral. Sent again for the same case, it acts once: the case is the idempotency key."""
        return self._ask("POST", "", {**need, "external_id": case}, {"Idempotency-Key": case})

    def state(self, case: str) -> dict[str, Any]:
        """Where the referral of a case stands."""
        return self._ask("GET", f"/external:{case}")

    def close(self, case: str, outcome: str) -> dict[str, Any]:
        """Say what became of it: helped, partly, did-not-come, referred-on, not-needed or unknown."""
        return self._ask("POST", f"/external:{case}/close", {"outcome": outcome})

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, more: dict[str, str] | None = None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json", **(more or {})}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        status, answer = self._send(method, self._root + path, headers, data)
        found: dict[str, Any] = json.loads(answer)
        if status >= 400:
            raise Refused(status, str(found.get("detail")))
        return found


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Refer somebody to an organization, without their name.")
    commands = parser.add_subparsers(dest="command", required=True)
    refer = commands.add_parser("refer")
    for name in ("organization", "need", "age_group", "urgency"):
        refer.add_argument(name)
    refer.add_argument("--case", required=True)
    refer.add_argument("--agreed", action="store_true", required=True, help="the person was informed and agreed")
    refer.add_argument("--place")
    refer.add_argument("--message")
    state = commands.add_parser("state")
    state.add_argument("case")
    close = commands.add_parser("close")
    close.add_argument("case")
    close.add_argument("outcome")
    arguments = parser.parse_args()
    register = CaseRegister(os.environ["DIRECTORY_URL"], os.environ["DIRECTORY_TOKEN"])
    try:
        if arguments.command == "refer":
            need = {name: getattr(arguments, name) for name in ("organization", "need", "age_group", "urgency")}
            need |= {name: value for name in ("place", "message") if (value := getattr(arguments, name))}
            found = register.refer({**need, "person_informed_and_agreed": arguments.agreed}, arguments.case)
        elif arguments.command == "state":
            found = register.state(arguments.case)
        else:
            found = register.close(arguments.case, arguments.outcome)
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
