"""Addresses on the web as people write them."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

MAX_URL = 300


def normal_url(value: str | None) -> str | None:
    """An address as a browser takes it: with a protocol, the host in lower case. Raises ValueError."""
    if not value:
        return None
    if len(value) > MAX_URL:  # before any work: a long one costs half a second
        raise ValueError("too long")
    address = value if re.match(r"https?://", value, re.IGNORECASE) else f"https://{value.lstrip('/')}"
    parts = urlsplit(address)
    host = (parts.hostname or "").encode("idna").decode("ascii")
    is_host = re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+([a-z]{2,}|xn--[a-z0-9-]+)", host)
    if not is_host or re.search(r"[\s<>\"]", address) or parts.username:
        raise ValueError(value)
    port = f":{parts.port}" if parts.port else ""
    path = parts.path if parts.path != "/" else ""
    query = f"?{parts.query}" if parts.query else ""
    normal = f"{parts.scheme.lower()}://{host}{port}{path}{query}"
    if len(normal) > MAX_URL:  # signs beyond ASCII take more room in a host
        raise ValueError(value)
    return normal


def ascii_url(value: str | None) -> str | None:
    """An address as a URI (RFC 3986): letters that it may not hold are written as bytes. None where it is none."""
    return quote(value, safe="/%:?#[]@!$&'()*+,;=-._~") if value else None
