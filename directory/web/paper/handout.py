"""The handout for one person: a page on paper for each language, and a text to send. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote
from uuid import UUID

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.clock import now, today
from directory.extensions import db
from directory.mail.letters import in_language
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import consulate_name, public_consulates
from directory.publication.find import Found, Gone, Moved, find_record
from directory.publication.handout import MAX_CHARACTERS, Entry, countries_of, entry, handout_text
from directory.publication.labels import phone_text
from directory.publication.lines import PublicLine
from directory.publication.organizations import public_organizations
from directory.settings import LANGUAGES
from directory.vocabulary.catalogue import vocabulary
from directory.web.display import current_language
from directory.web.languages import page_blueprint
from directory.web.lines import danger_in
from directory.web.paper.paper import paper_entry, size_for
from directory.web.public.overlay import overlay_of_viewer
from directory.web.public.picks import Picks, mark_of, read_picks, slug_of

blueprint = page_blueprint("handout", __name__)
KEPT = ("admin1", "country", "consulate")
"""What of a search chooses the places that are shown, and who sends it."""
SENDER_MM = 7.0


@dataclass(frozen=True)
class _Resolved:
    """What the picks of an address lead to; the rest is told and left out."""

    ids: Mapping[UUID, str]
    """The records, each with the mark of its place."""
    removed: tuple[str, ...]
    unknown: tuple[str, ...]


@blueprint.get("/handout")
def page() -> ResponseReturnValue:
    """Up to five organizations for the person in front of an officer, in the page's language and one more.

    An organization with several places is shown at the one that answered the search (`slug@mark`), else at the first in
    one of `admin1`, else of `country`, else at its first.
    """
    picks = read_picks(request.args)
    languages = _languages()
    if picks.refused:
        return _answer(picks, _Resolved({}, (), ()), (), languages, 400)
    resolved = _resolve(picks.keys)
    admin1, country = request.args.getlist("admin1"), request.args.getlist("country")
    records = public_organizations(db.session, list(resolved.ids), now())
    entries = tuple(entry(record, admin1, country, resolved.ids[record.id]) for record in records)
    if entries or not picks.keys:
        return _answer(picks, resolved, entries, languages, 200)
    return _answer(picks, resolved, entries, languages, 410 if resolved.removed else 404)


def _languages() -> tuple[str, ...]:
    """The page's language and `also`, where that is another one of the three."""
    also = request.args.get("also", "")
    if also and also not in LANGUAGES:
        abort(400, gettext("A handout is in Spanish, English or French; choose one of them."))
    return tuple(dict.fromkeys(language for language in (current_language(), also) if language))


def _resolve(keys: Iterable[str]) -> _Resolved:
    """The records behind the picks, each once; former slugs and merged records are followed."""
    ids: dict[UUID, str] = {}
    removed: list[str] = []
    unknown: list[str] = []
    for key in keys:
        slug = slug_of(key)
        found = find_record(db.session, Entity.ORGANIZATION, slug)
        if isinstance(found, Moved):
            found = find_record(db.session, Entity.ORGANIZATION, found.slug)
        if isinstance(found, Found):
            ids.setdefault(found.record_id, mark_of(key))
        else:
            (removed if isinstance(found, Gone) else unknown).append(slug)
    return _Resolved(ids, tuple(removed), tuple(unknown))


def _answer(
    picks: Picks, resolved: _Resolved, entries: tuple[Entry, ...], languages: tuple[str, ...], status: int
) -> ResponseReturnValue:
    countries = countries_of(entries)
    danger = danger_in(countries)
    numbers = [line.text for lines in danger.values() for line in lines] if len(countries) == 1 else []
    sender = _sender()
    said = partial(_sender_line, sender) if sender else None
    text = handout_text(entries, languages, today(), vocabulary(db.session), numbers, said) if entries else ""
    response = make_response(
        render_template(
            "paper/handout.html",
            picks=picks,
            entries=entries,
            removed=resolved.removed,
            unknown=resolved.unknown,
            also=languages[1] if len(languages) > 1 else None,
            place={name: request.args.getlist(name) for name in KEPT if name in request.args},
            sheets=[_sheet(entries, language, danger, sender) for language in languages] if entries else [],
            text=text,
            most_characters=MAX_CHARACTERS,
            whatsapp=f"https://wa.me/?text={quote(text, safe='')}",
        ),
        status,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _sender() -> PublicConsulate | None:
    """The consulate from which it comes: the one of the search, else that of whoever is signed in."""
    slug = request.args.get("consulate") or overlay_of_viewer().consulate_slug
    known = find_by_slug(db.session, Entity.CONSULATE, slug[:120]) if slug else None
    return next(iter(public_consulates(db.session, [known[0]])), None) if known else None


def _sender_line(sender: PublicConsulate, language: str) -> str:
    """Its name and its first number: the one for protection where there is one."""
    numbers = sorted((phone for phone in sender.phones if phone.number), key=lambda phone: phone.kind != "protection")
    return ": ".join([consulate_name(sender, language), *(phone_text(phone) for phone in numbers[:1])])


def _sheet(
    entries: tuple[Entry, ...],
    language: str,
    danger: Mapping[str, Sequence[PublicLine]],
    sender: PublicConsulate | None,
) -> Markup:
    """The page of paper in one language, whatever the language of the page on the screen is."""
    terms = vocabulary(db.session)
    said = [paper_entry(item, language, terms) for item in entries]
    with in_language(language):
        html = render_template(
            "paper/handout_sheet.html",
            said=said,
            size=size_for(said, SENDER_MM if sender else 0.0),
            sender=_sender_line(sender, language) if sender else None,
            today=today(),
            danger=danger,
            names_countries=len(countries_of(entries)) > 1,
        )
    return Markup(html)  # noqa: S704  # a template made it
