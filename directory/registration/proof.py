"""Which addresses prove that somebody speaks for an organization: one that is on record, or one at its own domain."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList
from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute

from directory.database import AnySession
from directory.organizations.duplicates.contacts import FREE_MAIL
from directory.organizations.models import Location, Organization, OrganizationUrl
from directory.organizations.record_data import RecordData

SOCIAL_HOSTS = frozenset(
    {
        "facebook.com", "instagram.com", "x.com", "twitter.com", "wordpress.com", "blogspot.com", "wixsite.com",
        "weebly.com", "sites.google.com", "google.com", "linktr.ee", "github.io", "wa.me", "t.me", "youtube.com",
        "tiktok.com", "godaddysites.com", "squarespace.com", "webnode.com", "webnode.es", "negocio.site",
    }
)  # fmt: skip
"""Hosts where anybody gets a page."""
SHARED_HOSTS = SOCIAL_HOSTS | FREE_MAIL
_OF_MANY = re.compile(r"(^|\.)(edu|ac|gov|gob|gouv|govt|gc|mil)(\.[a-z]{2})?$|\.ny\.us$")
"""Domains of universities and authorities: many people who do not speak for an organization have mail there."""
_FRONT = re.compile(r"[a-z]{2}(-[a-z]{2})?|(home|index|default|accueil|inicio|english|francais)?\d?(\.\w{2,5})?")
"""Pieces of a path behind which a site's front page stands, in some language."""


def proves(session: AnySession, organization: Organization, record: RecordData, address: str) -> bool:
    """Whether who reads mail at `address` belongs to the organization: it is on record, or at its own domain."""
    address = address.lower()
    if address in record.all_emails():
        return True
    domain = own_domain(session, organization, record)
    return domain is not None and f".{address.rpartition('@')[2]}".endswith(f".{domain}")


def own_domain(session: AnySession, organization: Organization, record: RecordData) -> str | None:
    """The host of an organization's website, where the whole site is its own and no other record leads there.

    A list of mail providers will never hold them all, so that the domain of an address proves nothing by itself; who
    has a website of their own gives out the mail at its domain. None for a page within the site of somebody else, for
    platforms, universities and authorities.
    """
    host = host_of(record.website)
    if host is None or _is_shared(host) or _OF_MANY.search(host):
        return None
    return None if _used_by_others(session, organization, host) else host


def host_of(website: str | None) -> str | None:
    """The host at whose front page a website stands, without `www.`; None where it is a page further in."""
    try:
        parts = urlsplit(website or "")
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    is_front = all(_FRONT.fullmatch(piece.lower()) for piece in parts.path.split("/")) and not parts.query
    return host if is_front and _suffixes().privatesuffix(host) else None


@cache
def _suffixes() -> PublicSuffixList:
    """Read once: the suffixes under which anybody can register, those of platforms included."""
    return PublicSuffixList(accept_unknown=False)


def is_top_level(label: str) -> bool:
    """Whether a word is a top-level domain that anybody has today."""
    return bool(_suffixes().publicsuffix(label) == label)


def _is_shared(host: str) -> bool:
    return any(f".{host}".endswith(f".{shared}") for shared in SHARED_HOSTS)


def _used_by_others(session: AnySession, organization: Organization, domain: str) -> bool:
    site, mail = (f"%{sign}{_escaped(domain)}%" for sign in ("/", "@"))
    below = f"%.{_escaped(domain)}%"

    def leads_there(column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], text: str) -> Any:
        return or_(column.ilike(text, escape="\\"), column.ilike(below, escape="\\"))

    others = (Organization.id != organization.id, Organization.removed_at.is_(None))
    organizations = select(Organization.id).where(
        *others, or_(leads_there(Organization.website, site), leads_there(Organization.email, mail))
    )
    pages = select(OrganizationUrl.organization_id).join(Organization).where(*others)
    places = select(Location.id).join(Organization).where(*others)
    queries = (
        organizations,
        pages.where(leads_there(OrganizationUrl.url, site)),
        places.where(leads_there(Location.email, mail)),
    )
    return any(session.execute(query.limit(1)).first() for query in queries)


def _escaped(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)
