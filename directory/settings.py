"""Every setting: its environment variable, default and meaning. Nothing else reads the environment."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from directory import proxies

PACKAGE_ROOT = Path(__file__).resolve().parent
VERSION = "0.1.0"
LANGUAGES = ("es", "en", "fr")
"""Interface languages, in the order in which they are offered; the first is the default."""


class BadSetting(ValueError):
    """An environment variable holds a value that cannot be used."""


def resource_dir(name: str) -> Path:
    """The folder `templates`, `static` or `seed_data`: inside an installed wheel, else beside the package."""
    packaged = PACKAGE_ROOT / "_resources" / name
    return packaged if packaged.is_dir() else PACKAGE_ROOT.parent / name


@dataclass(frozen=True)
class Settings:
    """The settings of one process. Build it with `from_environ`; tests build it directly."""

    data_dir: Path
    """DIRECTORY_DATA_DIR: database, index, mail outbox, secret key. Made with mode 0700."""
    database_url: str
    """DIRECTORY_DATABASE_URL: `sqlite:///…` or `postgresql+psycopg://…`."""
    secret_key: str = field(repr=False)
    """DIRECTORY_SECRET_KEY: signs sessions and links. Default: made once, in the data directory."""
    base_url: str = "http://127.0.0.1:8000"
    """DIRECTORY_BASE_URL: how the world reaches this installation, without a final slash."""
    mail_url: str | None = None
    """DIRECTORY_MAIL_URL: `smtp://user:pass@host:port` (STARTTLS beyond this machine), `smtps://…`, `smtp+plain://…`.

    Default: `.eml` files in the data directory.
    """
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    """DIRECTORY_TRUSTED_HOSTS: Host headers that are answered, separated by commas."""
    trusted_proxies: int | tuple[proxies.Network, ...] = 0
    """DIRECTORY_TRUSTED_PROXIES: how many reverse proxies are believed, or their networks (`10.0.0.0/8,fd00::/8`)."""
    metrics_token: str | None = field(default=None, repr=False)
    """DIRECTORY_METRICS_TOKEN: bearer token of /metrics."""
    contact_email: str | None = None
    """DIRECTORY_CONTACT_EMAIL: where people write to correct or remove a record; shown on the criteria page."""
    security_contact: str | None = None
    """DIRECTORY_SECURITY_CONTACT: `mailto:…` or `https://…` for who finds a hole; told in /.well-known/security.txt."""
    mail_from: str = "no-reply@localhost"
    """DIRECTORY_MAIL_FROM: the sender of all mail. Default: no-reply at the base URL's host."""
    referral_days: int = 180
    """DIRECTORY_REFERRAL_DAYS: so long after its end a referral is reduced to a count."""
    count_needs: bool = True
    """DIRECTORY_COUNT_NEEDS: 0 turns off the counting of needs that nobody near could meet."""

    former_keys: tuple[str, ...] = field(default=(), repr=False)
    """DIRECTORY_SECRET_KEY_FORMER: keys before this one, the youngest first: they read, they write nothing."""

    index_cache_mb: int = 64
    """DIRECTORY_INDEX_CACHE_MB: memory for the columns of words that were searched for, a process."""
    card_cache_mb: int = 24
    """DIRECTORY_CARD_CACHE_MB: memory of each worker for ready results of searches; 0: none are kept."""

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The present key, then those before it."""
        return tuple(dict.fromkeys((self.secret_key, *self.former_keys)))

    @property
    def index_dir(self) -> Path:
        """Where the search index lives; it can be thrown away at any time."""
        return self.data_dir / "index"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None, base_url: str | None = None) -> Settings:
        """Settings from the environment. `base_url` is what `serve` listens on, unless the environment says.

        Raises BadSetting. Creates the data directory (mode 0700) and the secret key (mode 0600).
        """
        env = os.environ if environ is None else environ
        data_dir = Path(env.get("DIRECTORY_DATA_DIR") or "var").expanduser().resolve()
        try:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            data_dir.chmod(0o700)
            for file in data_dir.glob("*.sqlite3*"):  # as an earlier release made them
                file.chmod(0o600)
        except OSError as error:
            raise BadSetting(f"DIRECTORY_DATA_DIR cannot be used: {error}") from error
        url = (env.get("DIRECTORY_BASE_URL") or base_url or cls.base_url).rstrip("/")
        if not url.startswith(("http://", "https://")):
            raise BadSetting(f"DIRECTORY_BASE_URL must begin with http:// or https://, not {url!r}")
        return cls(
            data_dir=data_dir,
            database_url=_database_url(env.get("DIRECTORY_DATABASE_URL"), data_dir),
            secret_key=env.get("DIRECTORY_SECRET_KEY") or _kept_secret(data_dir / "secret_key"),
            former_keys=tuple((env.get("DIRECTORY_SECRET_KEY_FORMER") or "").replace(",", " ").split()),
            base_url=url,
            mail_url=_mail_url(env.get("DIRECTORY_MAIL_URL")),
            trusted_hosts=_hosts(env.get("DIRECTORY_TRUSTED_HOSTS"), url),
            trusted_proxies=_proxies(env.get("DIRECTORY_TRUSTED_PROXIES") or "0"),
            metrics_token=env.get("DIRECTORY_METRICS_TOKEN") or None,
            contact_email=env.get("DIRECTORY_CONTACT_EMAIL") or None,
            security_contact=_security_contact(env.get("DIRECTORY_SECURITY_CONTACT")),
            mail_from=env.get("DIRECTORY_MAIL_FROM") or f"no-reply@{_own_host(url)}",
            index_cache_mb=_whole_number(env, "DIRECTORY_INDEX_CACHE_MB") or cls.index_cache_mb,
            referral_days=_whole_number(env, "DIRECTORY_REFERRAL_DAYS") or cls.referral_days,
            count_needs=env.get("DIRECTORY_COUNT_NEEDS") != "0",
            card_cache_mb=_whole_number(env, "DIRECTORY_CARD_CACHE_MB", cls.card_cache_mb),
        )


def _database_url(value: str | None, data_dir: Path) -> str:
    if not value:
        return f"sqlite:///{data_dir / 'directory.sqlite3'}"
    if value.startswith("postgresql://"):
        return value.replace("postgresql://", "postgresql+psycopg://", 1)
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting("DIRECTORY_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")
    return value


def _kept_secret(path: Path) -> str:
    """The key in `path`; made first, by exactly one of several processes that start together."""
    if not path.exists():
        # Written whole under another name first: nobody ever reads half a key, whenever this process ends.
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(temporary)
        temporary.unlink()
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise BadSetting(f"{path} is empty; remove it, or set DIRECTORY_SECRET_KEY")
    return key


def _hosts(value: str | None, base_url: str) -> tuple[str, ...]:
    if value:
        return tuple(host.strip() for host in value.split(",") if host.strip())
    return tuple(dict.fromkeys((_own_host(base_url), "localhost", "127.0.0.1", "[::1]")))


def _own_host(base_url: str) -> str:
    """The host of an address, an IPv6 one in its brackets, as a Host header names it."""
    authority = base_url.split("://", 1)[1].split("/", 1)[0]
    return authority.rsplit(":", 1)[0] if not authority.endswith("]") else authority


def _proxies(value: str) -> int | tuple[proxies.Network, ...]:
    value = value.strip()
    if value.isdecimal():
        return int(value)
    reason = f"DIRECTORY_TRUSTED_PROXIES must be a number or networks such as 10.0.0.0/8, not {value!r}"
    try:
        known = proxies.networks(value)
    except ValueError as error:
        raise BadSetting(reason) from error
    if not known:
        raise BadSetting(reason)
    return known


def _security_contact(value: str | None) -> str | None:
    if value and ("\n" in value or not value.startswith(("mailto:", "https://"))):
        raise BadSetting("DIRECTORY_SECURITY_CONTACT must begin with mailto: or https://")
    return value or None


def _mail_url(value: str | None) -> str | None:
    if value and not value.startswith(("smtp://", "smtps://", "smtp+plain://")):
        raise BadSetting("DIRECTORY_MAIL_URL must begin with smtp://, smtps:// or smtp+plain://")
    return value or None


def _whole_number(env: Mapping[str, str], name: str, default: int = 0) -> int:
    value = env.get(name) or str(default)
    if not value.isdecimal():
        raise BadSetting(f"{name} must be a whole number, not {value!r}")
    return int(value)


def configure(app: Flask, settings: Settings) -> None:
    """Give the settings to an application: what Flask and its extensions read."""
    app.extensions["directory.settings"] = settings
    app.config.from_mapping(_flask_config(settings))


def _flask_config(settings: Settings) -> dict[str, object]:
    """What Flask and its extensions read, from our settings."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_keys[1:]),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},  # a refused statement is logged without its values
        # Over https a browser takes no cookie of this name from a neighbouring host.
        "SESSION_COOKIE_NAME": "__Host-session" if settings.base_url.startswith("https://") else "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.base_url.startswith("https://"),
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "WTF_CSRF_SSL_STRICT": False,  # it asks for a Referer, which our own pages tell browsers not to send
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as the session: forms stay open for hours
        "BABEL_DEFAULT_LOCALE": LANGUAGES[0],
        "BABEL_TRANSLATION_DIRECTORIES": str(PACKAGE_ROOT / "translations"),
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 5,
        "COMPRESS_MIMETYPES": [
            "text/html", "text/css", "text/plain", "text/csv", "text/javascript", "image/svg+xml",
            "application/json", "application/problem+json", "application/geo+json", "application/x-ndjson",
            "application/xml",
        ],
    }  # fmt: skip
