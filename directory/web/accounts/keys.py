"""The keys of an installation: what is stored and signed is made with the first, and read with any that it had."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from flask_security import Totp
from itsdangerous import URLSafeTimedSerializer
from passlib.totp import TOTP, AppWallet
from sqlalchemy import select
from werkzeug.local import LocalProxy

from directory.accounts.models import User
from directory.accounts.policy import SESSION_LIMITS
from directory.database import AnySession
from directory.settings import Settings

FIRST_TAG = "1"
"""What releases without former keys wrote with a second factor: the oldest key of those that are known."""
SEALED = 2
"""The form of what `SealedWallet` stores; 1 is passlib's."""
NONCE_BYTES = 12
LONGEST_SESSION = max(limit.whole for limit in SESSION_LIMITS.values())
"""Until then browsers hold what a former key signed."""


@dataclass(frozen=True)
class Rotated:
    """What was written anew with the present key, in people, and who has something that no known key reads."""

    second_factors: int
    recovery_codes: int
    unreadable: tuple[str, ...]


def derived(secret: str, purpose: str) -> str:
    """A key of a key, for one purpose: hexadecimal, 64 characters."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def totp_secrets(settings: Settings) -> dict[str, str]:
    """The keys of second factors by the tag that is stored with each; the present one first."""
    keys = {_tag(key): derived(key, "totp") for key in settings.secret_keys}
    return {**keys, FIRST_TAG: derived(settings.secret_keys[-1], "totp")}


def recovery_keys(settings: Settings) -> list[str]:
    """The keys of recovery codes; the present one first."""
    digests = (hashlib.sha256(f"recovery {key}".encode()).digest() for key in settings.secret_keys)
    return [base64.urlsafe_b64encode(digest).decode() for digest in digests]


class SealedWallet(AppWallet):  # type: ignore[misc]  # passlib has no types
    """Passlib's wallet, with AES-256-GCM: a second factor that somebody changed in the database opens nothing.

    Passlib's own way, AES-256-CTR without a seal, is still read: `rotate` writes it anew.
    """

    def encrypt_key(self, key: bytes) -> dict[str, Any]:
        """A second factor as it is stored."""
        nonce, tag = secrets.token_bytes(NONCE_BYTES), self.default_tag
        sealed = self._cipher(tag).encrypt(nonce, key, None)
        return {"v": SEALED, "t": tag, "k": base64.b64encode(nonce + sealed).decode()}

    def decrypt_key(self, enckey: dict[str, Any]) -> tuple[bytes, bool]:
        """A second factor, and whether it is to be written anew. Raises ValueError or KeyError."""
        if enckey.get("v") != SEALED:
            key, _ = super().decrypt_key(enckey)
            return key, True
        tag, stored = str(enckey["t"]), base64.b64decode(enckey["k"])
        try:
            key = self._cipher(tag).decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], None)
        except InvalidTag as error:
            raise ValueError("a second factor was changed, or sealed with another key") from error
        return key, tag != self.default_tag

    def _cipher(self, tag: str) -> AESGCM:
        return AESGCM(hashlib.sha256(b"seal " + self.get_secret(tag)).digest())


def totp_of(known: dict[str, str], issuer: str) -> type[TOTP]:
    """Passlib's TOTP over all keys, writing with the first."""
    made: type[TOTP] = TOTP.using(issuer=issuer, wallet=SealedWallet(known, default_tag=next(iter(known))))
    return made


def signer(salt: str) -> URLSafeTimedSerializer:
    """Signs with the present key, and knows what the former ones signed."""
    settings: Settings = current_app.extensions["directory.settings"]
    return URLSafeTimedSerializer(list(reversed(settings.secret_keys)), salt=salt)


def rotate(session: AnySession) -> Rotated:
    """Write all second factors and recovery codes with the present key. Needs a write transaction."""
    security: Any = current_app.extensions["security"]
    factory: Totp = _real(security.totp_factory)
    cryptor: MultiFernet = _real(security.mf_recovery_codes_util).cryptor
    factors = codes = 0
    unreadable: list[str] = []
    for user in session.scalars(select(User).order_by(User.email)):
        try:
            if user.tf_totp_secret:
                user.tf_totp_secret = _rewritten(factory, user.tf_totp_secret)
                factors += 1
            if user.mf_recovery_codes:
                user.mf_recovery_codes = _rewritten_codes(cryptor, user.mf_recovery_codes)
                codes += 1
        except (ValueError, KeyError, InvalidToken):
            unreadable.append(user.email)
    session.flush()
    return Rotated(factors, codes, tuple(unreadable))


def _rewritten(factory: Totp, stored: str) -> str:
    return str(factory._totp.from_source(stored).to_json(encrypt=True))


def _rewritten_codes(cryptor: MultiFernet, stored: Sequence[str]) -> list[str]:
    """Fernet's rotation keeps the day on which a code was made."""
    return [cryptor.rotate(code.encode()).decode() for code in stored]


def _real(value: Any) -> Any:
    return value._get_current_object() if isinstance(value, LocalProxy) else value


def _tag(key: str) -> str:
    """Which key it was, without telling anything of it."""
    return f"k{derived(key, 'tag')[:12]}"
