"""How often something may be tried, counted in the database: the same count for every worker and machine."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import timedelta

from flask import current_app
from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Engine, case, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from werkzeug.exceptions import TooManyRequests

from directory.accounts.models import RateWindow
from directory.clock import now
from directory.database import writing_connection

_EXTENSION = "directory.limiter"
LIMITS: dict[str, tuple[str, str]] = {
    # what: (for one address or account, for one network)
    "sign-in": ("8/15minute", "60/15minute"),
    "recover": ("4/hour", "30/hour"),
    "second-factor": ("10/15minute", "60/15minute"),
    "register": ("10/hour", "60/hour"),
    "letter": ("6/hour", "60/hour"),
    "report": ("12/hour", "120/hour"),
    "word": ("30/hour", "30/hour"),
    "suggest": ("600/hour", "6000/hour"),
    "referral": ("60/minute", "600/minute"),
    "export": ("30/hour", "30/hour"),
    "answer": ("60/hour", "600/hour"),
}
"""Generous for an office behind one address, tight for one account."""
FROM_EVERYWHERE = "60/15minute"
"""Tries to sign in to one account from all networks together."""


class DatabaseStorage(Storage):
    """Counts for `limits` in the table `rate_windows`, each change a transaction of its own."""

    STORAGE_SCHEME = ["directory+database"]

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    @property
    def base_exceptions(self) -> type[Exception]:
        """Errors that are the storage's own."""
        return Exception

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count and return the count of the running window; a window that has passed begins anew."""
        instant = now()
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        fresh = insert(RateWindow).values(
            key=_key(key), count=amount, expires_at=instant + timedelta(seconds=float(expiry))
        )
        # A window that ends later than one that begins now was begun by a clock that was wrong.
        ends = instant + timedelta(seconds=float(expiry))
        is_over = or_(RateWindow.expires_at <= instant, RateWindow.expires_at > ends)
        statement = fresh.on_conflict_do_update(
            index_elements=[RateWindow.key],
            set_={
                "count": case((is_over, amount), else_=RateWindow.count + amount),
                "expires_at": case((is_over, fresh.excluded.expires_at), else_=RateWindow.expires_at),
            },
        ).returning(RateWindow.count)
        with writing_connection(self._engine) as connection:
            connection.execute(delete(RateWindow).where(RateWindow.expires_at < instant - timedelta(days=1)))
            return int(connection.execute(statement).scalar_one())

    def get(self, key: str) -> int:
        """The count of the running window."""
        query = select(RateWindow.count).where(RateWindow.key == _key(key), RateWindow.expires_at > now())
        with self._engine.connect() as connection:
            return connection.execute(query).scalar() or 0

    def get_expiry(self, key: str) -> float:
        """When the running window ends, in seconds since the epoch."""
        with self._engine.connect() as connection:
            ends = connection.execute(select(RateWindow.expires_at).where(RateWindow.key == _key(key))).scalar()
        return ends.timestamp() if ends else now().timestamp()

    def check(self) -> bool:
        """Whether the table answers."""
        with self._engine.connect() as connection:
            connection.execute(select(RateWindow.key).limit(1))
        return True

    def reset(self) -> int | None:
        """Forget everything."""
        with writing_connection(self._engine) as connection:
            return connection.execute(delete(RateWindow)).rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with writing_connection(self._engine) as connection:
            connection.execute(delete(RateWindow).where(RateWindow.key == _key(key)))


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def throttle(what: str, address: str | None, who: str | None = None) -> None:
    """Count one more try of `what` for `who` (an account or address) and for the network of an IP address.

    Must come before the request's own write transaction. Raises TooManyRequests; nothing else is kept of it.
    """
    for_one, for_network = LIMITS[what]
    _count(for_network, f"{what}/network", network_of(address))
    if who:
        _count(for_one, f"{what}/one", who.strip().lower())


def throttle_account(address: str | None, account: str, browser: str | None) -> None:
    """Count one more try to sign in to an account.

    Whoever guesses from elsewhere does not lock its owner out: tries count for the account from one network, and more
    generously from all of them; a `browser` that has signed this account in before has a count of its own.
    Raises TooManyRequests.
    """
    for_one, for_network = LIMITS["sign-in"]
    network, name = network_of(address), account.strip().lower()
    _count(for_network, "sign-in/network", network)
    if browser:
        _count(for_one, "sign-in/browser", browser)
        return
    _count(for_one, "sign-in/one", f"{name} {network}")
    _count(FROM_EVERYWHERE, "sign-in/everywhere", name)


def _count(rule: str, name: str, identifier: str) -> None:
    limiter = _limiter()
    item: RateLimitItem = parse(rule)
    if not limiter.hit(item, name, anonymous(identifier)):
        ends_at = limiter.get_window_stats(item, name, anonymous(identifier)).reset_time
        wait_s = ends_at - now().timestamp()
        raise TooManyRequests(retry_after=max(1, min(item.get_expiry(), int(wait_s))))


def _limiter() -> FixedWindowRateLimiter:
    from directory.extensions import db

    known: FixedWindowRateLimiter | None = current_app.extensions.get(_EXTENSION)
    if known is None:
        known = current_app.extensions[_EXTENSION] = FixedWindowRateLimiter(DatabaseStorage(db.engine))
    return known


def network_of(text: str | None) -> str:
    """The network of an IP address: /24 of IPv4, /48 of IPv6; what is unreadable is one network of its own."""
    try:
        address = ipaddress.ip_address(text or "")
    except ValueError:
        return "unknown"
    prefix = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def anonymous(text: str) -> str:
    """A keyed digest: what is kept tells nobody whose account or network it was."""
    return hmac.new(str(current_app.secret_key).encode(), text.encode(), hashlib.sha256).hexdigest()
