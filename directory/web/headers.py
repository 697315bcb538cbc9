"""What every answer says to a browser, static files and refusals too; and the refusal of hosts that are not ours."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from directory.settings import Settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
}
_OPEN_DATA = ("/api/", "/export/", "/hsds/", "/openapi.json")
"""What pages of others may read; everything else is embedded nowhere."""
_HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE)
_YEAR_S = 31_536_000


def bind(app: Flask) -> None:
    """Put both around an application and its static files."""
    settings: Settings = app.extensions["directory.settings"]
    inner = OwnHosts(app.wsgi_app, settings.trusted_hosts)
    app.wsgi_app = SafeHeaders(inner, is_https=settings.base_url.startswith("https://"))  # type: ignore[method-assign]


class SafeHeaders:
    """Adds to each answer what it does not say itself."""

    def __init__(self, app: WSGIApplication, *, is_https: bool) -> None:
        self._app = app
        self._is_https = is_https

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the headers added."""
        is_open = environ.get("PATH_INFO", "").startswith(_OPEN_DATA)

        def start(status: str, given: list[tuple[str, str]], *rest: Any) -> Any:
            headers = Headers(given)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_open else "same-origin")
            if self._is_https or environ.get("wsgi.url_scheme") == "https":
                headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR_S}; includeSubDomains")
            return start_response(status, headers.to_wsgi_list(), *rest)

        return self._app(environ, start)


class OwnHosts:
    """Answers to the names of this installation only, IPv6 addresses too, in whatever way they are written."""

    def __init__(self, app: WSGIApplication, hosts: Iterable[str]) -> None:
        self._app = app
        names = [(host.startswith("."), _plain(_without_port(host.lstrip(".")))) for host in hosts]
        self._names = {name for is_ending, name in names if not is_ending}
        self._endings = tuple(f".{name}" for is_ending, name in names if is_ending)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on, or answer 400."""
        host = environ.get("HTTP_HOST", "")
        name = _plain(_without_port(host)) if _HOST.fullmatch(host) else ""
        if name in self._names or (self._endings and f".{name}".endswith(self._endings)):
            return self._app(environ, start_response)
        refusal = Response("This host is not served here.\n", 400, content_type="text/plain; charset=utf-8")
        return refusal(environ, start_response)


def _without_port(host: str) -> str:
    return re.sub(r":[0-9]+$", "", host) if host.endswith("]") or host.count(":") == 1 or "]:" in host else host


def _plain(host: str) -> str:
    """A host as networks write it, in lower case; of an IPv6 address the one shortest way."""
    name = host.strip("[]").lower().rstrip(".")
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
