"""Keys for a country's case register."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.models import ApiToken, TokenScope
from directory.accounts.policy import Permission
from directory.accounts.tokens import give_token, revoke_token, tokens_of
from directory.accounts.viewer import actor_name
from directory.clock import now
from directory.extensions import csrf, db
from directory.publication.consulate_records import PublicConsulate
from directory.web.consulates.desk import blueprint, consulate_at
from directory.web.consulates.forms import TokenForm


@blueprint.get("/workspace/consulates/<slug>/tokens")
def tokens(slug: str) -> str:
    """Which keys there are."""
    _, record = consulate_at(slug, Permission.EDIT_CONSULATE)
    return _page(record, TokenForm())


def _page(record: PublicConsulate, form: TokenForm, token: str | None = None) -> str:
    return render_template(
        "consulates/tokens.html",
        record=record,
        form=form,
        new_token=token,
        tokens=tokens_of(db.session, record.id),
        moment=now(),
    )


@blueprint.post("/workspace/consulates/<slug>/tokens")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def tokens_save(slug: str) -> ResponseReturnValue:
    """Make one, and show it once."""
    consulate, record = consulate_at(slug, Permission.EDIT_CONSULATE)
    form = TokenForm()
    if not form.validate():
        return _page(record, form), 422
    scopes = [TokenScope(value) for value in form.scopes.data]
    token = give_token(db.session, consulate.id, form.label.data, scopes, actor_name(), now())
    db.session.commit()
    return _page(record, TokenForm(formdata=None), token), 201, {"Cache-Control": "no-store"}


@blueprint.post("/workspace/consulates/<slug>/tokens/<uuid:token_id>/revoke")
def tokens_revoke(slug: str, token_id: UUID) -> ResponseReturnValue:
    """Close one at once."""
    consulate, record = consulate_at(slug, Permission.EDIT_CONSULATE)
    token = db.session.get(ApiToken, token_id)
    if token is None or token.consulate_id != consulate.id:
        abort(404)
    revoke_token(db.session, token, actor_name(), now())
    db.session.commit()
    flash(gettext("The key does not open anything any more."))
    return redirect(url_for("consulate_record.tokens", slug=record.slug), code=303)
