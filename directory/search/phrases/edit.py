"""The network's hand on the lexicon: add, change, disable, take back. Every change is in the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from directory.changes.models import AuditEntry
from directory.changes.recording import record_audit
from directory.database import LOCK, AnySession
from directory.places.countries import is_country, is_subdivision
from directory.places.models import County, Place
from directory.search.engine.analysis import STOP_WORDS
from directory.search.phrases.release import by_key, raise_revision
from directory.search.understanding import cues
from directory.search.understanding.sources.phrases import COLUMNS, BadPhrase, Fault, PhraseRow, listed
from directory.vocabulary.catalogue import Vocabulary
from directory.vocabulary.languages import is_language
from directory.vocabulary.models import LexiconPhrase, LexiconRevision, PhraseKind, PhraseOrigin

ACTIONS = ("words-add", "words-change", "words-disable", "words-enable", "words-import", "words-undo")
_STATE = (*COLUMNS, "folded", "origin", "is_disabled", "version")
_MEANINGS = (*PhraseKind, "kind")


class Changed(Exception):
    """Somebody else changed the phrase meanwhile."""


@dataclass(frozen=True)
class Checker:
    """Whether what a row says exists: values, cues, meanings."""

    session: AnySession
    terms: Vocabulary

    def check(self, row: PhraseRow) -> None:
        """Raises BadPhrase where a value is not known, or is gone, and for a stop word that has no meaning yet."""
        if row.folded in STOP_WORDS and _with_key(self.session, row) is None:
            raise BadPhrase(Fault.STOP_WORD, row.phrase)
        if not self._is_known(row.kind, row.value):
            raise BadPhrase(Fault.VALUE, row.value)
        for need in listed(row.needs):
            kind, _, value = need.partition(":")
            is_cue = need.removeprefix("cue:") in cues.kinds()
            if not is_cue and not (kind in _MEANINGS and (kind == "kind" or self._is_known(kind, value))):
                raise BadPhrase(Fault.NEEDS, need)
        for implied in listed(row.implies):
            kind, _, value = implied.partition(":")
            if not self._is_known(kind, value):
                raise BadPhrase(Fault.IMPLIES, implied)

    def _is_known(self, kind: str, value: str) -> bool:
        by_kind: dict[str, Callable[[str], bool]] = {
            PhraseKind.AREA: self.terms.areas.__contains__,
            PhraseKind.POPULATION: self.terms.populations.__contains__,
            PhraseKind.LANGUAGE: is_language,
            PhraseKind.NATIONALITY: is_country,
            PhraseKind.PLACE: self._is_place,
        }
        return kind in by_kind and by_kind[kind](value)

    def _is_place(self, value: str) -> bool:
        if value.count(",") == 2:
            return _is_circle(value)
        codes = value.split("+")
        counties = {code.removeprefix("county:") for code in codes if code.startswith("county:")}
        others = [code for code in codes if not code.startswith("county:")]
        if all(is_country(code) or is_subdivision(code) for code in others):
            return counties <= set(self.session.scalars(select(County.code).where(County.code.in_(counties))))
        return len(codes) == 1 and self.session.get(Place, value) is not None


def _is_circle(value: str) -> bool:
    try:
        latitude, longitude, radius = map(float, value.split(","))
    except ValueError:
        return False
    return abs(latitude) <= 90 and abs(longitude) <= 180 and 0 < radius <= 2_000


def add_phrase(session: AnySession, row: PhraseRow, actor: str, now: datetime) -> LexiconPhrase:
    """A new phrase of the network's. Raises BadPhrase where it stands there already."""
    raise_revision(session)
    if _with_key(session, row) is not None:
        raise BadPhrase(Fault.TWICE, row.phrase)
    phrase = _added(session, row, actor, now)
    record_audit(session, actor, "words-add", after={"rows": [_state(phrase)]})
    return phrase


def _added(session: AnySession, row: PhraseRow, actor: str, now: datetime) -> LexiconPhrase:
    phrase = LexiconPhrase(
        **{name: getattr(row, name) for name in COLUMNS}, folded=row.folded, origin=PhraseOrigin.NETWORK,
        changed_at=now, changed_by=actor,
    )  # fmt: skip
    phrase.kind = PhraseKind(row.kind)
    session.add(phrase)
    session.flush()
    return phrase


def _with_key(session: AnySession, row: PhraseRow) -> LexiconPhrase | None:
    folded, language, kind, value = row.key
    return session.scalars(
        select(LexiconPhrase).filter_by(folded=folded, language=language, kind=PhraseKind(kind), value=value)
    ).one_or_none()


