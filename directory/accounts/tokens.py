"""Tokens with which a country's case register speaks for one consulate. Only digests are kept. Nothing here commits."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from directory.accounts.links import TOKEN_BYTES, digest_of
from directory.accounts.models import ApiToken, TokenScope
from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.consulates.models import Consulate, ConsulateStatus
from directory.database import AnySession

LIFETIME = timedelta(days=365)
PREFIX = "cso_"
"""So that a scanner for secrets recognises a token that was published by mistake."""
_SCHEME = "bearer "


def give_token(
    session: AnySession,
    consulate_id: uuid.UUID,
    label: str,
    scopes: Collection[TokenScope],
    actor: str,
    now: datetime,
) -> str:
    """A new token, shown once to whoever asked for it."""
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = ApiToken(
        id=uuid.uuid4(),
        consulate_id=consulate_id,
        digest=digest_of(token),
        label=label,
        scopes=sorted(scopes),
        created_by=actor,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(row)
    session.flush()
    record_audit(session, actor, "give-token", Entity.CONSULATE, consulate_id,
                 after={"token": str(row.id), "label": label, "scopes": row.scopes})  # fmt: skip
    return token


def read_token(session: AnySession, header: str, now: datetime) -> ApiToken | None:
    """The token that a request brings in its Authorization header, if it and its consulate are in force."""
    if not header.lower().startswith(_SCHEME):
        return None
    token = header[len(_SCHEME) :].strip()
    row = session.scalar(
        select(ApiToken)
        .join(Consulate, Consulate.id == ApiToken.consulate_id)
        .where(
            ApiToken.digest == digest_of(token),
            Consulate.removed_at.is_(None),
            Consulate.status != ConsulateStatus.CLOSED,
        )
    )
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    return row


def revoke_token(session: AnySession, token: ApiToken, actor: str, now: datetime) -> None:
    """Close it at once."""
    if token.revoked_at is None:
        token.revoked_at = now
        record_audit(session, actor, "revoke-token", Entity.CONSULATE, token.consulate_id,
                     before={"token": str(token.id), "label": token.label})  # fmt: skip


def tokens_of(session: AnySession, consulate_id: uuid.UUID) -> list[ApiToken]:
    """All tokens of a consulate, the newest first."""
    query = select(ApiToken).where(ApiToken.consulate_id == consulate_id).order_by(ApiToken.created_at.desc())
    return list(session.scalars(query))
