"""Whose word about an address counts: so many proxies, or those of named networks, and no other."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import time
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")
_WARN_EVERY_S = 86_400
UNNAMED_PROXY = "proxy.unnamed"
"""The file of the data directory whose time says when a proxy was seen last that nobody named."""
_log = logging.getLogger(__name__)


def networks(text: str) -> tuple[Network, ...]:
    """`10.0.0.0/8,fd00::/8` as networks. Raises ValueError."""
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def believe(app: Flask, proxies: int | tuple[Network, ...], data_dir: Path) -> None:
    """Believe X-Forwarded-* of as many proxies, or of those networks, and of no more."""
    inner = app.wsgi_app
    if not proxies:
        app.wsgi_app = NoProxy(inner, data_dir / UNNAMED_PROXY)  # type: ignore[method-assign]
    elif isinstance(proxies, int):
        app.wsgi_app = ProxyFix(inner, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    else:
        app.wsgi_app = KnownProxies(inner, proxies)  # type: ignore[method-assign]


class KnownProxies:
    """Takes client, scheme and host from a request that a known proxy passes on.

    The client is the last address of X-Forwarded-For that is no known proxy: what stands before it, anybody may write.
    """

    def __init__(self, app: WSGIApplication, known: tuple[Network, ...]) -> None:
        self._app = app
        self._known = known

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on with what is known of it."""
        if self._is_known(environ.get("REMOTE_ADDR", "")):
            stops = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
            while len(stops) > 1 and self._is_known(stops[-1]):
                stops.pop()
            if stops and _address(stops[-1]):
                environ["REMOTE_ADDR"] = stops[-1]
            if (scheme := _last(environ, "HTTP_X_FORWARDED_PROTO")) in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
            if host := _last(environ, "HTTP_X_FORWARDED_HOST"):
                environ["HTTP_HOST"] = host
        return self._app(environ, start_response)

    def _is_known(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(address in network for network in self._known)


class NoProxy:
    """Believes nobody, and says once a day that somebody passes requests on."""

    def __init__(self, app: WSGIApplication, marker: Path) -> None:
        self._app = app
        self._marker = marker
        self._warned_at: float | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on as it came."""
        if any(name in environ for name in _FORWARDED):
            self._warn()
        return self._app(environ, start_response)

    def _warn(self) -> None:
        at = time.monotonic()
        if self._warned_at is None or at - self._warned_at > _WARN_EVERY_S:
            self._warned_at = at
            with contextlib.suppress(OSError):  # the warning itself is what matters
                self._marker.touch(mode=0o600)
            _log.warning(
                "a proxy passes requests on, but DIRECTORY_TRUSTED_PROXIES names none: "
                "all who come through it count as one network"
            )


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A listener of both families names IPv4 clients so: ::ffff:10.0.0.1
    return getattr(address, "ipv4_mapped", None) or address


def _last(environ: WSGIEnvironment, name: str) -> str:
    return str(environ.get(name, "")).rpartition(",")[2].strip()
