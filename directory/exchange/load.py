"""Loading a file into the database: validated whole before the first write, then committed in batches."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from directory.changes.models import AuditEntry, Entity
from directory.changes.recording import Tally, record_audit
from directory.clock import now
from directory.consulates.save import save_consulates
from directory.database import AnySession, begin_write
from directory.exchange.consulates_csv import read_consulates
from directory.exchange.lines_csv import read_lines
from directory.exchange.organizations_csv import read_organizations
from directory.exchange.table import BrokenFile, Problem
from directory.lines.save import save_lines, take_off_lines
from directory.organizations.duplicates.fingerprint import Fingerprint
from directory.organizations.duplicates.index import current_duplicates
from directory.organizations.models import Location, Organization
from directory.organizations.save import OrganizationWriter
from directory.organizations.sources import Kept, respect_people
from directory.places.countries import MEMBER_STATES
from directory.places.load import load_gazetteer
from directory.places.lookup import TownIndex
from directory.places.models import County, Place
from directory.settings import resource_dir
from directory.vocabulary.catalogue import load_vocabulary, read_vocabulary

BATCH_RECORDS = 500
Progress = Callable[[str, int, int], None]
"""Called with what is done, how many are done, and how many there are."""
Item = TypeVar("Item")


def silent(_what: str, _done: int, _total: int) -> None:
    """A Progress that says nothing."""


def import_organizations(
    session: AnySession,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress = silent,
    duplicates: list[LikelyDuplicate] | None = None,
    kept: list[Kept] | None = None,
    towns: TownIndex | None = None,
) -> Tally:
    """Load organizations from CSV and commit in batches. Raises BrokenFile before the first write.

    What people changed of a record stays, and so do the contacts of one that somebody confirmed; where a list `kept` is
    given, it names the values of the file that gave way.

    Where a list is given, the records of the file that are probably on record under another key are added to it;
    they are loaded all the same: a person decides.
    """
    towns = towns or TownIndex(session, MEMBER_STATES)
    terms = read_vocabulary(session)
    drafts = read_organizations(path, terms, towns)
    _refuse_foreign_locations(session, drafts)
    if duplicates is not None:
        duplicates.extend(_likely_duplicates(session, drafts))
    session.rollback()
    if dry_run:
        return Tally(unchanged=len(drafts))
    total = Tally()
    done = 0
    for batch in _batches(drafts):
        begin_write(session)
        writer = OrganizationWriter(session, actor="import")
        respected, gave_way = respect_people(session, batch, terms)
        writer.save(respected)
        writer.tally.kept += _note_kept(session, gave_way)
        if kept is not None:
            kept.extend(gave_way)
        session.commit()
        session.expunge_all()
        total.add(writer.tally)
        done += len(batch)
        progress("organizations", done, len(drafts))
    return total


def _note_kept(session: AnySession, gave_way: Sequence[Kept]) -> int:
    """Write down what a file would have changed and did not; how many values that were."""
    for item in gave_way:
        said = {"kept": [".".join(path) for path in item.paths]}
        record_audit(session, "import", "keep", Entity.ORGANIZATION, item.id, after=said)
    return sum(len(item.paths) for item in gave_way)


@dataclass(frozen=True)
class LikelyDuplicate:
    """A record of a file that is probably on record already, under another key."""

    key: str
    name: str
    known_name: str
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.key} ({self.name}) may be {self.known_name}: {', '.join(self.reasons).replace('-', ' ')}"


def _likely_duplicates(session: AnySession, drafts: Sequence[Organization]) -> Iterator[LikelyDuplicate]:
    """Only records that are new are compared; one that is on record under its own key is simply updated."""
    known = set(session.scalars(select(Organization.id)))
    index = current_duplicates(session)
    for draft in drafts:
        if draft.id in known:
            continue
        for match in index.find(_fingerprint(draft), limit=1):
            yield LikelyDuplicate(draft.source_key or "", draft.name, match.name, tuple(map(str, match.reasons)))


def _fingerprint(draft: Organization) -> Fingerprint:
    emails = (draft.email, *(place.email for place in draft.locations))
    return Fingerprint(
        names=(draft.name, *(item.name for item in draft.alternate_names)),
        acronym=draft.acronym,
        websites=(draft.website,) if draft.website else (),
        emails=tuple(address.lower() for address in emails if address),
        phones=tuple(phone.number for phone in draft.phones if phone.number),
        places=tuple((place.country, place.admin1, place.city) for place in draft.locations),
    )


def _refuse_foreign_locations(session: AnySession, drafts: Sequence[Organization]) -> None:
    """A location that another organization holds already cannot be taken over by a file."""
    owners = {row.id: row.organization_id for row in session.execute(select(Location.id, Location.organization_id))}
    problems = [
        Problem(1, "location_key", f"{place.source_key!r} belongs to another organization already")
        for draft in drafts
        for place in draft.locations
        if owners.get(place.id, draft.id) != draft.id
    ]
    if problems:
        raise BrokenFile(problems)


def import_consulates(
    session: AnySession,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress = silent,
    towns: TownIndex | None = None,
) -> Tally:
    """Load consulates from CSV and commit in batches. Raises BrokenFile before the first write."""
    counties = set(session.scalars(select(County.code)))
    places = set(session.scalars(select(Place.id)))
    drafts = read_consulates(path, towns or TownIndex(session, MEMBER_STATES), counties, places)
    session.rollback()
    if dry_run:
        return Tally(unchanged=len(drafts))
    total = Tally()
    for batch in _batches(drafts):
        begin_write(session)
        total.add(save_consulates(session, batch, actor="import"))
        session.commit()
        session.expunge_all()
        progress("consulates", len(batch), len(drafts))
    return total


def import_lines(session: AnySession, path: Path, *, dry_run: bool = False) -> Tally:
    """Load help lines from CSV in one commit. Raises BrokenFile before the first write."""
    drafts = read_lines(path)
    if dry_run:
        return Tally(unchanged=len(drafts))
    session.rollback()
    begin_write(session)
    tally = save_lines(session, drafts, now())
    session.commit()
    return tally


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


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH_RECORDS)):
        yield batch
