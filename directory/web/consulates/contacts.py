"""How a consulate is reached, kept by the consulate."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name
from directory.clock import now
from directory.consulates.edit import state_contacts
from directory.extensions import csrf, db
from directory.publication.consulate_records import PublicConsulate
from directory.web.consulates.desk import blueprint, consulate_at
from directory.web.consulates.forms import ContactsForm


@blueprint.get("/workspace/consulates/<slug>/contacts")
def contacts(slug: str) -> str:
    """Phones, e-mail, website, address."""
    consulate, record = consulate_at(slug, Permission.EDIT_CONSULATE)
    lines = [
        {
            "number": (phone.number or phone.text) + (f" ext. {phone.extension}" if phone.extension else ""),
            "kind": phone.kind.value,
            "is_around_the_clock": phone.is_around_the_clock,
        }
        for phone in consulate.phones
    ]
    form = ContactsForm(
        consulate.host_country,
        formdata=None,
        phones=lines + [{}] * (4 - len(lines)),
        email=consulate.email,
        website=consulate.website,
        address=consulate.address,
        postal_code=consulate.postal_code,
    )
    return _page(record, form)


def _page(record: PublicConsulate, form: ContactsForm) -> str:
    return render_template("consulates/contacts.html", record=record, form=form)


@blueprint.post("/workspace/consulates/<slug>/contacts")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def contacts_save(slug: str) -> ResponseReturnValue:
    """Put them in the place of what stood there."""
    consulate, record = consulate_at(slug, Permission.EDIT_CONSULATE)
    form = ContactsForm(consulate.host_country)
    if not form.validate() or form.contacts is None:
        return _page(record, form), 422
    state_contacts(db.session, consulate, form.contacts, actor_name(), now())
    db.session.commit()
    flash(gettext("Saved. The protection number stands first on your page."))
    return redirect(url_for("pages.consulate", slug=record.slug), code=303)