def change_phrase(
    session: AnySession, phrase_id: int, version: int, row: PhraseRow, actor: str, now: datetime
) -> LexiconPhrase:
    """Write a phrase anew; from then on the network answers for it.

    Other words or another meaning make another phrase: this one is disabled, so that no release brings it back.
    Raises Changed where `version` is not its version any more, BadPhrase where another row says the same.
    """
    raise_revision(session)
    phrase = _locked(session, phrase_id, version)
    other = _with_key(session, row)
    if other is not None and other.id != phrase_id:
        raise BadPhrase(Fault.TWICE, row.phrase)
    before = _state(phrase)
    if other is None:
        phrase.is_disabled = True
        _touch(phrase, actor, now)
        session.flush()
        written = _added(session, row, actor, now)
        after = [_state(phrase), _state(written)]
    else:
        written = phrase
        _write(phrase, row, actor, now)
        session.flush()
        after = [_state(phrase)]
    record_audit(session, actor, "words-change", before={"rows": [before]}, after={"rows": after})
    return written


def _write(phrase: LexiconPhrase, row: PhraseRow, actor: str, now: datetime) -> None:
    for name in COLUMNS:
        setattr(phrase, name, getattr(row, name))
    phrase.kind, phrase.folded, phrase.origin = PhraseKind(row.kind), row.folded, PhraseOrigin.NETWORK
    _touch(phrase, actor, now)


def _touch(phrase: LexiconPhrase, actor: str, now: datetime) -> None:
    phrase.version += 1
    phrase.changed_at, phrase.changed_by = now, actor


def set_disabled(
    session: AnySession, phrase_id: int, version: int, actor: str, now: datetime, *, is_disabled: bool
) -> LexiconPhrase:
    """Take a phrase out of reading, or back into it. Raises Changed."""
    raise_revision(session)
    phrase = _locked(session, phrase_id, version)
    before = _state(phrase)
    phrase.is_disabled = is_disabled
    _touch(phrase, actor, now)
    session.flush()
    action = "words-disable" if is_disabled else "words-enable"
    record_audit(session, actor, action, before={"rows": [before]}, after={"rows": [_state(phrase)]})
    return phrase


def import_rows(session: AnySession, rows: Sequence[tuple[int, PhraseRow]], actor: str, now: datetime) -> int:
    """Add the rows that are new and write those anew that differ; returns how many. All of them, or none.

    `rows` come with their lines. Raises BadPhrase where two of them say the same.
    """
    seen: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        if row.key in seen:
            raise BadPhrase(Fault.TWICE, row.phrase, line)
        seen[row.key] = line
    raise_revision(session)
    known = by_key(session)
    before, after = [], []
    for _, row in rows:
        present = known.get(row.key)
        if present is None:
            after.append(_state(_added(session, row, actor, now)))
        elif any(getattr(present, name) != getattr(row, name) for name in COLUMNS):
            before.append(_state(present))
            _write(present, row, actor, now)
            session.flush()
            after.append(_state(present))
    if after:
        record_audit(session, actor, "words-import", before={"rows": before}, after={"rows": after})
    return len(after)


def last_changes(session: AnySession, limit: int = 30) -> list[AuditEntry]:
    """What was done to phrases, the newest first."""
    query = select(AuditEntry).where(AuditEntry.entity.is_(None), AuditEntry.action.in_(ACTIONS))
    return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)))


def undo(session: AnySession, entry_id: int, actor: str, now: datetime) -> None:
    """Put the phrases of a change back to what they were before it.

    Raises Changed where one has changed since, or where another has its words and meaning meanwhile. What a release
    would say of them is asked again at the next start.
    """
    raise_revision(session)
    entry = session.get(AuditEntry, entry_id)
    if entry is None or entry.action not in ACTIONS:
        raise Changed
    was = {state["id"]: state for state in (entry.before or {}).get("rows", ())}
    became: list[dict[str, Any]] = (entry.after or {}).get("rows", [])
    phrases = [_locked(session, state["id"], state["version"]) for state in became]
    if any(_state(phrase) != state for phrase, state in zip(phrases, became, strict=True)):
        raise Changed
    # What was added goes first: what comes back may have its words.
    for phrase in phrases:
        if phrase.id not in was:
            session.delete(phrase)
    session.flush()
    after = []
    for phrase in phrases:
        if phrase.id in was:
            former = was[phrase.id]
            for name in _STATE:
                if name != "version":
                    setattr(phrase, name, former[name])
            phrase.kind, phrase.origin = PhraseKind(former["kind"]), PhraseOrigin(former["origin"])
            _touch(phrase, actor, now)
            after.append(phrase)
    try:
        session.flush()
    except IntegrityError as error:
        raise Changed from error
    session.execute(update(LexiconRevision).values(release=""))
    record_audit(
        session, actor, "words-undo", before={"rows": became}, after={"rows": [_state(item) for item in after]}
    )


def _locked(session: AnySession, phrase_id: int, version: int) -> LexiconPhrase:
    phrase = session.get(LexiconPhrase, phrase_id, with_for_update=LOCK, populate_existing=True)
    if phrase is None or phrase.version != version:
        raise Changed
    return phrase


def _state(phrase: LexiconPhrase) -> dict[str, Any]:
    return {"id": phrase.id, **{name: _plain(getattr(phrase, name)) for name in _STATE}}


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, PhraseKind | PhraseOrigin) else value
