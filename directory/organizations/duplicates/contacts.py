"""Websites and e-mail addresses as keys that two records of one organization share."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SITES_BY_PATH_TEXT = """
facebook.com fb.com instagram.com twitter.com x.com linktr.ee linkedin.com youtube.com tiktok.com wa.me t.me
sites.google.com google.com bit.ly
"""
_SITES_BY_PATH = frozenset(_SITES_BY_PATH_TEXT.split())
_SITES_BY_HOST = ("wordpress.com", "blogspot.com", "wixsite.com", "weebly.com", "squarespace.com", "webnode.com")
_HOST_PREFIX = re.compile(r"^(?:www\d?|m|es-la|es|fr|en)\.")
_PATH_FILLER = frozenset(
    {"pages", "pg", "people", "in", "company", "channel", "user", "view", "site", "home", "groups"}
)
_FREE_MAIL_TEXT = """
gmail.com googlemail.com hotmail.com hotmail.es outlook.com outlook.es live.com live.com.mx yahoo.com yahoo.es
yahoo.com.mx yahoo.ca yahoo.fr msn.com aol.com icloud.com me.com protonmail.com proton.me prodigy.net.mx
hotmail.ca sympatico.ca rogers.com bell.net shaw.ca telus.net comcast.net verizon.net att.net sbcglobal.net
idirect.com gmx.com gmx.net mail.com zoho.com tutanota.com yandex.com live.ca live.fr outlook.fr hotmail.fr
hotmail.com.mx yahoo.com.ar yahoo.co videotron.ca bellnet.ca cox.net earthlink.net optonline.net frontier.com
laposte.net orange.fr free.fr terra.com.mx racsa.co.cr ice.co.cr cogeco.ca eastlink.ca
"""
FREE_MAIL = frozenset(_FREE_MAIL_TEXT.split())
"""Domains that tell nothing about an organization: anyone may have an address there."""


def website_key(website: str) -> str | None:
    """The domain without `www.`; on a platform that many share also the page: `facebook.com/enclavecaracol`."""
    text = website.strip().lower()
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    host = _HOST_PREFIX.sub("", host)
    if "." not in host:
        return None
    if host in _SITES_BY_PATH:
        page = next((piece for piece in parts.path.split("/") if piece and piece not in _PATH_FILLER), None)
        return f"{host}/{page}" if page and not page.endswith(".php") else None
    return None if host in _SITES_BY_HOST else host


def email_key(email: str) -> str | None:
    """The address in lower case, without what follows a `+`."""
    local, _, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if local and "." in domain else None


def email_domain(email: str) -> str | None:
    """The domain behind the `@` where it is an organization's own."""
    domain = email.strip().lower().rpartition("@")[2]
    return None if domain in FREE_MAIL or "." not in domain else domain
