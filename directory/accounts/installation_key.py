"""One key for all machines of an installation: the database knows which, by a fingerprint."""

from __future__ import annotations

import enum
import hashlib
import hmac
from collections.abc import Sequence

from directory.accounts.models import InstallationKey
from directory.clock import now
from directory.database import AnySession

_THE_ROW = 1


class Match(enum.Enum):
    """How the keys of a machine stand to the one that the database knows."""

    UNKNOWN = "unknown"
    """The database knows none yet."""
    PRESENT = "present"
    FORMER = "former"
    """The one it knows is among the former keys: somebody is changing it."""
    OTHER = "other"


class OtherKey(Exception):
    """This machine has another key than the installation whose database it opened."""

    def __str__(self) -> str:
        return (
            "this database belongs to another DIRECTORY_SECRET_KEY: give this machine the key of the others, or, "
            "where that key is lost, run `cso-directory key accept`"
        )


def fingerprint(key: str) -> str:
    """What is kept of a key: 64 hexadecimal characters."""
    return hmac.new(key.encode(), b"fingerprint of an installation", hashlib.sha256).hexdigest()


def compare(session: AnySession, keys: Sequence[str]) -> Match:
    """How `keys`, the present one first, stand to the one on record."""
    known = session.get(InstallationKey, _THE_ROW)
    if known is None:
        return Match.UNKNOWN
    if hmac.compare_digest(known.fingerprint, fingerprint(keys[0])):
        return Match.PRESENT
    return Match.FORMER if known.fingerprint in map(fingerprint, keys[1:]) else Match.OTHER


def claim(session: AnySession, keys: Sequence[str]) -> None:
    """Note the present key where none is on record. Needs a write transaction. Raises OtherKey."""
    match compare(session, keys):
        case Match.UNKNOWN:
            accept(session, keys[0])
        case Match.OTHER:
            raise OtherKey


def accept(session: AnySession, key: str) -> None:
    """Put this key on record in place of whichever was there. Needs a write transaction."""
    session.merge(InstallationKey(id=_THE_ROW, fingerprint=fingerprint(key), noted_at=now()))
    session.flush()
