"""What an installation begins with, and what a new release says anew of it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import select

from directory.changes.models import AuditEntry
from directory.changes.recording import Tally, record_audit
from directory.clock import now
from directory.database import AnySession, begin_write
from directory.exchange.lines_csv import read_lines
from directory.exchange.load import Progress, import_consulates, import_lines, import_organizations, silent
from directory.lines.save import take_off_lines
from directory.places.countries import MEMBER_STATES
from directory.places.load import load_gazetteer
from directory.places.lookup import TownIndex
from directory.settings import resource_dir
from directory.vocabulary.catalogue import load_vocabulary

RENEWED = ("consulates.csv", "lines.csv")
"""Seed files whose new values reach installations that exist."""
_RENEWED_ACTION = "seed-renew"


def load_seeds(session: AnySession, progress: Progress = silent) -> None:
    """Gazetteer, vocabularies, organizations and consulates of the seed data, each where it is missing."""
    folder = resource_dir("seed_data")
    begin_write(session)
    places = load_gazetteer(session, folder / "places")
    load_vocabulary(session, folder)
    session.commit()
    progress("places", places, places)
    towns = TownIndex(session, MEMBER_STATES)
    session.rollback()
    import_organizations(session, folder / "organizations.csv", progress=progress, towns=towns)
    import_consulates(session, folder / "consulates.csv", progress=progress, towns=towns)
    import_lines(session, folder / "lines.csv")
    note_release(session, folder)


def seed_digest(folder: Path) -> str:
    """Another one whenever a release brings other consulates or lines."""
    return hashlib.sha256(b"\0".join((folder / name).read_bytes() for name in RENEWED)).hexdigest()


def is_renewed(session: AnySession, folder: Path) -> bool:
    """Whether the consulates and lines of a release's folder were taken in last."""
    return _last_release(session).get("digest") == seed_digest(folder)


def _last_release(session: AnySession) -> dict[str, Any]:
    query = select(AuditEntry.after).where(AuditEntry.action == _RENEWED_ACTION).order_by(AuditEntry.id.desc()).limit(1)
    return session.scalar(query) or {}


def renew_seeds(session: AnySession, folder: Path, progress: Progress = silent) -> Tally:
    """Take in what a release says anew of consulates and lines. What a person stated stays, and is counted.

    A line that the former release had and this one has not is taken off, unless somebody stated something of it.
    """
    former = _last_release(session)
    total = import_consulates(session, folder / "consulates.csv", progress=progress)
    total.add(import_lines(session, folder / "lines.csv"))
    note_release(session, folder, former=former.get("lines", ()), tally=total)
    return total


def note_release(session: AnySession, folder: Path, former: Collection[str] = (), tally: Tally | None = None) -> None:
    """Remember which release is in, and take off what it has no more. `former`: keys of the lines of the one before."""
    keys = {key for _id, key, _data in read_lines(folder / "lines.csv")}
    said = {"digest": seed_digest(folder), "lines": sorted(keys), **(asdict(tally) if tally else {})}
    session.rollback()
    begin_write(session)
    take_off_lines(session, set(former) - keys, now())
    record_audit(session, "init", _RENEWED_ACTION, after=said)
    session.commit()
