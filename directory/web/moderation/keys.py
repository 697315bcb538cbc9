"""Handing an organization without e-mail the key to its record: on the screen, or by WhatsApp."""

from __future__ import annotations

from urllib.parse import quote

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name, require
from directory.clock import now, today
from directory.extensions import db
from directory.mail.letters import absolute, in_language
from directory.moderation.calls import number_to_write_to
from directory.registration.keys import NotSpokenTo, give_key
from directory.registration.reach import language_of
from directory.web.moderation.queue import blueprint
from directory.web.registration.records import record_at, target_of


@blueprint.post("/moderation/organizations/<slug>/key")
def hand_over_key(slug: str) -> ResponseReturnValue:
    """A fresh key as a code to scan and as a message to send; the former one is dead."""
    organization, record = record_at(slug)
    require(Permission.MODERATE, target_of(record))
    try:
        token = give_key(db.session, organization, actor_name(), now(), today())
    except NotSpokenTo:
        flash(gettext("First call them and note that the record is right: the key goes to whoever you spoke with."))
        return redirect(url_for("moderation.record", slug=record.slug), code=303)
    number = number_to_write_to(db.session, organization.id)
    language = language_of(db.session, organization.id, organization.country)
    link = absolute(f"/{language}/key/{token}")
    with in_language(language):
        text = gettext(
            "Hello, this is the consular support directory. With this link you say yourselves when you are full "
            "and change your phone or hours. It works once; then keep the page that opens: %(link)s",
            link=link,
        )
    db.session.commit()
    address = f"https://wa.me/{number[1:]}?text={quote(text)}" if number else None
    return render_template("moderation/key.html", record=record, link=link, text=text, whatsapp=address)


@blueprint.get("/moderation/organizations/<slug>/key")
def key_page(slug: str) -> ResponseReturnValue:
    """A key is shown once; whoever comes back is led to the record."""
    _, record = record_at(slug)
    require(Permission.MODERATE, target_of(record))
    return redirect(url_for("moderation.record", slug=record.slug), code=302)
