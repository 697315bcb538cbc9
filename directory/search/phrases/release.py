"""A release's own phrases, taken in at start: what the network wrote or changed stays as it is."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import delete, insert, select, update

from directory.changes.recording import Tally
from directory.clock import now
from directory.database import AnySession
from directory.search.understanding.sources.phrases import COLUMNS, PhraseRow, release_digest, release_rows
from directory.vocabulary.models import LexiconPhrase, LexiconRevision, PhraseOrigin

_CHANGING = tuple(name for name in COLUMNS if name not in ("language", "kind", "value"))
"""What a release may say anew of a phrase that is known."""
_AT_ONCE = 500


def raise_revision(session: AnySession) -> None:
    """Tell every process that phrases have changed. One writer at a time: this locks the one row of revisions."""
    session.execute(update(LexiconRevision).values(number=LexiconRevision.number + 1, token=uuid.uuid4()))


def by_key(session: AnySession) -> dict[tuple[str, str, str, str], LexiconPhrase]:
    """Every phrase of the table, by words, language and meaning."""
    return {phrase.key: phrase for phrase in session.scalars(select(LexiconPhrase))}


def is_taken(session: AnySession) -> bool:
    """Whether the table holds this release's phrases."""
    return session.scalar(select(LexiconRevision.release)) == release_digest()


def take_release(session: AnySession, rows: Iterator[PhraseRow] | None = None, digest: str | None = None) -> Tally:
    """Put the release's phrases into the table where they are not as it has them. Needs a write transaction.

    A row of the network's keeps its say, a disabled one stays disabled; what the release no longer has goes.
    """
    digest = digest or release_digest()
    tally = Tally()
    if session.scalar(select(LexiconRevision.release)) == digest:
        return tally
    known = by_key(session)
    fresh: list[dict[str, object]] = []
    changed: list[dict[str, object]] = []
    seen = set()
    for row in rows or release_rows():
        seen.add(row.key)
        own = {name: getattr(row, name) for name in _CHANGING}
        found = known.get(row.key)
        if found is None:
            fresh.append({**own, **_identity(row), "origin": PhraseOrigin.RELEASE})
            tally.created += 1
        elif found.origin == PhraseOrigin.RELEASE and any(getattr(found, name) != own[name] for name in _CHANGING):
            changed.append({"id": found.id, **own, "version": found.version + 1, "changed_at": now()})
            tally.updated += 1
        else:
            tally.unchanged += 1
    gone = [
        row.id
        for key, row in known.items()
        if key not in seen and row.origin == PhraseOrigin.RELEASE and not row.is_disabled
    ]
    for start in range(0, len(fresh), _AT_ONCE):
        session.execute(insert(LexiconPhrase), fresh[start : start + _AT_ONCE])
    if changed:
        session.execute(update(LexiconPhrase), changed)
    for start in range(0, len(gone), _AT_ONCE):
        session.execute(delete(LexiconPhrase).where(LexiconPhrase.id.in_(gone[start : start + _AT_ONCE])))
    session.execute(update(LexiconRevision).values(release=digest))
    raise_revision(session)
    return tally


def _identity(row: PhraseRow) -> dict[str, object]:
    return {"folded": row.folded, "language": row.language, "kind": row.kind, "value": row.value}
